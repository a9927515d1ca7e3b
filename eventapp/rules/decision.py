"""What the secretariat decides about several people at once: whom it reaches, whom not and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from eventapp.errors import Closed, Invalid, Refused, message
from eventapp.rules.edition import Window
from eventapp.rules.quota import DELEGATION, Person, Room, Which, check_room_to_endorse
from eventapp.rules.registration import DECISIONS, ENDORSEMENTS
from eventapp.rules.vouching import Body, why_secretariat

VERBS: Final[Mapping[str, str]] = {
    "endorsed": "endorse",
    "declined": "decline",
    "approved": "approve",
    "waitlisted": "waitlist",
    "rejected": "reject",
    "cancelled": "cancel",
}
# What the secretariat may decide for a body that nobody speaks for, in an edition of two steps.
BEHALF: Final = frozenset(ENDORSEMENTS)
KNOWN: Final = {**DECISIONS, **ENDORSEMENTS}
REASONED: Final = frozenset({"rejected", "cancelled", *BEHALF})  # the person is told why
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
    asked: str = ""  # why the secretariat does not endorse in place of the body; empty where it may

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
    if decision not in KNOWN:
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
        blocked = None if why else _blocked_by(decision, one, room)
        if blocked:
            left[one.id], full[one.id] = "full", blocked
        elif why:
            left[one.id] = why
        else:
            reached.append(one.id)
            if decision == "approved":
                room.take(one.person, one.state)
            elif decision == "endorsed":
                room.add("endorsed", one.person)
    return Plan(decision=decision, reached=reached, left=left, full=full)


def _why_not(decision: str, one: Candidate) -> str:
    if one.is_erased:
        return "erased"
    if one.state != one.seen:
        return "changed"
    if one.state not in KNOWN[decision]:
        return "state"
    return one.asked if decision in BEHALF else ""


def _blocked_by(decision: str, one: Candidate, room: Room) -> Which | None:
    """The quota that has no place: any of them to approve somebody, the body's own to endorse."""
    if decision == "approved":
        return room.blocked_by(one.person, one.state)
    if decision == "endorsed":
        try:
            check_room_to_endorse(room, one.person)
        except Refused:
            return Which(DELEGATION, str(one.person.delegation_id))
    return None


def check_reason(decision: str, reason: str) -> None:
    """Refuse a rejection or cancellation without a reason that the person can be told."""
    if decision in REASONED and not reason:
        raise Invalid({"reason": Refused("Please write the reason that the person is told.")})


def why_not_behalf(approval: str, body: Body | None) -> str:
    """Why the secretariat does not endorse in place of a body: nobody endorses, or there is no body, or somebody speaks for it."""
    if approval != "two_steps":
        return "one_step"
    return {"no_body": "no_body", "no_focal_point": ""}.get(why_secretariat(body), "has_focal_point")


def possible_decisions(state: str, *, behalf: bool = False) -> list[str]:
    """The decisions that fit a state, in the order of their buttons; `behalf`: those for its body too."""
    known = KNOWN if behalf else DECISIONS
    return [decision for decision, states in known.items() if state in states]
