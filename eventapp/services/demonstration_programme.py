"""The programme of the demonstration: rooms, tracks, speakers, sessions of every kind of access, and who signed up."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from eventapp.extensions import db
from eventapp.models import (
    Edition,
    ProgrammeSession,
    ProgrammeSpeaker,
    Registration,
    Room,
    SessionInvitee,
    SessionSector,
    SessionSignUp,
    Speaker,
    Track,
)

GUESTS: Final = 14  # approved people who are named for a session of invited people
WAIT: Final = 6  # people in line for a seat where all are taken


def make(edition: Edition, data: Mapping[str, Any], *, now: datetime) -> None:
    """Add rooms, tracks, speakers and sessions as `data` has them; days are counted from the first of the edition."""
    rooms = [Room(edition_id=edition.id, position=place, **row) for place, row in enumerate(data["rooms"])]
    tracks = [
        Track(edition_id=edition.id, position=place, names=names)
        for place, names in enumerate(data["tracks"])
    ]
    speakers = [_make_speaker(number, row, now) for number, row in enumerate(data["speakers"], 1)]
    states = [row.get("state", "accepted") for row in data["speakers"]]
    db.session.add_all([*rooms, *tracks, *speakers])
    db.session.flush()
    for day, begins, ends, kind, room, speaking, title, *more in data["sessions"]:
        facts = more[0] if more else {}
        functions = facts.get("functions", ["speaker"] * len(speaking))
        session = _make_session(edition, day, (begins, ends), tracks, facts)
        session.title, session.kind, session.room_id = title, kind, rooms[room].id
        session.speakers = [
            ProgrammeSpeaker(
                speaker_id=speakers[one].id, position=place, state=states[one], function=functions[place]
            )
            for place, one in enumerate(speaking)
        ]
        db.session.add(session)
    db.session.flush()


def _make_session(
    edition: Edition, day: int, hours: tuple[str, str], tracks: Sequence[Track], more: Mapping[str, Any]
) -> ProgrammeSession:
    assert edition.starts_on is not None
    on, zone = edition.starts_on + timedelta(days=day), ZoneInfo(edition.time_zone)
    starts_at, ends_at = (datetime.combine(on, time.fromisoformat(one), zone) for one in hours)
    values = {name: value for name, value in more.items() if name not in ("track", "sectors", "functions")}
    return ProgrammeSession(
        edition_id=edition.id,
        starts_at=starts_at,
        ends_at=ends_at,
        track_id=tracks[more["track"]].id if "track" in more else None,
        sectors=[SessionSector(sector_code=one) for one in more.get("sectors", ())],
        **values,
    )


def _make_speaker(number: int, row: Mapping[str, Any], now: datetime) -> Speaker:
    """A made-up speaker; `agrees` is yes, no, or nothing where nobody has answered about the public page yet."""
    known = {name: value for name, value in row.items() if name not in ("agrees", "state")}
    return Speaker(
        **known,
        email=f"speaker{number}@example.org",
        agreed_at=now if row["agrees"] else None,
        consent_answered_at=now if row["agrees"] is not None else None,
    )


def invite(edition: Edition, *, now: datetime) -> None:
    """Name some approved delegates for the sessions of invited people, and some whose approval is still to come."""
    here = Registration.edition_id == edition.id
    people: list[int] = []
    for state, most in (("approved", GUESTS), ("endorsed", 2)):
        query = select(Registration.id).where(here, Registration.state == state).order_by(Registration.id)
        people += db.session.scalars(query.limit(most))
    closed = (ProgrammeSession.edition_id == edition.id, ProgrammeSession.access == "invited")
    for session in db.session.scalars(select(ProgrammeSession.id).where(*closed)):
        rows = [
            {"programme_session_id": session, "registration_id": one, "invited_at": now, "invited_by": ""}
            for one in people
        ]
        db.session.execute(insert(SessionInvitee), rows)


def sign_up(edition: Edition, *, now: datetime) -> None:
    """Fill every session that asks for signing up with the first approved delegates, and a short line behind them."""
    wanted = (Registration.edition_id == edition.id, Registration.state == "approved")
    people = db.session.scalars(select(Registration.id).where(*wanted).order_by(Registration.id)).all()
    asking = (ProgrammeSession.edition_id == edition.id, ProgrammeSession.asks_sign_up)
    for session in db.session.scalars(select(ProgrammeSession).where(*asking).order_by(ProgrammeSession.id)):
        seats = session.capacity or 0
        rows = [
            {
                "programme_session_id": session.id,
                "registration_id": number,
                "state": "seat" if place < seats else "waiting",
                "since": now - timedelta(minutes=len(people) - place),
            }
            for place, number in enumerate(people[: seats + WAIT])
        ]
        db.session.execute(insert(SessionSignUp), rows)
