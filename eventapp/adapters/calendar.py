"""iCalendar files (RFC 5545): calendar dates and sessions go in, bytes with their time zones come out.

The library is imported when the first calendar is written: most workers of a day never write one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from eventapp.rules.zone_change import ClockChange, is_second, list_changes

if TYPE_CHECKING:
    from icalendar import Event, Timezone


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
    for zone, moments in _zones(entries):
        calendar.add_component(_timezone(zone, list_changes(zone, moments)))
    for entry in entries:
        calendar.add_component(_event(entry))
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
    starts, ends = _as_written(entry)
    event.add("dtstart", starts)
    event.add("dtend", ends)
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


def _as_written(entry: Entry) -> tuple[date, date]:
    """Both ends as they go into the file: in UTC where the zone's clocks have shown one of them before in the same night.

    A local time in a calendar means the first of the two, so that the second can only be said in UTC.
    """
    starts, ends = entry.starts, entry.ends
    if not isinstance(starts, datetime) or not isinstance(ends, datetime):
        return starts, ends
    if any(isinstance(one.tzinfo, ZoneInfo) and is_second(one, one.tzinfo) for one in (starts, ends)):
        return starts.astimezone(UTC), ends.astimezone(UTC)
    return starts, ends


def _zones(entries: Sequence[Entry]) -> Iterator[tuple[ZoneInfo, list[datetime]]]:
    """Each zone that the file refers to, with the moments it is needed for."""
    found = [
        (moment.tzinfo, moment)
        for entry in entries
        for moment in _as_written(entry)
        if isinstance(moment, datetime) and isinstance(moment.tzinfo, ZoneInfo)
    ]
    for zone, pairs in groupby(sorted(found, key=lambda pair: pair[0].key), key=lambda pair: pair[0]):
        yield zone, [moment for _, moment in pairs]


def _timezone(zone: ZoneInfo, changes: Sequence[ClockChange]) -> "Timezone":
    """The zone described for the years of the entries, each change by itself: no rule that a reader may take otherwise."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    described = Timezone()
    described.add("tzid", zone.key)
    for change in changes:
        part = TimezoneDaylight() if change.is_forward else TimezoneStandard()
        part.add("dtstart", change.wall)
        part.add("tzoffsetfrom", change.before)
        part.add("tzoffsetto", change.after)
        part.add("tzname", change.name)
        described.add_component(part)
    return described
