"""The states of a registration, and which change is known to the field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from eventapp.errors import Closed, Refused
from eventapp.rules.edition import PAST_STATES, Window
from eventapp.rules.vocabulary import REGISTERED_STATES

OPEN_STATES: Final = frozenset(REGISTERED_STATES)
# What the secretariat may decide, from which states. Withdrawal is the person's own.
DECISIONS: Final[Mapping[str, frozenset[str]]] = {
    "approved": frozenset({"submitted", "endorsed", "waitlisted", "declined", "rejected"}),
    "waitlisted": frozenset({"submitted", "endorsed"}),
    "rejected": frozenset({"submitted", "endorsed", "waitlisted"}),
    "cancelled": frozenset({"submitted", "endorsed", "waitlisted", "approved"}),
}
# What the represented body may decide, from which states; a body that declined may think again.
ENDORSEMENTS: Final[Mapping[str, frozenset[str]]] = {
    "endorsed": frozenset({"submitted", "declined"}),
    "declined": frozenset({"submitted", "endorsed"}),
}


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What becomes of a registration that has just come in."""

    state: str
    is_late: bool


def arrive(*, approval: str, is_late: bool, free_places: int | None) -> Arrival:
    """Open approval fills the places and then the waiting list; with one step or two, and late, people wait for a decision.

    `free_places` is None where there is no limit; it was read inside the locked transaction.
    """
    if approval != "open" or is_late:
        return Arrival(state="submitted", is_late=is_late)
    if free_places is None or free_places > 0:
        return Arrival(state="approved", is_late=is_late)
    return Arrival(state="waitlisted", is_late=is_late)


def check_endorsement(old: str, new: str) -> None:
    """Refuse an endorsement, or to decline one, that does not fit the state the registration is in now."""
    if old not in ENDORSEMENTS[new]:
        raise Refused("This decision does not fit the state the registration is in now.", code="transition")


def check_replacement(old: str) -> None:
    """Refuse to give somebody's place to another name unless they hold one."""
    if old != "approved":
        raise Refused("Only somebody who is approved can be replaced.", code="transition")


def check_decision(old: str, new: str) -> None:
    """Refuse a decision that does not fit the state the registration is in now."""
    if old not in DECISIONS[new]:
        raise Refused("This decision does not fit the state the registration is in now.", code="transition")


def check_withdrawal(old: str) -> None:
    """Refuse to withdraw what is not open any more."""
    if old not in OPEN_STATES:
        raise Refused("This registration is not open any more.", code="transition")


def check_change(old: str, window: Window, now: datetime) -> None:
    """Refuse a change by the delegate of what is not open any more, after the freeze date, or of what is over."""
    if old not in OPEN_STATES:
        raise Refused("This registration is not open any more.", code="transition")
    if window.state in PAST_STATES or window.state == "cancelled":
        raise Closed("This edition takes no changes any more.", code="over")
    if window.changes_close_at is not None and now >= window.changes_close_at:
        raise Closed("The time for changes has passed. Please write to the secretariat.", code="frozen")


def may_change(old: str, window: Window, now: datetime) -> bool:
    """Whether the delegate may change the registration now."""
    try:
        check_change(old, window, now)
    except (Closed, Refused):
        return False
    return True


def may_withdraw(old: str, window: Window) -> bool:
    """Whether the delegate may withdraw: as long as the registration is open and the edition is not over."""
    return old in OPEN_STATES and window.state not in PAST_STATES
