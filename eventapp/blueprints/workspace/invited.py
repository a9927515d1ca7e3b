"""What an invitation opens: the form with body and role filled in. Only sending it uses the link up."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for

from eventapp.blueprints.workspace.base import Page, blueprint, secret, sent_nonce
from eventapp.blueprints.workspace.forms import answers_for, body_answers, check_member, member_context
from eventapp.errors import Conflict, Refused, message
from eventapp.rules.edition import check_registration_open
from eventapp.rules.registration_form import Details
from eventapp.services import links, workspace_invitations
from eventapp.services.editions import window_of
from eventapp.services.workspace_invitations import Invited
from eventapp.web import clock, limits
from eventapp.web.csrf import STALE_PAGE, checks_csrf, token_holds
from eventapp.web.errors import error_text
from eventapp.web.locale import language
from eventapp.web.options import keeper
from eventapp.web.registration_forms import Errors
from eventapp.web.transaction import writing
from eventapp.web.typed import translate

_WAITS = message("All places of the delegation are taken now. Your delegation has been asked to decide.")


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@checks_csrf
def invited(token: str) -> Page:
    one = workspace_invitations.get_invited(token, now=clock.now())
    check_registration_open(window_of(one.edition), clock.now())
    role = one.invitation.role
    if request.method != "POST":
        given = {"email": [one.invitation.email], "language": [language()], "role": [role]}
        return _form(token, one, {**given, **body_answers(one.delegation, {})})
    answers = answers_for(one.delegation, role=role)
    details, errors = check_member(answers, roles=[role], agreement=True)
    general = [] if token_holds() else [translate(STALE_PAGE)]
    if not limits.may_confirm():
        general.append(translate("Too many tries. Please wait a few minutes."))
    if details is None or general:
        return _form(token, one, answers, errors=errors, general=general), 422
    try:
        own, is_waiting = _accept(token, details)
    except (Conflict, Refused) as refusal:
        one = workspace_invitations.get_invited(token, now=clock.now())
        return _form(token, one, answers, general=[error_text(refusal)]), 422
    if is_waiting:
        flash(translate(_WAITS), "warning")
    return redirect(url_for("registrations.confirmed", token=own), code=303)


def _accept(token: str, details: Details) -> tuple[str, bool]:
    """Send it in: gives the token of the new private link, and whether the person waits for the delegation."""
    nonce, key, notice = sent_nonce(), secret(), keeper().facts().notice
    with writing():
        made = workspace_invitations.accept(
            token,
            details,
            nonce=nonce,
            notice_id=notice.id if notice else None,
            now=clock.now(),
            secret=key,
        )
        return links.token_of(made.link, key), made.registration.state == "submitted"


def _form(
    token: str,
    one: Invited,
    answers: Mapping[str, Sequence[str]],
    *,
    errors: Errors | None = None,
    general: Sequence[str] = (),
) -> str:
    return render_template(
        "workspace/invited.html",
        token=token,
        edition=one.edition,
        notice=keeper().facts().notice,
        nonce=_kept_nonce(),
        **member_context(
            one.delegation,
            answers,
            errors or {},
            general,
            roles=[one.invitation.role],
            on_behalf=False,
        ),
    )


def _kept_nonce() -> UUID:
    try:
        return UUID(request.form.get("nonce", ""))
    except ValueError:
        return uuid4()
