"""iCalendar files (RFC 5545): calendar dates and sessions go in, bytes with their time zones come out.

The library is imported when the first calendar is written: most workers of a day never write one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Event


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a calendar: a whole day or days (dates, the last one included) or a span of time (moments)."""

    uid: str
    summary: str
    starts: date | datetime
    ends: date | datetime
    stamp: datetime
    location: str = ""
    description: str = ""
    url: str = ""
    status: str = "CONFIRMED"
    sequence: int = 0  # RFC 5545: grows with every change, so that a calendar takes the later one
    categories: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None


def write_calendar(name: str, entries: Sequence[Entry]) -> bytes:
    """The calendar as a file; moments keep the zone they carry, and each zone used is described in it."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//eventapp//eventapp//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)  # RFC 7986, and how it was called before
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.stamp)
    event.add("last-modified", entry.stamp)
    event.add("sequence", entry.sequence)
    event.add("summary", entry.summary)
    event.add("dtstart", entry.starts)
    event.add("dtend", entry.ends)
    event.add("status", entry.status)
    for field in ("location", "description", "url"):
        if value := getattr(entry, field):
            event.add(field, value)
    if entry.categories:
        event.add("categories", list(entry.categories))
    if entry.latitude is not None and entry.longitude is not None:
        event.add("geo", (entry.latitude, entry.longitude))
    if not isinstance(entry.starts, datetime):
        event.add("transp", "TRANSPARENT")
    return event
