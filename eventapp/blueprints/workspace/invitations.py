"""The delegation's invitations: a list with their state, a form for one more, and taking one back."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.workspace.base import Page, blueprint, entered, opened, secret
from eventapp.errors import DomainError
from eventapp.rules.vocabulary import DELEGATE_ROLES, LANGUAGES
from eventapp.rules.workspace import check_work
from eventapp.services import workspace_invitations
from eventapp.services.editions import window_of
from eventapp.services.workspace_invitations import state_of
from eventapp.web import clock, limits
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import PAGE, Answers, errors_of, typed_again
from eventapp.web.errors import error_text
from eventapp.web.labels import label
from eventapp.web.locale import LANGUAGE_NAMES, language
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate


@blueprint.route("/workspace/<token>/invitations", methods=["GET", "POST"])
@checks_csrf
def invite(token: str) -> Page:
    check_work(window_of(opened(token).edition))
    if request.method != "POST":
        return _page(token, {"language": language(), "role": "delegate"}, {})
    answers = Answers()
    email, name = answers.email("email").lower(), answers.line("name")
    spoken, role = answers.choice("language", LANGUAGES), answers.choice("role", DELEGATE_ROLES)
    for field, value in (("email", email), ("language", spoken), ("role", role)):
        answers.require(field, value)
    try:
        answers.check()
        _send(token, email, name, spoken, role)
    except DomainError as refusal:
        return _page(token, typed_again(), _errors(refusal)), 422
    flash(translate("The invitation is on its way to %(email)s.", email=email), "success")
    return redirect(url_for("workspace.invite", token=token), code=303)


def _send(token: str, email: str, name: str, spoken: str, role: str) -> None:
    limits.check_may_invite(token)
    key = secret()
    with writing():
        workspace_invitations.invite(
            entered(token), email=email, name=name, language=spoken, role=role, now=clock.now(), secret=key
        )


def _errors(refusal: DomainError) -> dict[str, str]:
    if refusal.field or hasattr(refusal, "problems"):
        return errors_of(refusal)
    return {PAGE: error_text(refusal)}


def _page(token: str, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    place, now = opened(token), clock.now()
    found = workspace_invitations.list_invitations(place)
    return render_template(
        "workspace/invitations.html",
        token=token,
        place=place,
        edition=place.edition,
        invitations=[(one, state_of(one, now)) for one in found],
        typed=typed,
        errors=errors,
        roles=[(word, label("role", word)) for word in DELEGATE_ROLES],
        letters=list(LANGUAGE_NAMES.items()),
    )


@blueprint.post("/workspace/<token>/invitations/<uuid:public_id>/revoke")
@commits
def revoke_invitation(token: str, public_id: UUID) -> Response:
    workspace_invitations.revoke(entered(token), public_id, now=clock.now())
    flash(translate("The invitation is taken back. Its link opens nothing any more."), "success")
    return redirect(url_for("workspace.invite", token=token), code=303)
