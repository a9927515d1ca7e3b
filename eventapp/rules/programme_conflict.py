"""What does not go together in a programme: it warns, and forbids nothing. Only a session that ends before it starts cannot be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

# In the order in which they are told, the hardest first.
CONFLICTS: Final = (
    "room_twice",
    "person_twice",
    "outside_days",
    "outside_hours",
    "nobody_named",
    "may_not_come",
    "too_many_people",
    "too_few_booths",
    "no_room",
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A room as far as sessions depend on it; hours are those of the day in the edition's zone."""

    id: int
    seats: int | None
    booths: int
    opens_at: time | None = None
    closes_at: time | None = None


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """A session as far as others depend on it; `people` are those who have not declined, by their number."""

    id: int
    kind: str
    starts_at: datetime
    ends_at: datetime
    room: int | None
    people: frozenset[int] = frozenset()
    languages: int = 0  # into which it is interpreted: a booth each
    seats: int | None = None  # its own limit
    signed_up: int = 0
    barred: int = 0  # of those with a seat or in line: to whom the session is closed now
    is_unnamed: bool = False  # for invited people alone, and nobody is named who can come


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Something that needs a look: where, what, and with which other session or person."""

    session: int
    what: str  # one of CONFLICTS
    other: int | None = None  # the other session
    person: int | None = None
    have: int | None = None  # what there is, and what is needed
    need: int | None = None


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The edition's days, none where they are not known, and its zone."""

    days: Sequence[date]
    zone: ZoneInfo
    rooms: Mapping[int, Place] = field(default_factory=dict)


def find_conflicts(sittings: Iterable[Sitting], frame: Frame) -> list[Conflict]:
    """Every conflict of a programme, by session in time, the hardest first; each pair is told at both sessions."""
    ordered = sorted(sittings, key=lambda one: (one.starts_at, one.id))
    places = {one.id: place for place, one in enumerate(ordered)}
    found = [*_pairs(ordered), *(conflict for one in ordered for conflict in _alone(one, frame))]
    ranks = {what: rank for rank, what in enumerate(CONFLICTS)}
    found.sort(
        key=lambda one: (places[one.session], ranks[one.what], places.get(one.other or 0, 0), one.person or 0)
    )
    return found


def _pairs(ordered: Sequence[Sitting]) -> Iterator[Conflict]:
    """Sessions at the same time in one room, or with one person: each room and each person is looked at alone."""
    rooms: dict[int, list[Sitting]] = {}
    people: dict[int, list[Sitting]] = {}
    for one in ordered:
        if one.room is not None:
            rooms.setdefault(one.room, []).append(one)
        for person in one.people:
            people.setdefault(person, []).append(one)
    for sittings in rooms.values():
        for one, other in _overlaps(sittings):
            yield Conflict(session=one.id, what="room_twice", other=other.id)
            yield Conflict(session=other.id, what="room_twice", other=one.id)
    for person, sittings in people.items():
        for one, other in _overlaps(sittings):
            yield Conflict(session=one.id, what="person_twice", other=other.id, person=person)
            yield Conflict(session=other.id, what="person_twice", other=one.id, person=person)


def _overlaps(ordered: Sequence[Sitting]) -> Iterator[tuple[Sitting, Sitting]]:
    """Each two at the same time: a sweep holds what has begun and not ended; one may end as another starts."""
    running: list[Sitting] = []
    for one in ordered:
        running = [other for other in running if other.ends_at > one.starts_at]
        for other in running:
            yield one, other
        running.append(one)


def _alone(one: Sitting, frame: Frame) -> Iterator[Conflict]:
    starts, ends = one.starts_at.astimezone(frame.zone), one.ends_at.astimezone(frame.zone)
    if frame.days and starts.date() not in frame.days:
        yield Conflict(session=one.id, what="outside_days")
    room = frame.rooms.get(one.room) if one.room is not None else None
    if room is None:
        if one.kind != "break":
            yield Conflict(session=one.id, what="no_room")
    else:
        if _is_outside_hours(starts, ends, room):
            yield Conflict(session=one.id, what="outside_hours")
        if one.languages > room.booths:
            yield Conflict(session=one.id, what="too_few_booths", have=room.booths, need=one.languages)
    if one.is_unnamed:
        yield Conflict(session=one.id, what="nobody_named")
    if one.barred:
        yield Conflict(session=one.id, what="may_not_come", need=one.barred)
    seats = min(
        (limit for limit in (one.seats, room.seats if room else None) if limit is not None), default=None
    )
    if seats is not None and one.signed_up > seats:
        yield Conflict(session=one.id, what="too_many_people", have=seats, need=one.signed_up)


def _is_outside_hours(starts: datetime, ends: datetime, room: Place) -> bool:
    if room.opens_at is None or room.closes_at is None:
        return False
    over_midnight = ends.date() != starts.date()
    return over_midnight or starts.time() < room.opens_at or ends.time() > room.closes_at
