"""Tracks: threads through the programme of an edition, in an order."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from eventapp.errors import Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import ProgrammeSession, Track
from eventapp.rules.access import Actor
from eventapp.services import audit, editions, versions

COLUMNS: Final = ("names", "position")


def list_tracks(edition_id: int) -> Sequence[Track]:
    """The tracks of an edition in their order."""
    wanted = Track.edition_id == edition_id
    return db.session.scalars(select(Track).where(wanted).order_by(Track.position, Track.id)).all()


def get_track(edition_id: int, track_id: int) -> Track:
    """A track of this edition; raises NotFound."""
    track = db.session.get(Track, track_id)
    if track is None or track.edition_id != edition_id:
        raise NotFound("There is no such track.")
    return track


def count_sessions_of(track_id: int) -> int:
    """How many sessions are on a track; deleting it leaves them without one."""
    wanted = ProgrammeSession.track_id == track_id
    return db.session.scalar(select(func.count()).select_from(ProgrammeSession).where(wanted)) or 0


def add_track(actor: Actor, ordinal: int, values: Mapping[str, Any], *, now: datetime) -> Track:
    """Add a track to an edition; refuses readers and a track without a name."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    _check(values)
    track = Track(edition_id=edition.id, **values)
    db.session.add(track)
    db.session.flush()
    _, new = audit.differences({}, values)
    _record(actor, "track.create", track, now, new=new)
    return track


def edit_track(
    actor: Actor, ordinal: int, track_id: int, values: Mapping[str, Any], *, version: int, now: datetime
) -> None:
    """Save a track that was read at `version`; refuses if somebody saved it since."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    _check(values)
    track = get_track(edition.id, track_id)
    old, new = versions.write(track, values, version=version)
    if new:
        _record(actor, "track.edit", track, now, old=old, new=new)


def delete_track(actor: Actor, ordinal: int, track_id: int, *, now: datetime) -> None:
    """Delete a track; its sessions stay and are on none then."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    track = get_track(edition.id, track_id)
    old = {name: getattr(track, name) for name in COLUMNS}
    on_it = select(ProgrammeSession).where(ProgrammeSession.track_id == track_id)
    for session in db.session.scalars(on_it).all():
        # As an edit of each session: whoever has its form open is told that the track has gone.
        before, after = versions.write(session, {"track_id": None}, version=session.version)
        audit.record_of_edition(actor, "session.edit", session, now=now, old=before, new=after)
    db.session.delete(track)
    db.session.flush()
    _record(actor, "track.delete", track, now, old=old)


def _check(values: Mapping[str, Any]) -> None:
    if not values["names"]:
        raise Invalid({"names": Refused("Please give a name in at least one language.")})


def _record(
    actor: Actor,
    action: str,
    track: Track,
    now: datetime,
    *,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        actor,
        action,
        now=now,
        subject_type="track",
        subject_id=track.id,
        edition_id=track.edition_id,
        old=old,
        new=new,
    )
