"""What a represented body decides about several people at once: whom it reaches, whom not and why."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from eventapp.errors import Invalid, Refused
from eventapp.rules.registration import ENDORSEMENTS

VERBS: Final[Mapping[str, str]] = {"endorsed": "endorse", "declined": "decline"}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Somebody who was picked: the state now and the one that was seen, and what decides whether a place is needed."""

    id: int
    state: str
    seen: str
    role: str
    is_erased: bool
    submitted_at: datetime


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Whom a decision reaches, in order, and the others with the word for why not."""

    decision: str
    reached: Sequence[int]
    left: Mapping[int, str] = field(default_factory=dict)  # changed, state, erased, full, gone


def check_known(decision: str) -> None:
    """Refuse a word that is no decision of a represented body."""
    if decision not in ENDORSEMENTS:
        raise Refused("Please choose what to decide.", code="decision")


def check_reason(decision: str, reason: str) -> None:
    """Refuse to decline without a reason that the person can be told."""
    if decision == "declined" and not reason:
        raise Invalid({"reason": Refused("Please write the reason that the person is told.")})


def plan(
    decision: str, wishes: Iterable[Wish], *, free: int | None, roles_outside: Collection[str] = ()
) -> Plan:
    """Whom the decision reaches, as they came in: never more than the body has places, nobody who has changed meanwhile.

    `free` is None without a quota; whoever stands outside of all quotas needs no place.
    """
    reached: list[int] = []
    left: dict[int, str] = {}
    taken = 0
    for one in sorted(wishes, key=lambda wish: (wish.submitted_at, wish.id)):
        needs_place = decision == "endorsed" and one.role not in roles_outside
        why = _why_not(decision, one)
        if not why and needs_place and free is not None and taken >= free:
            why = "full"
        if why:
            left[one.id] = why
            continue
        reached.append(one.id)
        taken += needs_place
    return Plan(decision=decision, reached=reached, left=left)


def _why_not(decision: str, one: Wish) -> str:
    if one.is_erased:
        return "erased"
    if one.state != one.seen:
        return "changed"
    return "" if one.state in ENDORSEMENTS[decision] else "state"


def possible_decisions(state: str) -> list[str]:
    """What a focal point may decide about somebody in this state."""
    return [decision for decision, states in ENDORSEMENTS.items() if state in states]
