"""Rooms and speakers: what the sessions of a programme refer to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from eventapp.errors import Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import ProgrammeSession, ProgrammeSpeaker, Room, Speaker
from eventapp.rules.access import Actor
from eventapp.rules.text import sort_key
from eventapp.services import audit, bodies, editions

ROOM_COLUMNS: Final = ("names", "capacity", "position")
SPEAKER_COLUMNS: Final = ("name", "functional_title", "organisation", "body_id")


def list_rooms(edition_id: int) -> Sequence[Room]:
    """The rooms of an edition in their order."""
    wanted = Room.edition_id == edition_id
    return db.session.scalars(select(Room).where(wanted).order_by(Room.position, Room.id)).all()


def get_room(edition_id: int, room_id: int) -> Room:
    """A room of this edition; raises NotFound."""
    room = db.session.get(Room, room_id)
    if room is None or room.edition_id != edition_id:
        raise NotFound("There is no such room.")
    return room


def count_sessions_in(room_id: int) -> int:
    """How many sessions are in a room; deleting it leaves them without one."""
    wanted = ProgrammeSession.room_id == room_id
    return db.session.scalar(select(func.count()).select_from(ProgrammeSession).where(wanted)) or 0


def save_room(
    actor: Actor, ordinal: int, room_id: int | None, values: Mapping[str, Any], *, now: datetime
) -> None:
    """Add a room to an edition, or change one."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    if not values["names"]:
        raise Invalid({"names": Refused("Please give a name in at least one language.")})
    room = Room(edition_id=edition.id, names={}) if room_id is None else get_room(edition.id, room_id)
    old, new = audit.differences({name: getattr(room, name) for name in ROOM_COLUMNS}, values)
    for name in new:
        setattr(room, name, values[name])
    db.session.add(room)
    db.session.flush()
    action = "room.create" if room_id is None else "room.edit"
    _record(actor, action, "room", room.id, now, edition_id=edition.id, old=old, new=new)


def delete_room(actor: Actor, ordinal: int, room_id: int, *, now: datetime) -> None:
    """Delete a room; its sessions stay and have no room then."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    room = get_room(edition.id, room_id)
    old = {name: getattr(room, name) for name in ROOM_COLUMNS}
    inside = select(ProgrammeSession).where(ProgrammeSession.room_id == room_id)
    for session in db.session.scalars(inside).all():
        session.room_id = None
    db.session.flush()
    db.session.delete(room)
    db.session.flush()
    _record(actor, "room.delete", "room", room_id, now, edition_id=edition.id, old=old, new={})


def list_speakers() -> list[tuple[Speaker, int]]:
    """All speakers with the number of their sessions, by name; one query."""
    sessions = (
        select(ProgrammeSpeaker.speaker_id, func.count().label("count"))
        .group_by(ProgrammeSpeaker.speaker_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Speaker, func.coalesce(sessions.c.count, 0)).outerjoin(
            sessions, sessions.c.speaker_id == Speaker.id
        )
    ).all()
    found = [(speaker, count) for speaker, count in rows]
    return sorted(found, key=lambda row: (sort_key(row[0].name), row[0].id))


def get_speaker(speaker_id: int) -> Speaker:
    """A speaker by number; raises NotFound."""
    speaker = db.session.get(Speaker, speaker_id)
    if speaker is None:
        raise NotFound("There is no such speaker.")
    return speaker


def save_speaker(
    actor: Actor, ordinal: int, speaker_id: int | None, values: Mapping[str, Any], *, now: datetime
) -> Speaker:
    """Add a speaker, or change one whose sessions are all in editions that the actor may change."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    if not values["name"]:
        raise Invalid({"name": Refused("Please give the speaker's name.")})
    if values["body_id"] is not None:
        bodies.get_body(values["body_id"])
    if speaker_id is None:
        speaker = Speaker(name="", functional_title="", organisation="")
        db.session.add(speaker)
    else:
        speaker = get_speaker(speaker_id)
        _check_may_edit_speaker(actor, speaker_id)
    old, new = audit.differences({name: getattr(speaker, name) for name in SPEAKER_COLUMNS}, values)
    for name in new:
        setattr(speaker, name, values[name])
    db.session.flush()
    action = "speaker.create" if speaker_id is None else "speaker.edit"
    _record(actor, action, "speaker", speaker.id, now, edition_id=edition.id, old=old, new=new)
    return speaker


def delete_speaker(actor: Actor, ordinal: int, speaker_id: int, *, now: datetime) -> None:
    """Delete a speaker who is in no session."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    speaker = get_speaker(speaker_id)
    if _list_edition_ids(speaker_id):
        raise Refused("This speaker is in a session and cannot be deleted.", code="used")
    old = {name: getattr(speaker, name) for name in SPEAKER_COLUMNS}
    db.session.delete(speaker)
    db.session.flush()
    _record(actor, "speaker.delete", "speaker", speaker_id, now, edition_id=edition.id, old=old, new={})


def _list_edition_ids(speaker_id: int) -> Sequence[int]:
    return db.session.scalars(
        select(ProgrammeSession.edition_id)
        .join(ProgrammeSpeaker, ProgrammeSpeaker.programme_session_id == ProgrammeSession.id)
        .where(ProgrammeSpeaker.speaker_id == speaker_id)
        .distinct()
    ).all()


def _check_may_edit_speaker(actor: Actor, speaker_id: int) -> None:
    if not all(actor.may_edit(edition_id) for edition_id in _list_edition_ids(speaker_id)):
        raise Refused(
            "This speaker is also in the programme of an edition that your account may not change.",
            code="forbidden",
        )


def _record(
    actor: Actor,
    action: str,
    subject_type: str,
    subject_id: int,
    now: datetime,
    *,
    edition_id: int,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> None:
    audit.record(
        actor,
        action,
        now=now,
        subject_type=subject_type,
        subject_id=subject_id,
        edition_id=edition_id,
        old=old,
        new=new,
    )
