"""A programme begins with the pattern of an earlier edition: its sessions on the new days, without people and texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.models import Edition, ProgrammeSession, Room, SessionSector, Track
from eventapp.rules.access import Actor
from eventapp.rules.edition_plan import days_of
from eventapp.rules.programme_now import key_of
from eventapp.rules.programme_pattern import Pattern, Span, transfer
from eventapp.services import audit, editions, programme


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What would be taken: where each session goes, and those for which there is no day."""

    source: Edition
    target: Edition
    sessions: Mapping[int, ProgrammeSession]
    pattern: Pattern


def list_sources(actor: Actor, edition: Edition) -> Sequence[tuple[Edition, int]]:
    """The other editions with sessions that the actor may look at, latest first, with how many they have."""
    query = select(ProgrammeSession.edition_id, func.count()).group_by(ProgrammeSession.edition_id)
    counts = dict(db.session.execute(query).tuples().all())
    return [
        (one, counts[one.id])
        for one in editions.list_editions(actor)
        if one.id != edition.id and one.id in counts
    ]


def preview(actor: Actor, ordinal: int, source_ordinal: int) -> Preview:
    """Where the sessions of an earlier edition would stand; refuses readers of this one."""
    target = editions.get_edition_to_edit(actor, ordinal)
    source = editions.get_edition(actor, source_ordinal)
    sessions = {one.id: one for one in programme.list_sessions(source.id)}
    spans = [Span(one.id, one.starts_at, one.ends_at) for one in sessions.values()]
    days = days_of(target.starts_on, target.ends_on, target.date_precision)
    pattern = transfer(spans, ZoneInfo(source.time_zone), days, ZoneInfo(target.time_zone))
    return Preview(source=source, target=target, sessions=sessions, pattern=pattern)


def take(actor: Actor, ordinal: int, source_ordinal: int, *, now: datetime) -> int:
    """Make the sessions as drafts, in the rooms and tracks of the same name; gives how many.

    Refuses readers, an edition whose programme has begun (also by a second press), and one whose days are not known.
    """
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    if programme.list_sessions(edition.id):
        raise Refused(
            "This programme has sessions already. A pattern is taken into an empty one.", code="begun"
        )
    found = preview(actor, ordinal, source_ordinal)
    if not found.pattern.placed:
        raise Refused(
            "There is nothing to take, or the days of this edition are not known yet.", code="empty"
        )
    sectors = _list_sectors(found.sessions)
    rooms, tracks = _by_name(Room, edition.id), _by_name(Track, edition.id)
    for span in found.pattern.placed:
        one = found.sessions[span.id]
        made = ProgrammeSession(
            edition_id=edition.id,
            title=dict(one.title),
            kind=one.kind,
            description={},
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            room_id=rooms.get(key_of(one.room.names if one.room else None)),
            track_id=tracks.get(key_of(one.track.names if one.track else None)),
            floor_language=one.floor_language,
            interpretation=list(one.interpretation),
            # What was closed stays closed: its title may say what only some may know.
            access=one.access,
        )
        made.sectors = [SessionSector(sector_code=code) for code in sectors.get(one.id, ())]
        db.session.add(made)
    db.session.flush()
    new = {"from": source_ordinal, "sessions": len(found.pattern.placed)}
    audit.record_of_edition(actor, "programme.take_pattern", edition, now=now, new=new)
    return len(found.pattern.placed)


def _list_sectors(sessions: Mapping[int, ProgrammeSession]) -> Mapping[int, Sequence[str]]:
    """Session's number -> the sectors that it is open to."""
    query = select(SessionSector).where(SessionSector.programme_session_id.in_(list(sessions)))
    found: dict[int, list[str]] = {}
    for one in db.session.scalars(query.order_by(SessionSector.sector_code)):
        found.setdefault(one.programme_session_id, []).append(one.sector_code)
    return found


def _by_name(table: type[Room] | type[Track], edition_id: int) -> Mapping[str, int]:
    """Rooms or tracks of an edition by the name under which another edition's are found again."""
    rows = db.session.execute(select(table.id, table.names).where(table.edition_id == edition_id))
    return {key_of(names): number for number, names in rows if names}
