"""One day of a programme as a grid: rooms side by side, a quarter of an hour a row; sessions at once in a room share it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from eventapp.errors import Refused

STEP: Final = timedelta(minutes=15)
FIRST_HOUR: Final = 8  # shown at least, so that an empty day has somewhere to put a session
LAST_HOUR: Final = 18
HOUR: Final = timedelta(hours=1)
MOST_COLUMNS: Final = (
    60  # as many as css/grid.css has classes for; what finds no column of its own shares one
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A session in the grid; rows and columns count from 1, `lane` is its place among those that share the room."""

    id: int
    row: int
    rows: int
    column: int


@dataclass(frozen=True, kw_only=True)
class Column:
    """A room in the grid, as wide as sessions share it; room None gathers those without one."""

    room: int | None
    first: int
    width: int


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The beginning of an hour; told twice in the night in which the clocks go back."""

    row: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The day from its first row to its last; `starts_at` is the moment of the first row."""

    starts_at: datetime
    rows: int
    columns: Sequence[Column]
    marks: Sequence[Mark]
    blocks: Sequence[Block]


@dataclass(frozen=True, kw_only=True)
class Span:
    """A session as far as the grid depends on it."""

    id: int
    room: int | None
    starts_at: datetime
    ends_at: datetime


def build_grid(on: date, zone: ZoneInfo, rooms: Sequence[int], spans: Iterable[Span]) -> Grid:
    """The grid of one day in a zone, of the sessions that touch it; what runs past a midnight is cut there."""
    shown = sorted(spans, key=lambda one: (one.starts_at, one.id))
    midnight = datetime.combine(on, time.min, zone).astimezone(UTC)
    next_midnight = datetime.combine(on + timedelta(days=1), time.min, zone).astimezone(UTC)
    begins = min([_hour(on, FIRST_HOUR, zone), *(_floor(one.starts_at, midnight) for one in shown)])
    ends = max([_hour(on, LAST_HOUR, zone), *(_ceiling(one.ends_at, midnight) for one in shown)])
    begins, ends = max(begins, midnight), min(ends, next_midnight)
    rows = {one.id: _rows(one, begins, ends) for one in shown}
    lanes = _lanes(shown, rows)
    columns = _columns(rooms, shown, lanes)
    where = {column.room: column for column in columns}
    return Grid(
        starts_at=begins,
        rows=(ends - begins) // STEP,
        columns=columns,
        marks=[
            Mark(row=(at - begins) // STEP + 1, at=at)
            for at in (midnight + HOUR * number for number in range((next_midnight - midnight) // HOUR + 1))
            if begins <= at < ends
        ],
        blocks=[_block(one.id, rows[one.id], where[one.room], lanes[one.id]) for one in shown],
    )


def touches(span: Span, on: date, zone: ZoneInfo) -> bool:
    """Whether a session stands in the grid of a day: it begins on it, or runs into it over midnight."""
    first, last = (at.astimezone(zone) for at in (span.starts_at, span.ends_at))
    return first.date() == on or (first.date() < on and last > datetime.combine(on, time.min, zone))


def _hour(on: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(hour), zone).astimezone(UTC)


def _floor(moment: datetime, midnight: datetime) -> datetime:
    return midnight + HOUR * ((moment - midnight) // HOUR)


def _ceiling(moment: datetime, midnight: datetime) -> datetime:
    return midnight - HOUR * ((midnight - moment) // HOUR)


def _rows(one: Span, begins: datetime, ends: datetime) -> tuple[int, int]:
    """The first row of a session and the one after its last: what begins within a row stands in it, and takes one at least."""
    row = max(0, (one.starts_at - begins) // STEP) + 1
    after = 1 - ((begins - min(one.ends_at, ends)) // STEP)
    return row, max(row + 1, after)


def _block(number: int, rows: tuple[int, int], column: Column, lane: int) -> Block:
    return Block(id=number, row=rows[0], rows=rows[1] - rows[0], column=column.first + lane % column.width)


def _lanes(shown: Sequence[Span], rows: Mapping[int, tuple[int, int]]) -> Mapping[int, int]:
    """Session -> its lane in its room: the first whose rows are free, so that no session hides another one."""
    found: dict[int, int] = {}
    until: dict[int | None, list[int]] = {}
    for one in shown:
        row, after = rows[one.id]
        ends = until.setdefault(one.room, [])
        lane = next((place for place, busy in enumerate(ends) if busy <= row), len(ends))
        ends[lane : lane + 1] = [after]
        found[one.id] = lane
    return found


def _columns(rooms: Sequence[int], shown: Sequence[Span], lanes: Mapping[int, int]) -> list[Column]:
    """Every room in its order, then those without one where there are any; never more columns than the page has places for."""
    width: dict[int | None, int] = {}
    for one in shown:
        width[one.room] = max(width.get(one.room, 1), lanes[one.id] + 1)
    order: list[int | None] = [*rooms, *([None] if None in width or not rooms else [])]
    widths = {room: width.get(room, 1) for room in order}
    while sum(widths.values()) > MOST_COLUMNS and max(widths.values()) > 1:
        widths[max(widths, key=lambda room: widths[room])] -= 1
    columns, first = [], 1
    for room in order:
        columns.append(Column(room=room, first=first, width=widths[room]))
        first += widths[room]
    return columns


def check_target(moment: datetime, zone: ZoneInfo, days: Sequence[date]) -> None:
    """Refuse to move a session to a day that is none of the edition's, where these are known."""
    if days and moment.astimezone(zone).date() not in days:
        raise Refused("This is none of the days of the edition.", field="starts")
