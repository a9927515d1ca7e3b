"""A programme of 300 sessions in 25 rooms on four days: from the cache as quick as any page, its grid and conflicts beside bounds."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, event, select

from benchmarks import prepared, wsgi
from benchmarks.cached_page import beside_bare
from benchmarks.measure import Row, alternate, median, median_ratio
from eventapp.extensions import db
from eventapp.models import (
    Edition,
    ProgrammeSession,
    ProgrammeSpeaker,
    Registration,
    Room,
    SessionSector,
    SessionSignUp,
    Speaker,
    Track,
)
from eventapp.services import programme, programme_conflicts, programme_publishing
from eventapp.services.programme_lines import list_lines
from eventapp.web.transaction import writing

SESSIONS = 300
FEW = 20
ROOMS = 25
DAYS = 4
TRACKS = 12
SPEAKERS = 150
PEOPLE = 1_000
MOST_CONFLICTS = 0.1  # seconds of CPU
MOST_GRID, MOST_DESK, MOST_SEARCH = 5, 7, 8  # times the page of the day of an empty edition
PUBLIC = f"/editions/{prepared.ORDINAL}/programme"
DESK = f"/dashboard{PUBLIC}"
DAY = f"/dashboard/editions/{prepared.SMALL}"
SIZE = f"{SESSIONS} sessions, {ROOMS} rooms"


@dataclass(frozen=True, kw_only=True)
class Place:
    """An installation with a programme."""

    instance: Path
    app: Flask
    cookie: str


def run(folder: Path) -> list[Row]:
    many, few = (build(folder / str(sessions), sessions) for sessions in (SESSIONS, FEW))
    rows = beside_bare(many.instance, folder, ("/", PUBLIC))
    for place in (many, few):
        for path in (DAY, f"{DESK}/grid", DESK, PUBLIC):
            cpu(place, path, 2)
    gc.collect()
    gc.freeze()  # as a server does when it begins to serve
    rows += [_statements_of(few, many, name, path) for name, (path, _) in _desk().items()]
    rows += [_beside_day(many, name, path, bound) for name, (path, bound) in _desk().items()]
    rows.append(_conflicts(many))
    rows += [_plain(many, name, path) for name, path in _feeds().items()]
    rows.append(_publishing(many))
    return rows


def _desk() -> dict[str, tuple[str, float]]:
    return {
        "the grid of a day": (f"{DESK}/grid", MOST_GRID),
        "the programme in the dashboard, one day of it": (DESK, MOST_DESK),
        "a search over all its days, 100 of what is found": (f"{DESK}?q=data", MOST_SEARCH),
    }


def _feeds() -> dict[str, str]:
    return {
        "the public programme, not kept": PUBLIC,
        "the calendar of the edition": f"/editions/{prepared.ORDINAL}.ics",
        "schedule.xml": f"{PUBLIC.removesuffix('programme')}schedule.xml",
    }


def build(folder: Path, sessions: int) -> Place:
    instance = prepared.installation(folder)
    prepared.fill(instance, PEOPLE)
    app = prepared.application(instance)
    with app.app_context():
        with writing():
            _programme(sessions)
        db.session.remove()
    return Place(instance=instance, app=app, cookie=f"eventapp={prepared.session_cookie(app)}")


def _programme(count: int) -> None:
    """As many a day, rooms in turn; some at the same time in one room, some closed, some with two people on the stage."""
    edition = db.session.scalars(select(Edition).where(Edition.ordinal == prepared.ORDINAL)).one()
    assert edition.starts_on is not None
    edition.ends_on = edition.starts_on + timedelta(days=DAYS - 1)
    rooms = [
        Room(edition_id=edition.id, names={"en": f"Room {number}", "ar": f"القاعة {number}"}, capacity=40)
        for number in range(ROOMS)
    ]
    tracks = [Track(edition_id=edition.id, names={"en": f"Track {number}"}) for number in range(TRACKS)]
    speakers = [
        Speaker(name=f"Speaker {number}", functional_title="Head of unit", organisation="A ministry")
        for number in range(SPEAKERS)
    ]
    db.session.add_all([*rooms, *tracks, *speakers])
    db.session.flush()
    made = [_session(edition, number, count, rooms, tracks, speakers) for number in range(count)]
    db.session.add_all(made)
    db.session.flush()
    _sign_ups(edition.id, made)
    programme_publishing.publish_first(edition, now=datetime.now(UTC))


def _session(
    edition: Edition, number: int, count: int, rooms: list[Room], tracks: list[Track], speakers: list[Speaker]
) -> ProgrammeSession:
    day, place = divmod(number * DAYS, count)
    slot, room = divmod(place // DAYS, ROOMS)
    first = datetime(edition.starts_on.year, edition.starts_on.month, edition.starts_on.day, 6, tzinfo=UTC)  # type: ignore[union-attr]
    starts_at = first + timedelta(days=day, minutes=90 * slot + 10 * (number % 3))
    is_closed = number % 6 == 5
    return ProgrammeSession(
        edition_id=edition.id,
        title={
            "en": f"Session {number}: data and evidence",
            "fr": f"Séance {number}",
            "ar": f"جلسة {number}",
        },
        description={"en": "What is known of it, what is done about it, and who does it. " * 4},
        kind=("panel", "workshop", "plenary", "side_event")[number % 4],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        room_id=rooms[room].id,
        track_id=tracks[number % TRACKS].id,
        floor_language="en",
        interpretation=["fr", "ar"],
        access="sectors" if is_closed else "all",
        sectors=[SessionSector(sector_code="LE")] if is_closed else [],
        asks_sign_up=number % 2 == 0,
        speakers=[
            ProgrammeSpeaker(speaker_id=speakers[(number * 2 + position) % SPEAKERS].id, position=position)
            for position in range(2)
        ],
    )


def _sign_ups(edition_id: int, made: list[ProgrammeSession]) -> None:
    people = db.session.scalars(select(Registration.id).where(Registration.edition_id == edition_id)).all()
    now = datetime.now(UTC)
    db.session.add_all(
        SessionSignUp(
            programme_session_id=made[(index + more) % len(made)].id,
            registration_id=person,
            state="seat",
            since=now,
        )
        for index, person in enumerate(people)
        for more in (0, 7, 13)
    )


def cpu(place: Place, path: str, times: int) -> float:
    return wsgi.cpu(place.app, path, times, HTTP_COOKIE=place.cookie)


def _beside_day(place: Place, name: str, path: str, bound: float) -> Row:
    mine, day = alternate(9, *(lambda path=path: cpu(place, path, 3) for path in (path, DAY)))
    return Row(
        name=f"{name}, {SIZE}",
        measured=f"{median(mine) * 1000:.1f} ms CPU",
        yardstick=f"{median(day) * 1000:.1f} ms, the page of the day of an empty edition",
        value=median_ratio(mine, day),
        bound=bound,
    )


def _plain(place: Place, name: str, path: str) -> Row:
    (mine,) = alternate(9, lambda: cpu(place, path, 2))
    return Row(
        name=f"{name}, {SIZE}",
        measured=f"{median(mine) * 1000:.1f} ms CPU",
        value=median(mine) * 1000,
        unit="ms",
    )


def _statements_of(few: Place, many: Place, name: str, path: str) -> Row:
    before, after = (_statements(place, path) for place in (few, many))
    return Row(
        name=f"statements of {name} from {FEW} to {SESSIONS} sessions",
        measured=f"{after}",
        yardstick=f"{before}",
        value=abs(after - before),
        bound=0,
        unit="more or less",
    )


def _statements(place: Place, path: str) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        # Whether public content moved is asked once a second, whatever the page.
        if not statement.startswith(("BEGIN", "PRAGMA")) and "FROM content_version" not in statement:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        cpu(place, path, 1)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen)


def _timed(place: Place, act: Callable[[Edition], int]) -> tuple[float, int]:
    """CPU of one act in a session of its own, which is rolled back, and what it gave."""
    with place.app.app_context():
        edition = db.session.scalars(select(Edition).where(Edition.ordinal == prepared.ORDINAL)).one()
        begun = time.process_time()
        found = act(edition)
        spent = time.process_time() - begun
        db.session.rollback()
        db.session.remove()
    return spent, found


def _conflicts(place: Place) -> Row:
    def act(edition: Edition) -> int:
        return len(programme_conflicts.list_conflicts(edition, list_lines(edition.id)))

    found = [_timed(place, act) for _ in range(9)]
    if found[0][1] < ROOMS:
        raise RuntimeError("hardly anything conflicts in this programme")
    seconds = median([spent for spent, _ in found])
    return Row(
        name=f"conflicts of {SIZE}, read and found",
        measured=f"{seconds * 1000:.1f} ms CPU",
        value=seconds * 1000,
        bound=MOST_CONFLICTS * 1000,
        unit="ms",
        note=f"{found[0][1]:,} conflicts",
    )


def _publishing(place: Place) -> Row:
    def act(edition: Edition) -> int:
        for one in programme.list_sessions(edition.id):
            one.title = {**one.title, "es": "Otra"}
        db.session.flush()
        begun = time.process_time()
        programme_publishing.publish_first(edition, now=datetime.now(UTC))
        spent.append(time.process_time() - begun)
        return edition.id

    spent: list[float] = []
    for _ in range(5):
        _timed(place, act)
    return Row(
        name=f"publishing {SESSIONS} changed sessions",
        measured=f"{median(spent) * 1000:.0f} ms CPU",
        value=median(spent) * 1000,
        unit="ms",
    )
