"""The door: on which days its desks work, whom they let in at once, on purpose or never, and why a check-in may be undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from eventapp.errors import Closed, Invalid, Refused, message
from eventapp.rules.counting import counted_day

DAY: Final = timedelta(days=1)
MOST_DAYS: Final = 14
LONGEST_DESK: Final = 60
LONGEST_REASON: Final = 200
# Whoever the secretariat turned away is sent to it: a tired guard must not undo its decision with one press.
ON_PURPOSE: Final = frozenset({"submitted", "endorsed", "waitlisted", "withdrawn"})


@dataclass(frozen=True, kw_only=True)
class Door:
    """What decides whether the desks of an edition work."""

    state: str
    starts_on: date | None
    ends_on: date | None
    date_precision: str
    time_zone: str

    def today(self, now: datetime) -> date:
        """The day it is where the edition takes place."""
        return counted_day(now, self.time_zone)

    def days(self) -> list[date]:
        """The days of the edition, none where they are not known; of a very long one the first two weeks."""
        if self.date_precision != "day" or self.starts_on is None:
            return []
        last = max(self.ends_on or self.starts_on, self.starts_on)
        count = min((last - self.starts_on).days + 1, MOST_DAYS)
        return [self.starts_on + DAY * number for number in range(count)]

    @property
    def eve(self) -> date | None:
        """The day from which the desks work, where the days are known."""
        days = self.days()
        return days[0] - DAY if days else None

    def phase(self, now: datetime) -> str:
        """One of: hidden, postponed, cancelled, archived, before, open, after.

        Badges are handed out on the eve, and what was forgotten is entered on the day after.
        """
        if self.state == "draft":
            return "hidden"
        if self.state in ("postponed", "cancelled", "archived"):
            return self.state
        if self.date_precision != "day" or self.starts_on is None:
            return "open"
        today = self.today(now)
        if today < self.starts_on - DAY:
            return "before"
        last = max(self.ends_on or self.starts_on, self.starts_on)
        return "open" if today <= last + DAY else "after"

    def open_days(self, now: datetime) -> list[date]:
        """The days that somebody may be checked in for now: today, and earlier ones from a list on paper."""
        if self.phase(now) != "open":
            return []
        known, today = self.days(), self.today(now)
        if not known:
            return [today]
        return [day for day in (known[0] - DAY, *known, known[-1] + DAY) if day < today] + [today]


def check_open(door: Door, now: datetime, on: date | None = None) -> date:
    """The day that a check-in counts for, today unless told; raises Closed with the reason where no desk works now."""
    phase = door.phase(now)
    if phase != "open":
        raise Closed(CLOSED[phase], code=phase)
    if on is None:
        return door.today(now)
    if on not in door.open_days(now):
        raise Closed("Nobody can be checked in for this day.", code="day")
    return on


CLOSED: Final[Mapping[str, str]] = {
    "hidden": message("This edition is a draft. It has no check-in yet."),
    "postponed": message("This edition has been postponed. Nobody can be checked in."),
    "cancelled": message("This edition has been cancelled. Nobody can be checked in."),
    "archived": message("This edition has been archived. Its check-ins stay as they are."),
    "before": message("Check-in has not begun. It works from the day before the first day on."),
    "after": message("Check-in is over. It worked until the day after the last day."),
}


def admission(state: str, *, is_erased: bool) -> str:
    """How somebody is let in: at_once, on_purpose (somebody says so, knowing the state) or never."""
    if is_erased:
        return "never"
    if state == "approved":
        return "at_once"
    return "on_purpose" if state in ON_PURPOSE else "never"


def check_admission(state: str, *, is_erased: bool, despite: str) -> None:
    """Refuse whoever may not be let in; `despite` is the state that the desk saw and lets the person in with all the same."""
    found = admission(state, is_erased=is_erased)
    if found == "never":
        raise Refused("This person cannot be checked in. Please send them to the secretariat.", code="never")
    if found == "on_purpose" and despite != state:
        raise Refused("This person is not approved. Look at the state, then decide.", code="ask")


def check_reason(reason: str) -> None:
    """Refuse to undo a check-in without a reason: the count of those who came changes."""
    if not reason:
        raise Invalid({"reason": Refused("Please say why. It stands in the history.")})


def check_undo(state: str) -> None:
    """Refuse to change who came to an edition that is archived."""
    if state == "archived":
        raise Closed(CLOSED[state], code=state)


def countries_meant(word: str, names: Mapping[str, list[str]]) -> list[str]:
    """Codes of the countries one of whose words begins as somebody types; `names` are casefolded, without accents."""
    if len(word) < 3:
        return []
    return [
        code
        for code, texts in names.items()
        if any(text.startswith(word) or f" {word}" in text for text in texts)
    ]
