"""Rooms: where the sessions of a programme take place."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from eventapp.errors import Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import ProgrammeSession, Room
from eventapp.rules.access import Actor
from eventapp.rules.programme import check_hours
from eventapp.services import audit, editions, versions

ROOM_COLUMNS: Final = ("names", "capacity", "equipment", "booths", "opens_at", "closes_at", "position")


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


def add_room(actor: Actor, ordinal: int, values: Mapping[str, Any], *, now: datetime) -> None:
    """Add a room to an edition."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    _check_room(values)
    room = Room(edition_id=edition.id, **values)
    db.session.add(room)
    db.session.flush()
    _, new = audit.differences({}, values)
    _record(actor, "room.create", "room", room.id, now, edition_id=edition.id, old={}, new=new)


def edit_room(
    actor: Actor, ordinal: int, room_id: int, values: Mapping[str, Any], *, version: int, now: datetime
) -> None:
    """Save a room that was read at `version`; refuses if somebody saved it since."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    _check_room(values)
    room = get_room(edition.id, room_id)
    old, new = versions.write(room, values, version=version)
    if new:
        _record(actor, "room.edit", "room", room.id, now, edition_id=edition.id, old=old, new=new)


def _check_room(values: Mapping[str, Any]) -> None:
    if not values["names"]:
        raise Invalid({"names": Refused("Please give a name in at least one language.")})
    check_hours(values.get("opens_at"), values.get("closes_at"))


def delete_room(actor: Actor, ordinal: int, room_id: int, *, now: datetime) -> None:
    """Delete a room; its sessions stay and have no room then."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    room = get_room(edition.id, room_id)
    _, old = audit.differences({}, {name: getattr(room, name) for name in ROOM_COLUMNS})
    inside = select(ProgrammeSession).where(ProgrammeSession.room_id == room_id)
    for session in db.session.scalars(inside).all():
        # As an edit of each session: whoever has its form open is told that the room has gone.
        before, after = versions.write(session, {"room_id": None}, version=session.version)
        audit.record_of_edition(actor, "session.edit", session, now=now, old=before, new=after)
    db.session.delete(room)
    db.session.flush()
    _record(actor, "room.delete", "room", room_id, now, edition_id=edition.id, old=old, new={})


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
