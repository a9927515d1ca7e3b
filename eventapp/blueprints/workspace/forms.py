"""The public form with the body, and sometimes the role, filled in: what was sent, checked by the same rules."""

from collections.abc import Mapping, Sequence
from typing import Any

from eventapp.models import Delegation, Registration
from eventapp.rules.registration_form import Details
from eventapp.rules.vocabulary import DELEGATE_ROLES
from eventapp.web.filters import in_language
from eventapp.web.registration_forms import Errors, check, form_context, sent_answers

INTERNATIONAL = "international_organization"


def answers_for(delegation: Delegation, *, role: str = "", language: str = "") -> dict[str, Sequence[str]]:
    """What was sent, with the delegation's own body in the place of whatever was sent about it."""
    answers = sent_answers()
    if role:
        answers["role"] = [role]
    if language and not answers["language"][0]:
        answers["language"] = [language]
    return {**answers, **body_answers(delegation, answers)}


def body_answers(delegation: Delegation, answers: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Whom everybody of a delegation represents; a state's people may still name their ministry."""
    if delegation.body is None:
        return {"represents": ["country"], "country": [delegation.country_code or ""], "seat_country": []}
    names = delegation.body.names
    seat = answers.get("seat_country") or [delegation.body.country_code or ""]
    return {
        "represents": ["organisation"],
        "country": [],
        "organisation": [names.get("en") or next(iter(names.values()), "")],
        "seat_country": [] if delegation.body.kind == INTERNATIONAL else seat,
    }


def check_member(
    answers: Mapping[str, Sequence[str]],
    *,
    held: Registration | None = None,
    roles: Sequence[str] = DELEGATE_ROLES,
    agreement: bool = False,
) -> tuple[Details | None, Errors]:
    """The checked details, or the refusals by field; every role of a delegation may be given here."""
    return check(answers, held=held, roles=roles, agreement=agreement)


def member_context(
    delegation: Delegation,
    answers: Mapping[str, Sequence[str]],
    errors: Errors,
    general: Sequence[str],
    *,
    held: Registration | None = None,
    roles: Sequence[str] = DELEGATE_ROLES,
    on_behalf: bool = True,
) -> dict[str, Any]:
    """What the fields need to show themselves, the body as text."""
    names = (delegation.country or delegation.body).names  # type: ignore[union-attr]  # one of them is there
    return {
        **form_context(answers, errors, general, held=held, roles=roles),
        "fixed_body": in_language(names),
        "is_country": delegation.body is None,
        "asks_seat": delegation.body is not None and delegation.body.kind != INTERNATIONAL,
        "on_behalf": on_behalf,
    }
