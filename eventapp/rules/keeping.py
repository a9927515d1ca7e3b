"""When personal data of an edition goes by itself: two clocks that run from its last day, in its zone."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from eventapp.rules.reminder import beginning_of

# needs: what people eat and how they are helped; record: everything else that says who they are.
CLOCKS: Final = ("needs", "record")
NEEDS_DAYS: Final = 7
RECORD_MONTHS: Final = 18
# Two months of needs always end before three months of the record do, whatever the months are.
NEEDS_BOUNDS: Final = (1, 60)
RECORD_BOUNDS: Final = (3, 60)
# After a change of what the clocks follow nothing goes for so long: a mistyped year can be put right.
RESPITE: Final = timedelta(days=7)
# So long before the record goes the page of the day says so: whoever needs a list takes it along.
WARNING: Final = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """What of an edition decides when personal data goes."""

    state: str
    starts_on: date | None
    ends_on: date | None
    date_precision: str
    time_zone: str
    cancelled_on: date | None
    needs_days: int
    record_months: int
    set_at: datetime | None  # when any of these was last changed

    @property
    def counts_from(self) -> date | None:
        """The last day, or the day of the cancellation; None where no end is known, and while the edition is postponed."""
        if self.state == "postponed":
            return None  # its days do not hold any more, and the new ones are not known
        if self.cancelled_on is not None:
            return self.cancelled_on
        if self.date_precision != "day" or self.starts_on is None:
            return None
        return max(self.ends_on or self.starts_on, self.starts_on)

    def goes_at(self, clock: str) -> datetime | None:
        """The moment from which what a clock is about goes; None where the clock does not run.

        That is the beginning of the day so many days or months after the end, and never within RESPITE of a change.
        """
        day = self.counts_from
        if day is None:
            return None
        last = day + timedelta(self.needs_days) if clock == "needs" else months_after(day, self.record_months)
        at = beginning_of(last, self.time_zone)
        return max(at, self.set_at + RESPITE) if self.set_at else at

    def goes_on(self, clock: str) -> date | None:
        """The day of that moment where the edition takes place."""
        at = self.goes_at(clock)
        return at.astimezone(ZoneInfo(self.time_zone)).date() if at else None

    def is_due(self, clock: str, now: datetime) -> bool:
        """Whether what a clock is about is to go now."""
        at = self.goes_at(clock)
        return at is not None and at <= now

    def is_near(self, now: datetime) -> bool:
        """Whether the record goes soon, and people are to be told so."""
        at = self.goes_at("record")
        return at is not None and now < at <= now + WARNING


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def is_moved(before: Keeping, after: Keeping) -> bool:
    """Whether a change of an edition moved a clock."""
    follows = ("counts_from", "time_zone", "needs_days", "record_months")
    return any(getattr(before, name) != getattr(after, name) for name in follows)
