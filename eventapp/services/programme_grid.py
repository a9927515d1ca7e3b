"""The programme day by day as a grid of rooms and times, and a session that is moved in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from eventapp.models import Edition, ProgrammeSession, Room
from eventapp.rules.access import Actor
from eventapp.rules.edition_plan import days_of
from eventapp.rules.programme_grid import Grid, Span, build_grid, check_target, touches
from eventapp.services import editions, programme, programme_conflicts, programme_rooms
from eventapp.services.programme_conflicts import Told
from eventapp.services.programme_lines import SessionLine, list_lines


@dataclass(frozen=True, kw_only=True)
class GridDay:
    """One day to look at: the grid with the records that it is about, and the other days there are."""

    on: date | None  # None: no day is known and no session stands
    days: Sequence[date]
    grid: Grid | None
    sessions: Mapping[int, SessionLine]
    rooms: Mapping[int, Room]
    conflicts: Mapping[int, Sequence[Told]]


def read_day(edition: Edition, on: date | None) -> GridDay:
    """A day of the programme, the first one unless told; a constant number of queries. The caller has checked who looks."""
    zone = ZoneInfo(edition.time_zone)
    sessions = list_lines(edition.id)
    known = days_of(edition.starts_on, edition.ends_on, edition.date_precision)
    days = sorted({*known, *(one.starts_at.astimezone(zone).date() for one in sessions)})
    rooms = {room.id: room for room in programme_rooms.list_rooms(edition.id)}
    day = on if on in days else (days[0] if days else None)
    spans = [
        Span(id=one.id, room=one.room_id, starts_at=one.starts_at, ends_at=one.ends_at) for one in sessions
    ]
    return GridDay(
        on=day,
        days=days,
        grid=build_grid(day, zone, list(rooms), [one for one in spans if touches(one, day, zone)])
        if day
        else None,
        sessions={one.id: one for one in sessions},
        rooms=rooms,
        conflicts=programme_conflicts.by_session(programme_conflicts.list_conflicts(edition, sessions)),
    )


def move(
    actor: Actor,
    ordinal: int,
    session_id: int,
    *,
    room_id: int | None,
    starts_at: datetime,
    version: int,
    now: datetime,
) -> ProgrammeSession:
    """Move a session to another room and time, as long as it is; refuses readers, a day that is not the edition's, Stale."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    session = programme.get_session(edition.id, session_id)
    zone = ZoneInfo(edition.time_zone)
    days = days_of(edition.starts_on, edition.ends_on, edition.date_precision)
    if days:  # one that stands on another day warns already; its room may be changed where it is
        check_target(starts_at, zone, [*days, session.starts_at.astimezone(zone).date()])
    values = {name: getattr(session, name) for name in programme.COLUMNS}
    values |= {
        "room_id": room_id,
        "starts_at": starts_at,
        "ends_at": starts_at + (session.ends_at - session.starts_at),
        "sectors": [one.sector_code for one in session.sectors],
    }
    return programme.edit(actor, ordinal, session_id, values, version=version, now=now)
