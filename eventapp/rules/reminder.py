"""When somebody is reminded: so many days before what they are to do is over, in the morning of the edition's zone."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from eventapp.errors import Refused

MORNING: Final = time(8)
MOST_DAYS: Final = 180
MOST_DATES: Final = 10
# A worker that was away makes up for a reminder on the same day; what is older is left out, and the next date comes.
CATCH_UP: Final = timedelta(hours=24)
# Only while people can still register may they, or whoever speaks for them, be asked to.
REMINDING_STATES: Final = frozenset({"published"})


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """What of an edition decides whether anybody is reminded of something, and when; `closes_at`: until when it can be done."""

    state: str
    closes_at: datetime | None
    zone: str

    def may_remind(self, now: datetime) -> bool:
        """Whether anybody may be reminded at all: not after the closing, nor while the edition does not take place."""
        return self.state in REMINDING_STATES and self.closes_at is not None and now < self.closes_at


@dataclass(frozen=True, order=True)
class Due:
    """One date of a schedule: the day in the edition's zone and the moment at which that morning begins."""

    at: datetime
    due_on: date


def beginning_of(day: date, zone: str) -> datetime:
    """The first second of a day in a zone."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def end_of(day: date, zone: str) -> datetime:
    """The last second of a day in a zone."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def read_days(text: str) -> list[int]:
    """The days of a schedule as they are typed, such as "30, 14, 7"; the earliest date first, each once."""
    parts = [one for one in re.split(r"[\s,;،؛]+", text.strip()) if one]
    if not all(re.fullmatch(r"\d{1,4}", one) for one in parts) or any(int(one) > MOST_DAYS for one in parts):
        raise Refused(
            "Please give whole numbers of days between 0 and %(most)s, such as 30, 14, 7.",
            code="days",
            most=MOST_DAYS,
        )
    found = sorted({int(one) for one in parts}, reverse=True)
    if len(found) > MOST_DATES:
        raise Refused("Please give at most %(most)s dates.", code="too-many", most=MOST_DATES)
    return found


def list_due(calendar: Calendar, days: Iterable[int]) -> Sequence[Due]:
    """The dates of a schedule before the closing, in their order; none while it is not known."""
    if calendar.closes_at is None:
        return []
    zone = ZoneInfo(calendar.zone)
    last = calendar.closes_at.astimezone(zone).date()
    found = []
    for one in days:
        due_on = last - timedelta(days=one)
        at = datetime.combine(due_on, MORNING, tzinfo=zone).astimezone(calendar.closes_at.tzinfo)
        if at < calendar.closes_at:
            found.append(Due(at, due_on))
    return sorted(found)


def find_due(calendar: Calendar, days: Iterable[int], now: datetime) -> Due | None:
    """The date whose reminder goes out now, if nobody has been reminded for it yet."""
    if not calendar.may_remind(now):
        return None
    begun = [one for one in list_due(calendar, days) if one.at <= now < one.at + CATCH_UP]
    return begun[-1] if begun else None


def find_next(
    calendar: Calendar, days: Iterable[int], done: Mapping[date, datetime], now: datetime
) -> Due | None:
    """The next date on which somebody would be reminded; `done` are those that went out."""
    if not calendar.may_remind(now):
        return None
    coming = [one for one in list_due(calendar, days) if now < one.at + CATCH_UP and one.due_on not in done]
    return coming[0] if coming else None
