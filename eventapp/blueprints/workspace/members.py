"""One person of the delegation: what was told, what may be done; changes and withdrawals on their behalf."""

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for

from eventapp.blueprints.workspace.base import Page, blueprint, entered, opened
from eventapp.blueprints.workspace.forms import answers_for, body_answers, check_member, member_context
from eventapp.blueprints.workspace.view import lines_of
from eventapp.errors import DomainError, Refused, Stale
from eventapp.models import Registration
from eventapp.rules.endorsement import possible_decisions
from eventapp.rules.registration import OPEN_STATES, may_change
from eventapp.rules.registration_form import Details
from eventapp.rules.text import clean_prose, without_hidden
from eventapp.rules.workspace import check_member_change, may_work
from eventapp.services import versions, workspace, workspace_members
from eventapp.services.editions import window_of
from eventapp.services.workspace import Workspace
from eventapp.web import clock
from eventapp.web.csrf import STALE_PAGE, check_token, checks_csrf, token_holds
from eventapp.web.errors import error_text, refusal_status
from eventapp.web.registration_forms import Errors, answers_of, sent_number
from eventapp.web.registration_summary import as_markup, shared_lines
from eventapp.web.registration_words import RegistrationWords
from eventapp.web.transaction import writing
from eventapp.web.typed import translate

_TOLD = frozenset({*Details.__dataclass_fields__, "state", "role"}) - {"dietary_needs", "accessibility_needs"}


@blueprint.get("/workspace/<token>/members/<reference>")
def member(token: str, reference: str) -> Page:
    place = opened(token)
    one = workspace.get_member(place, reference)
    window = window_of(place.edition)
    works = may_work(window)
    return render_template(
        "workspace/member.html",
        token=token,
        place=place,
        edition=place.edition,
        one=one,
        lines=lines_of(place, [one]).get(one.id, ()),
        told=as_markup(shared_lines(one)),
        decisions=possible_decisions(one.state) if works else [],
        may_change=works and may_change(one.state, window, clock.now()),
        may_withdraw=works and one.state in OPEN_STATES,
        successor=workspace.find_successor(place, one),
    )


@blueprint.route("/workspace/<token>/members/<reference>/change", methods=["GET", "POST"])
@checks_csrf
def change(token: str, reference: str) -> Page:
    place = opened(token)
    one = workspace.get_member(place, reference)
    check_member_change(one.state, window_of(place.edition), clock.now())
    if request.method != "POST":
        kept = answers_of(one)
        return _form(token, place, one, {**kept, **body_answers(place.delegation, kept)})
    answers = answers_for(place.delegation, role=one.role)
    details, errors = check_member(answers, held=one)
    if details is None or not token_holds():
        general = [] if token_holds() else [translate(STALE_PAGE)]
        return _form(token, place, one, answers, errors=errors, general=general), 422
    try:
        with writing():
            workspace_members.change(
                entered(token), reference, details, version=sent_number("version") or 0, now=clock.now()
            )
    except Stale:
        return _changed_meanwhile(token, reference, answers)
    flash(translate("The changes have been kept. The person is told by mail."), "success")
    return redirect(url_for("workspace.member", token=token, reference=reference), code=303)


def _form(
    token: str,
    place: Workspace,
    one: Registration,
    answers: Mapping[str, Sequence[str]],
    *,
    errors: Errors | None = None,
    general: Sequence[str] = (),
    is_stale: bool = False,
) -> str:
    """The form as it was typed; where somebody else was quicker, with what they changed above it."""
    changes = None
    if is_stale:
        entries = versions.list_since(one, sent_number("version") or 0)
        changes = RegistrationWords().list_changes(entries, _TOLD)
    return render_template(
        "workspace/change.html",
        token=token,
        place=place,
        edition=place.edition,
        one=one,
        changes=changes,
        **member_context(place.delegation, answers, errors or {}, list(general), held=one),
    )


def _changed_meanwhile(token: str, reference: str, answers: Mapping[str, Sequence[str]]) -> tuple[str, int]:
    place = opened(token)
    one = workspace.get_member(place, reference)
    return _form(token, place, one, answers, is_stale=True), 409


@blueprint.route("/workspace/<token>/members/<reference>/withdraw", methods=["GET", "POST"])
@checks_csrf
def withdraw(token: str, reference: str) -> Page:
    place = opened(token)
    one = workspace.get_member(place, reference)
    if request.method != "POST":
        return _ask_withdraw(token, place, one)
    try:
        check_token()
        reason = clean_prose(request.form.get("reason", ""), limit=2000)
        with writing():
            workspace_members.withdraw(
                entered(token), reference, version=sent_number("version") or 0, reason=reason, now=clock.now()
            )
    except (Refused, Stale) as refusal:
        place = opened(token)
        one = workspace.get_member(place, reference)
        return _ask_withdraw(token, place, one, refusal), refusal_status(refusal)
    flash(translate("The registration is withdrawn, and the person is told by mail."), "success")
    return redirect(url_for("workspace.show", token=token), code=303)


def _ask_withdraw(token: str, place: Workspace, one: Registration, refusal: DomainError | None = None) -> str:
    return render_template(
        "workspace/withdraw.html",
        token=token,
        place=place,
        edition=place.edition,
        one=one,
        reason=without_hidden(request.form.get("reason", "")),
        general=[error_text(refusal)] if refusal else [],
    )
