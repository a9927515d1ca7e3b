"""The states of a registration, and which change is known to the field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from eventapp.errors import Refused

OPEN_STATES: Final = frozenset({"submitted", "approved", "waitlisted"})
# What the secretariat may decide, from which states. Withdrawal is the person's own.
DECISIONS: Final[Mapping[str, frozenset[str]]] = {
    "approved": frozenset({"submitted", "waitlisted", "rejected"}),
    "waitlisted": frozenset({"submitted"}),
    "rejected": frozenset({"submitted", "waitlisted"}),
    "cancelled": frozenset({"submitted", "waitlisted", "approved"}),
}


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What becomes of a registration that has just come in."""

    state: str
    is_late: bool


def arrive(*, approval: str, is_late: bool, free_places: int | None) -> Arrival:
    """Open approval fills the places and then the waiting list; one step, and whoever is late, waits for a decision.

    `free_places` is None where there is no limit; it was read inside the locked transaction.
    """
    if approval == "one_step" or is_late:
        return Arrival(state="submitted", is_late=is_late)
    if free_places is None or free_places > 0:
        return Arrival(state="approved", is_late=is_late)
    return Arrival(state="waitlisted", is_late=is_late)


def check_decision(old: str, new: str) -> None:
    """Refuse a decision that does not fit the state the registration is in now."""
    if old not in DECISIONS[new]:
        raise Refused("This decision does not fit the state the registration is in now.", code="transition")


def check_withdrawal(old: str) -> None:
    """Refuse to withdraw what is not open any more."""
    if old not in OPEN_STATES:
        raise Refused("This registration is not open any more.", code="transition")
