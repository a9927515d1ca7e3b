"""Which sessions stand on the page of the programme: a short one whole, a long one by day, and what was searched for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from eventapp.models import Edition
from eventapp.rules.edition_plan import days_of
from eventapp.rules.text import fits
from eventapp.services.programme_lines import SessionLine
from eventapp.web.desk_forms import showable
from eventapp.web.paging import Paging

LONGEST: Final = 100  # sessions that one page shows; a longer programme stands on a page for each day


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What the page shows."""

    days: Sequence[tuple[date, Sequence[SessionLine]]]
    tabs: Sequence[date]  # none where the whole programme stands on one page
    on: date | None  # the day whose page it is
    typed: str
    paging: Paging  # of what was found


def choose(
    edition: Edition, sessions: Sequence[SessionLine], asked: Mapping[str, str], *, now: datetime
) -> Listing:
    """What was searched for, or the day that was asked for: by its date, by a session of it (`at`), today's, the first one."""
    zone = ZoneInfo(edition.time_zone)
    typed = showable(asked.get("q", ""))[:300].strip()
    found = [one for one in sessions if fits(typed, _texts(one))] if typed else list(sessions)
    page = asked.get("page", "")
    paging = Paging(int(page) if page.isdecimal() and len(page) < 5 else 1, LONGEST, len(found))
    tabs, on = _days(edition, sessions, zone) if len(sessions) > LONGEST else [], None
    if typed:
        found = found[paging.offset : paging.last]
    elif tabs:
        on = _day(tabs, sessions, asked, now, zone)
        found = [one for one in found if day_of(one, zone) == on]
    days = groupby(found, key=lambda one: day_of(one, zone))
    return Listing(
        days=[(day, list(rows)) for day, rows in days], tabs=tabs, on=on, typed=typed, paging=paging
    )


def day_of(session: SessionLine, zone: ZoneInfo) -> date:
    """The day on whose page a session stands: the one it starts on, where it takes place."""
    return session.starts_at.astimezone(zone).date()


def _days(edition: Edition, sessions: Sequence[SessionLine], zone: ZoneInfo) -> list[date]:
    """The days of the edition, and any other on which a session stands."""
    known = days_of(edition.starts_on, edition.ends_on, edition.date_precision)
    return sorted({*known, *(day_of(one, zone) for one in sessions)})


def _day(
    tabs: Sequence[date],
    sessions: Sequence[SessionLine],
    asked: Mapping[str, str],
    now: datetime,
    zone: ZoneInfo,
) -> date:
    wanted = asked.get("day", "")
    there = {one.isoformat(): one for one in tabs}
    if wanted in there:
        return there[wanted]
    at = next((one for one in sessions if str(one.id) == asked.get("at")), None)
    if at:
        return day_of(at, zone)
    today = now.astimezone(zone).date()
    return today if today in tabs else tabs[0]


def _texts(session: SessionLine) -> Iterator[str]:
    """What a session is found by: its title in every language, its room, its track and its people."""
    yield from session.title.values()
    for named in (session.room, session.track):
        if named:
            yield from named.names.values()
    for place in session.speakers:
        yield place.speaker.name
        yield place.speaker.organisation
