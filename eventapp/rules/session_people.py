"""Who is named, seated and let go in a session: what the secretariat may do by hand, and what a merge makes of two places."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from eventapp.errors import Closed, Refused
from eventapp.rules.vocabulary import REGISTERED_STATES

# The better place first: what somebody has reached with one registration is not lost by a merge with another.
_RANKS: Final = ("seat", "waiting", "noted", "withdrawn")
FULL: Final = "full"  # the word with which somebody says that the limit may be passed


@dataclass(frozen=True, kw_only=True)
class Seats:
    """What a session has room for, and how many seats are taken."""

    own: int | None  # the session's own limit
    room: int | None  # the room's seats
    taken: int


def may_be_invited(state: str, *, is_erased: bool) -> bool:
    """Whether somebody can be named: an invitation holds from the approval on, so that it may come before it."""
    return state in REGISTERED_STATES and not is_erased


def check_gift(
    *, asks_sign_up: bool, may_come: bool, ends_at: datetime, seats: Seats, despite: str, now: datetime
) -> None:
    """Refuse a seat by hand: where none are given, to whom the session is closed, past its end, past the room.

    The session's own limit may be passed by whoever says so with `despite`; the seats of the room never.
    """
    if not asks_sign_up:
        raise Refused("Nobody signs up for this session: it has no seats to give.", code="no-seats")
    if now >= ends_at:
        raise Closed("This session is over.", code="over")
    if not may_come:
        raise Refused("The session is not open to this person.", code="closed")
    if seats.room is not None and seats.taken >= seats.room:
        raise Refused(
            "No seat is left in the room: it has %(seats)s. Remove somebody first, or choose a larger room.",
            code="room",
            seats=seats.room,
        )
    if seats.own is not None and seats.taken >= seats.own and despite != FULL:
        raise Refused("No seat is left: the session has %(seats)s.", code=FULL, seats=seats.own)


def better_place(kept: tuple[str, datetime] | None, gone: tuple[str, datetime]) -> tuple[str, datetime]:
    """What a merge makes of two places in one session: the better state, and of two in one state the earlier."""
    if kept is None:
        return gone
    ranks = [_RANKS.index(state) for state, _since in (kept, gone)]
    if ranks[0] == ranks[1]:
        return kept[0], min(kept[1], gone[1])
    return kept if ranks[0] < ranks[1] else gone
