"""What holds for sessions of the programme: their times, their day, their room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from eventapp.errors import Refused

LONGEST: Final = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Slot:
    """When and where a session is; `room` is None where that is open."""

    id: int
    room: int | None
    starts_at: datetime
    ends_at: datetime


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Refuse a session that ends before it starts, or that lasts longer than a day."""
    if ends_at <= starts_at:
        raise Refused("A session must end after it has started.", field="ends")
    if ends_at - starts_at > LONGEST:
        raise Refused("A session lasts at most one day.", field="ends")


def overlapping(slot: Slot, others: Iterable[Slot]) -> list[Slot]:
    """The sessions that are in the same room at the same time; one may end as another starts."""
    if slot.room is None:
        return []
    return [
        other
        for other in others
        if other.id != slot.id
        and other.room == slot.room
        and other.starts_at < slot.ends_at
        and slot.starts_at < other.ends_at
    ]


def is_outside(slot: Slot, days: Sequence[date], zone: ZoneInfo) -> bool:
    """Whether a session stands on none of the edition's days, where these are known."""
    return bool(days) and slot.starts_at.astimezone(zone).date() not in days
