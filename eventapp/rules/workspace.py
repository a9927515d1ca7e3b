"""What a focal point may do for the own delegation and until when; the delegation in numbers and in its order."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from eventapp.errors import Closed, Refused, message
from eventapp.rules.edition import PAST_STATES, Window
from eventapp.rules.registration import OPEN_STATES, check_change
from eventapp.rules.vocabulary import DELEGATE_ROLES

HEAD: Final = "head"
INSIDE: Final = (
    "endorsed",
    "approved",
    "waitlisted",
)  # who belongs to the delegation; whoever waits for it does not yet
_FIRST: Final = {HEAD: 0, "deputy_head": 1}
_LAST: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The places of one delegation: free = limit - approved - endorsed; who waits stands beside it."""

    limit: int | None
    approved: int
    endorsed: int
    awaiting: int
    waitlisted: int
    outside: int  # people in roles that take no place of any quota

    @property
    def free(self) -> int | None:
        """Places left, below zero where the quota was lowered; None without one."""
        return None if self.limit is None else self.limit - self.approved - self.endorsed


def count(people: Iterable[tuple[str, str]], *, limit: int | None, roles_outside: Collection[str]) -> Tally:
    """The delegation in numbers, from the state and the role of everybody in it."""
    found = dict.fromkeys(("approved", "endorsed", "submitted", "waitlisted"), 0)
    outside = 0
    for state, role in people:
        if role in roles_outside:
            outside += state in OPEN_STATES
        elif state in found:
            found[state] += 1
    return Tally(
        limit=limit,
        approved=found["approved"],
        endorsed=found["endorsed"],
        awaiting=found["submitted"],
        waitlisted=found["waitlisted"],
        outside=outside,
    )


def has_place(tally: Tally, role: str, roles_outside: Collection[str]) -> bool:
    """Whether one more person in this role finds a place in the quota."""
    return tally.free is None or tally.free > 0 or role in roles_outside


def check_place(tally: Tally, role: str, roles_outside: Collection[str]) -> None:
    """Refuse one person more than the quota holds."""
    if not has_place(tally, role, roles_outside):
        raise Refused(
            "All places of your delegation are taken. Withdraw or replace somebody, or ask the secretariat for more places.",
            code="quota_full",
        )


def check_work(window: Window) -> None:
    """Refuse work on a delegation whose edition is not public, is cancelled or has taken place."""
    if window.state in PAST_STATES or window.state == "cancelled":
        raise Closed("This edition takes no changes any more.", code="over")
    if window.state == "draft":
        raise Closed("This edition has not been published yet.", code="hidden")


def may_work(window: Window) -> bool:
    """Whether the pages offer to decide anything."""
    try:
        check_work(window)
    except Closed:
        return False
    return True


def check_member_change(state: str, window: Window, now: datetime) -> None:
    """Refuse to change, reorder or replace a member after the freeze date, or one who is not open any more."""
    check_work(window)
    check_change(state, window, now)


def check_role(role: str) -> None:
    """Refuse a word that is no role in a delegation."""
    if role not in DELEGATE_ROLES:
        raise Refused("Choose a role from the list.", field="role")


def rank(role: str) -> int:
    """The group within which the delegation's own order holds: head, deputy, everybody else."""
    return _FIRST.get(role, 2)


def order_key(role: str, place: int | None, sort_name: str, number: int) -> tuple[int, int, str, int]:
    """Head first, then the deputy, then the delegation's own order, then by name."""
    return (rank(role), _LAST if place is None else place, sort_name, number)


# Why a link to a workspace, or an invitation, opens nothing any more.
LINK_OVER: Final = {
    "used": message("This invitation has been used already. It works only once."),
    "revoked": message("This invitation has been taken back by the delegation."),
    "expired": message("This invitation has expired. Please ask the delegation for a new one."),
}
