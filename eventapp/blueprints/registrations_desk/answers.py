"""What the forms of the desk send: nonces, who was picked, in which state they were seen."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from werkzeug.datastructures import MultiDict

from eventapp.errors import DomainError, Invalid, Refused
from eventapp.rules.text import without_hidden
from eventapp.rules.vocabulary import REGISTRATION_STATES
from eventapp.web.errors import error_text


def read_nonce(text: str) -> UUID:
    """The nonce of a preview; refuses a form that was put together by hand."""
    try:
        return UUID(text)
    except ValueError:
        raise Refused("This page is incomplete. Please begin again from the list.", code="nonce") from None


def write_seen(seen: Mapping[int, str]) -> str:
    """Numbers by state, in one hidden field: thousands of people are one part of a form."""
    groups: dict[str, list[str]] = {}
    for number, state in seen.items():
        groups.setdefault(state, []).append(str(number))
    return ";".join(f"{state}:{' '.join(numbers)}" for state, numbers in groups.items())


def read_seen(text: str) -> dict[int, str]:
    """Number -> the state it was seen in; refuses what no preview has written."""
    seen: dict[int, str] = {}
    for group in text.split(";") if text else []:
        state, _, numbers = group.partition(":")
        listed = numbers.split()
        if state not in REGISTRATION_STATES or not all(_is_number(one) for one in listed):
            raise Refused("This page is incomplete. Please begin again from the list.", code="seen")
        seen |= dict.fromkeys(map(int, listed), state)
    return seen


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def read_number(text: str) -> int:
    """A whole number, or 0."""
    return int(text) if _is_number(text) else 0


def lists(form: MultiDict[str, str]) -> dict[str, Sequence[str]]:
    """Every value of every field, as the rules for registrations want them."""
    return {name: values for name, values in form.lists() if name != "csrf_token"}


def kept(form: MultiDict[str, str]) -> dict[str, list[str]]:
    """What was typed, fit to stand in the page again."""
    return {name: [without_hidden(value) for value in values] for name, values in form.lists()}


def problems_of(error: DomainError) -> tuple[dict[str, str], list[str]]:
    """Refusals by field, and those that belong to no field, in the reader's language."""
    if isinstance(error, Invalid):
        return {name: error_text(problem) for name, problem in error.problems.items()}, []
    if error.field:
        return {error.field: error_text(error)}, []
    return {}, [error_text(error)]
