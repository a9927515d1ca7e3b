"""Which edition the public site puts first, and when a page about an edition changes by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from eventapp.rules.edition import PAST_STATES, PUBLIC_STATES, Window

_RANK = {"published": 0, "postponed": 1, "cancelled": 2}


@dataclass(frozen=True, kw_only=True)
class Course:
    """What the calendar does to an edition: its registration window, its last day and its zone."""

    ordinal: int
    window: Window
    last_day_on: date | None  # only where the day is known
    time_zone: str

    def is_past(self, now: datetime) -> bool:
        """Whether it has taken place: by its state, or because its last day is over where it is held."""
        if self.window.state in PAST_STATES:
            return True
        if self.window.state != "published" or self.last_day_on is None:
            return False
        return now.astimezone(ZoneInfo(self.time_zone)).date() > self.last_day_on

    def next_change(self, now: datetime) -> datetime | None:
        """The next instant at which its pages change by themselves: the window's, or midnight where it is held."""
        if self.window.state in PAST_STATES:
            return None
        coming = [next_midnight(now, self.time_zone)]
        if at := self.window.next_change(now):
            coming.append(at)
        return min(coming)


def next_midnight(now: datetime, time_zone: str) -> datetime:
    """The first instant of tomorrow in a zone, in UTC."""
    zone = ZoneInfo(time_zone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def find_coming(courses: Iterable[Course], now: datetime) -> int | None:
    """The ordinal of the edition that comes next: published before postponed before cancelled, then the lowest."""
    open_ones = [one for one in courses if one.window.state in PUBLIC_STATES and not one.is_past(now)]
    first = min(open_ones, key=lambda one: (_RANK[one.window.state], one.ordinal), default=None)
    return first.ordinal if first else None
