"""Signing up for a session: who gets a seat, who waits, and what clashes with what on somebody's agenda."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from eventapp.errors import Closed, Refused

ON_AGENDA: Final = frozenset({"noted", "seat", "waiting"})
SEATING_STATES: Final = frozenset({"published", "postponed", "held"})  # of an edition that takes place


@dataclass(frozen=True)
class Appointment:
    """A session on somebody's agenda, as far as time goes."""

    id: str
    starts_at: datetime
    ends_at: datetime


def seats_of(own: int | None, room: int | None) -> int | None:
    """How many may sign up: the session's own limit, never more than the room's seats; None without either."""
    known = [limit for limit in (own, room) if limit is not None]
    return min(known) if known else None


def enter(*, asks_sign_up: bool, seats: int | None, taken: int, is_somebody_waiting: bool) -> str:
    """What somebody becomes who puts a session on the agenda: noted, or with a seat, or waiting for one.

    `taken` and the line were read inside the session's lock. Nobody goes past those who wait.
    """
    if not asks_sign_up:
        return "noted"
    if seats is None or (taken < seats and not is_somebody_waiting):
        return "seat"
    return "waiting"


def check_sign_up(
    *, is_approved: bool, asks_sign_up: bool, ends_at: datetime, edition_state: str, now: datetime
) -> None:
    """Refuse to sign up for what is over or does not take place, and a seat to whoever is not approved."""
    if edition_state not in SEATING_STATES:
        raise Closed("This edition does not take place.", code="edition")
    if now >= ends_at:
        raise Closed("This session is over.", code="over")
    if asks_sign_up and not is_approved:
        raise Refused("You can sign up for this session once your registration is approved.", code="approved")


def clashes_with(one: Appointment, others: Iterable[Appointment]) -> list[str]:
    """The other sessions at the same time; one may end as another starts."""
    return [
        other.id
        for other in others
        if other.id != one.id and other.starts_at < one.ends_at and one.starts_at < other.ends_at
    ]
