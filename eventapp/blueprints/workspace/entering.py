"""Registering somebody of the delegation, and giving somebody's place to another name."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for

from eventapp.blueprints.workspace.base import Page, blueprint, entered, opened, secret, sent_nonce
from eventapp.blueprints.workspace.forms import answers_for, body_answers, check_member, member_context
from eventapp.errors import Conflict, DomainError, Invalid, Refused, Stale
from eventapp.models import Registration
from eventapp.rules.edition import check_registration_open
from eventapp.rules.registration import check_replacement
from eventapp.rules.registration_form import Details
from eventapp.rules.text import without_hidden
from eventapp.rules.workspace import check_member_change
from eventapp.services import workspace, workspace_members
from eventapp.services.editions import window_of
from eventapp.services.workspace import Workspace
from eventapp.web import clock
from eventapp.web.csrf import STALE_PAGE, checks_csrf, token_holds
from eventapp.web.errors import error_text
from eventapp.web.registration_forms import Errors, answers_of, sent_number
from eventapp.web.transaction import writing
from eventapp.web.typed import translate

_STARTING: Final[Mapping[str, Sequence[str]]] = {"role": ["delegate"]}
_SAME: Final = frozenset({"organisation", "sector", "role", "language"})  # what a successor often shares


@blueprint.route("/workspace/<token>/register", methods=["GET", "POST"])
@checks_csrf
def register(token: str) -> Page:
    place = opened(token)
    check_registration_open(window_of(place.edition), clock.now())
    if request.method != "POST":
        given = {**_STARTING, "language": [place.focal_point.language]}
        return _form(token, place, {**given, **body_answers(place.delegation, {})})
    answers = answers_for(place.delegation)
    details, errors = check_member(answers)
    problem = _stale()
    if details is None or problem:
        return _form(token, place, answers, errors=errors, general=problem), 422
    try:
        name = _register(token, details)
    except (Invalid, Refused, Conflict) as refusal:
        return _form(token, opened(token), answers, **_told(refusal)), 422
    flash(translate("%(name)s is registered and is told by mail.", name=name), "success")
    return redirect(url_for("workspace.show", token=token), code=303)


def _register(token: str, details: Details) -> str:
    nonce, key = sent_nonce(), secret()
    with writing():
        made = workspace_members.register(entered(token), details, nonce=nonce, now=clock.now(), secret=key)
        return f"{made.registration.given_name} {made.registration.family_name}"


def _stale() -> list[str]:
    return [] if token_holds() else [translate(STALE_PAGE)]


def _told(refusal: DomainError) -> dict[str, Any]:
    """A refusal at its fields, or above the form."""
    if isinstance(refusal, Invalid):
        return {"errors": {name: error_text(one) for name, one in refusal.problems.items()}}
    return {"general": [error_text(refusal)], "is_full": refusal.code == "quota_full"}


@blueprint.route("/workspace/<token>/members/<reference>/replace", methods=["GET", "POST"])
@checks_csrf
def replace(token: str, reference: str) -> Page:
    place = opened(token)
    former = workspace.get_member(place, reference)
    if request.method != "POST":
        check_replacement(former.state)
        check_member_change(former.state, window_of(place.edition), clock.now())
        kept = answers_of(former)
        same = {name: values for name, values in kept.items() if name in _SAME}
        return _form(token, place, {**same, **body_answers(place.delegation, kept)}, former=former)
    answers = answers_for(place.delegation)
    details, errors = check_member(answers)
    problem = _stale()
    if details is None or problem:
        return _form(token, place, answers, errors=errors, general=problem, former=former), 422
    try:
        name = _replace(token, reference, details)
    except (Invalid, Refused, Conflict) as refusal:
        place = opened(token)
        former = workspace.get_member(place, reference)
        return _form(token, place, answers, former=former, **_told(refusal)), _status(refusal)
    flash(translate("%(name)s has taken the place. Both are told by mail.", name=name), "success")
    return redirect(url_for("workspace.show", token=token), code=303)


def _replace(token: str, reference: str, details: Details) -> str:
    nonce, key, version = sent_nonce(), secret(), sent_number("version") or 0
    with writing():
        made = workspace_members.replace(
            entered(token), reference, details, version=version, nonce=nonce, now=clock.now(), secret=key
        )
        return f"{made.registration.given_name} {made.registration.family_name}"


def _status(refusal: DomainError) -> int:
    return 409 if isinstance(refusal, Stale) else 422


def _form(
    token: str,
    place: Workspace,
    answers: Mapping[str, Sequence[str]],
    *,
    errors: Errors | None = None,
    general: Sequence[str] = (),
    is_full: bool = False,
    former: Registration | None = None,
) -> str:
    """The form, blank or as it was typed; a second sending of the same page is the same person."""
    nonce = _kept_nonce()
    return render_template(
        "workspace/register.html",
        token=token,
        place=place,
        edition=place.edition,
        tally=workspace.count_places(place.delegation, place.edition),
        is_full=is_full,
        former=former,
        nonce=nonce,
        **member_context(place.delegation, answers, errors or {}, list(general)),
    )


def _kept_nonce() -> UUID:
    try:
        return UUID(without_hidden(request.form.get("nonce", "")))
    except ValueError:
        return uuid4()
