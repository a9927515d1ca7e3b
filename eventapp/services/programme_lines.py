"""The programme as the organisers have it, read as plain values: hundreds of sessions stand on pages that change none of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from eventapp.extensions import db
from eventapp.models import (
    Body,
    ProgrammeSession,
    ProgrammeSpeaker,
    Room,
    SessionSector,
    Speaker,
    Track,
)


@dataclass(frozen=True, slots=True)
class SpeakerLine:
    """Somebody who speaks, as far as a programme names them."""

    id: int
    public_id: UUID
    name: str
    functional_title: str
    organisation: str
    body: Body | None


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """What somebody does in a session, and whether they come."""

    speaker_id: int
    function: str
    state: str
    speaker: SpeakerLine


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session with its room, its track and its people in their order."""

    id: int
    public_id: UUID
    title: dict[str, str]
    kind: str
    description: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    room_id: int | None
    floor_language: str
    interpretation: Sequence[str]
    access: str
    asks_sign_up: bool
    capacity: int | None
    version: int
    room: Room | None
    track: Track | None
    sectors: Sequence[str]
    speakers: Sequence[PlaceLine]


_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    ProgrammeSession.id,
    ProgrammeSession.public_id,
    ProgrammeSession.title,
    ProgrammeSession.kind,
    ProgrammeSession.description,
    ProgrammeSession.starts_at,
    ProgrammeSession.ends_at,
    ProgrammeSession.room_id,
    ProgrammeSession.floor_language,
    ProgrammeSession.interpretation,
    ProgrammeSession.access,
    ProgrammeSession.asks_sign_up,
    ProgrammeSession.capacity,
    ProgrammeSession.version,
)


def list_lines(edition_id: int) -> list[SessionLine]:
    """The sessions of an edition in order; seven queries whatever their number. The caller has checked who looks.

    A third of what the same takes as records, each of which is watched for changes.
    """
    rooms = {one.id: one for one in db.session.scalars(select(Room).where(Room.edition_id == edition_id))}
    tracks = {one.id: one for one in db.session.scalars(select(Track).where(Track.edition_id == edition_id))}
    sectors, people = _list_sectors(edition_id), _list_places(edition_id)
    query = select(*_COLUMNS, ProgrammeSession.track_id).where(ProgrammeSession.edition_id == edition_id)
    rows = db.session.execute(query.order_by(ProgrammeSession.starts_at, ProgrammeSession.id))
    return [
        SessionLine(
            *(
                *row[:-1],
                rooms.get(row.room_id),
                tracks.get(row.track_id),
                sectors.get(row.id, ()),
                people.get(row.id, ()),
            )
        )
        for row in rows
    ]


def _list_sectors(edition_id: int) -> Mapping[int, Sequence[str]]:
    found: dict[int, list[str]] = {}
    query = select(SessionSector.programme_session_id, SessionSector.sector_code)
    for number, code in db.session.execute(
        _of_edition(query, edition_id).order_by(SessionSector.sector_code)
    ):
        found.setdefault(number, []).append(code)
    return found


def _list_places(edition_id: int) -> Mapping[int, Sequence[PlaceLine]]:
    speakers = _list_speakers(edition_id)
    query = select(
        ProgrammeSpeaker.programme_session_id,
        ProgrammeSpeaker.speaker_id,
        ProgrammeSpeaker.function,
        ProgrammeSpeaker.state,
    )
    query = _of_edition(query, edition_id).order_by(ProgrammeSpeaker.position, ProgrammeSpeaker.id)
    found: dict[int, list[PlaceLine]] = {}
    for number, speaker_id, function, state in db.session.execute(query):
        place = PlaceLine(speaker_id, function, state, speakers[speaker_id])
        found.setdefault(number, []).append(place)
    return found


def _list_speakers(edition_id: int) -> Mapping[int, SpeakerLine]:
    here = _of_edition(select(ProgrammeSpeaker.speaker_id), edition_id)
    query = select(
        Speaker.id,
        Speaker.public_id,
        Speaker.name,
        Speaker.functional_title,
        Speaker.organisation,
        Speaker.body_id,
    )
    rows = db.session.execute(query.where(Speaker.id.in_(here))).all()
    theirs = {row.body_id for row in rows if row.body_id}
    bodies = (
        {one.id: one for one in db.session.scalars(select(Body).where(Body.id.in_(theirs)))} if theirs else {}
    )
    return {row.id: SpeakerLine(*(*row[:5], bodies.get(row.body_id))) for row in rows}


def _of_edition(query: Select[Any], edition_id: int) -> Select[Any]:
    """Rows beside the sessions of an edition: those of people or of sectors."""
    return query.join(ProgrammeSession).where(ProgrammeSession.edition_id == edition_id)
