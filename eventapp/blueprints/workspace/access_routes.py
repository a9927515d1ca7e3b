"""The way in: the link once more, the same answer whether the address is known or not; and accounts of focal points."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.adapters.addresses import checked_email
from eventapp.blueprints.workspace.base import Page, blueprint, secret
from eventapp.errors import DomainError
from eventapp.rules.text import without_hidden
from eventapp.services import workspace_access
from eventapp.web import clock, limits
from eventapp.web.csrf import checks_csrf, token_holds
from eventapp.web.errors import error_text
from eventapp.web.navigation import exists
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate


@blueprint.route("/workspace/send-link", methods=["GET", "POST"])
@checks_csrf
def send_link() -> Page:
    typed = without_hidden(request.form.get("email", "")).strip()
    if request.method != "POST":
        return _form(typed)
    if not token_holds():
        text = translate("This page had been open for too long. Please send it again.")
        return _form(typed, general=text), 400
    try:
        email = checked_email(typed)
    except DomainError as refusal:
        return _form(typed, error=error_text(refusal)), 422
    if not limits.may_ask_for_link():
        return _form(typed, general=translate("Too many tries. Please wait a few minutes.")), 429
    if limits.may_send_to(email):
        key = secret()
        with writing():
            workspace_access.send_links(email, now=clock.now(), secret=key)
    return render_template("workspace/link_sent.html", email=email)


def _form(email: str, *, error: str = "", general: str = "") -> str:
    return render_template(
        "workspace/send_link.html",
        email=email,
        errors={"email": error} if error else {},
        general=[general] if general else [],
    )


@blueprint.post("/dashboard/editions/<int:ordinal>/focal-points/<uuid:public_id>/account")
@commits
def connect_account(ordinal: int, public_id: UUID) -> Response:
    """A button of the dashboard: the focal point may sign in from now on."""
    focal_point, is_new = workspace_access.connect_account(
        actor(), ordinal, public_id, now=clock.now(), secret=secret()
    )
    if is_new:
        flash(translate("%(name)s is invited to an account.", name=focal_point.name), "good")
    else:
        flash(translate("%(name)s may use the account of this address.", name=focal_point.name), "good")
    if exists("delegations.show"):
        delegation = focal_point.delegation.public_id
        return redirect(url_for("delegations.show", ordinal=ordinal, public_id=delegation), code=303)
    return redirect(url_for("dashboard.today", ordinal=ordinal), code=303)
