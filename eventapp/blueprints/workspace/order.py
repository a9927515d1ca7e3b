"""The order of the delegation, and who is what in it."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.workspace.base import Page, blueprint, entered, opened
from eventapp.errors import Conflict, DomainError, Refused, Stale
from eventapp.rules.vocabulary import DELEGATE_ROLES
from eventapp.rules.workspace import check_member_change
from eventapp.services import workspace, workspace_order
from eventapp.services.editions import window_of
from eventapp.web import clock
from eventapp.web.csrf import check_token, checks_csrf
from eventapp.web.errors import error_text, refusal_status
from eventapp.web.labels import label
from eventapp.web.registration_forms import sent_number
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate


@blueprint.post("/workspace/<token>/members/<reference>/move")
@commits
def move(token: str, reference: str) -> Response:
    direction = "up" if request.form.get("direction") == "up" else "down"
    workspace_order.move(entered(token), reference, direction, now=clock.now())
    return redirect(url_for("workspace.show", token=token, _anchor=f"m-{reference}"), code=303)


@blueprint.route("/workspace/<token>/members/<reference>/role", methods=["GET", "POST"])
@checks_csrf
def role(token: str, reference: str) -> Page:
    if request.method != "POST":
        return _form(token, reference)
    wanted = request.form.get("role", "")
    try:
        check_token()
        with writing():
            workspace_order.give_role(
                entered(token),
                reference,
                wanted,
                version=sent_number("version") or 0,
                swap=request.form.get("swap") == "1",
                now=clock.now(),
            )
    except (Refused, Conflict) as refusal:
        return _form(token, reference, wanted, refusal), refusal_status(refusal)
    flash(translate("The role is now: %(role)s.", role=label("role", wanted)), "success")
    return redirect(url_for("workspace.member", token=token, reference=reference), code=303)


def _form(token: str, reference: str, wanted: str = "", refusal: DomainError | None = None) -> str:
    """Every role; where there is a head already, the box that says that they hand over."""
    place = opened(token)
    one = workspace.get_member(place, reference)
    check_member_change(one.state, window_of(place.edition), clock.now())
    asks_swap = refusal is not None and refusal.code == "head"
    text = error_text(refusal) if refusal else ""
    at_field = isinstance(refusal, Refused) and refusal.field == "role"
    return render_template(
        "workspace/role.html",
        token=token,
        place=place,
        edition=place.edition,
        one=one,
        roles=[(word, label("role", word)) for word in DELEGATE_ROLES],
        wanted=wanted or one.role,
        asks_swap=asks_swap,
        is_stale=isinstance(refusal, Stale),
        errors={"role": text} if at_field else {"swap": text} if asks_swap else {},
        general=[text] if refusal and not asks_swap and not at_field else [],
    )
