"""What the secretariat decides about several people at once: whom it reaches, whom not and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from eventapp.errors import Closed, Invalid, Refused, message
from eventapp.rules.edition import Window
from eventapp.rules.quota import Person, Room, Which
from eventapp.rules.registration import DECISIONS

VERBS: Final[Mapping[str, str]] = {
    "approved": "approve",
    "waitlisted": "waitlist",
    "rejected": "reject",
    "cancelled": "cancel",
}
REASONED: Final = frozenset({"rejected", "cancelled"})  # the person is told why
LONGEST_REASON: Final = 2000


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A registration that was picked: its state now and the one it had when it was picked."""

    id: int
    state: str
    seen: str
    is_erased: bool
    submitted_at: datetime
    person: Person
    waitlisted_at: datetime | None = None

    @property
    def order(self) -> tuple[bool, datetime, int]:
        """The waiting list first, in its order; then as they came in."""
        waits = self.state == "waitlisted"
        since = self.waitlisted_at if waits and self.waitlisted_at else self.submitted_at
        return (not waits, since, self.id)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Whom a decision reaches, in order, and the others with the word for why not."""

    decision: str
    reached: Sequence[int]
    left: Mapping[int, str] = field(default_factory=dict)  # changed, state, erased, full, gone
    full: Mapping[int, Which] = field(default_factory=dict)  # which quota has no place for somebody


def check_entry(window: Window, now: datetime) -> bool:
    """Whether a person the secretariat adds now is late; refuses for editions that nobody can take part in."""
    phase = window.phase(now)
    if phase in ("hidden", "cancelled", "over"):
        raise Closed(
            {
                "hidden": message("Publish this edition first. Until then nobody can be added to it."),
                "cancelled": message("This edition has been cancelled. Nobody can be added to it."),
                "over": message("This edition has taken place. Nobody can be added to it."),
            }[phase],
            code=phase,
        )
    return phase in ("late", "closed")


def check_known(decision: str) -> None:
    """Refuse a word that is no decision of the secretariat."""
    if decision not in DECISIONS:
        raise Refused("Please choose what to decide.", code="decision")


def plan(decision: str, candidates: Iterable[Candidate], room: Room) -> Plan:
    """Whom the decision reaches: never more than each quota has places, nobody whose state has changed meanwhile.

    `room` is used up by those who are approved.
    """
    reached: list[int] = []
    left: dict[int, str] = {}
    full: dict[int, Which] = {}
    for one in sorted(candidates, key=lambda candidate: candidate.order):
        why = _why_not(decision, one)
        blocked = room.blocked_by(one.person, one.state) if not why and decision == "approved" else None
        if blocked:
            left[one.id], full[one.id] = "full", blocked
        elif why:
            left[one.id] = why
        else:
            reached.append(one.id)
            if decision == "approved":
                room.take(one.person, one.state)
    return Plan(decision=decision, reached=reached, left=left, full=full)


def _why_not(decision: str, one: Candidate) -> str:
    if one.is_erased:
        return "erased"
    if one.state != one.seen:
        return "changed"
    return "" if one.state in DECISIONS[decision] else "state"


def check_reason(decision: str, reason: str) -> None:
    """Refuse a rejection or cancellation without a reason that the person can be told."""
    if decision in REASONED and not reason:
        raise Invalid({"reason": Refused("Please write the reason that the person is told.")})


def possible_decisions(state: str) -> list[str]:
    """The decisions that fit a state, in the order of their buttons."""
    return [decision for decision, states in DECISIONS.items() if state in states]
