"""Which people a session is open to, asked of many at once: the rule of `rules/session_access` as a condition and on rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true

from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import (
    ProgrammeSession,
    PublishedSession,
    Registration,
    Sector,
    SessionInvitee,
    SessionSector,
    SessionSignUp,
)
from eventapp.rules.access import Actor
from eventapp.rules.session_access import Visitor, may_come
from eventapp.rules.vocabulary import REGISTERED_STATES
from eventapp.services import editions
from eventapp.services.agenda import list_parents
from eventapp.services.agenda_places import HELD, lock_session


@dataclass(frozen=True, kw_only=True)
class Door:
    """Who may come to one session, as it stands or as it was told."""

    session_id: int
    access: str
    sectors: Collection[str]


def find_told(session_id: int) -> PublishedSession | None:
    """The session as everybody concerned knows it now; None where it has not been published, or was taken out."""
    wanted = (PublishedSession.session_id == session_id, PublishedSession.cancelled_at.is_(None))
    return db.session.scalar(select(PublishedSession).where(*wanted))


def door_told(row: PublishedSession) -> Door:
    """Who may come as it was published: what decides on the agenda, the calendar and the line."""
    return Door(session_id=row.session_id or 0, access=row.access, sectors=row.document["sectors"])


def door_of(session: ProgrammeSession) -> Door:
    """Who may come as the organisers have it now, told or not."""
    sectors = [one.sector_code for one in session.sectors]
    return Door(session_id=session.id, access=session.access, sectors=sectors)


def may_enter(door: Door) -> ColumnElement[bool]:
    """The condition for a registration that may come; a test holds it against the rule."""
    if door.access == "all":
        return true()
    approved = Registration.state == "approved"
    match door.access:
        case "delegates":
            return approved
        case "sectors":
            below = or_(Sector.code.in_(door.sectors), Sector.parent_code.in_(door.sectors))
            return and_(approved, Registration.sector_code.in_(select(Sector.code).where(below)))
        case "invited":
            named = SessionInvitee.registration_id == Registration.id
            return and_(
                approved, exists().where(SessionInvitee.programme_session_id == door.session_id, named)
            )
    return false()


def is_open_to(door: Door, registration: Registration) -> bool:
    """Whether one registration may come, read afresh."""
    query = select(Registration.id).where(Registration.id == registration.id, may_enter(door))
    return db.session.scalar(query) is not None


def get_locked(actor: Actor, ordinal: int, session_id: int) -> ProgrammeSession:
    """A session of an edition that the actor may change, locked until the transaction ends."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    session = lock_session(session_id)
    if session is None or session.edition_id != edition.id:
        raise NotFound("There is no such session.")
    return session


def count_barred(edition_id: int) -> Mapping[int, int]:
    """For each session with such people: how many hold a seat or stand in line and may not come as it stands now.

    Four queries at most, however many sessions; people are counted by what decides about them.
    """
    found = dict(db.session.execute(_barred_guests(edition_id)).tuples().all())
    rows = db.session.execute(_people_by_sector(edition_id)).tuples().all()
    if not rows:
        return found
    sectors, parents = _list_sectors([row[0] for row in rows]), list_parents()
    for number, code, count in rows:
        visitor = Visitor(is_approved=True, sector=code)
        open_to = sectors.get(number, ())
        if not may_come(visitor, access="sectors", sectors=open_to, session=number, parents=parents):
            found[number] = found.get(number, 0) + count
    return found


def list_unnamed(edition_id: int) -> Collection[int]:
    """The sessions for invited people for which nobody is named who can come, as they stand now; one query.

    Whoever is not approved yet is somebody: the invitation holds from the approval on.
    """
    named = (
        exists()
        .where(SessionInvitee.programme_session_id == ProgrammeSession.id)
        .where(Registration.id == SessionInvitee.registration_id, Registration.state.in_(REGISTERED_STATES))
    )
    wanted = (ProgrammeSession.edition_id == edition_id, ProgrammeSession.access == "invited")
    return frozenset(db.session.scalars(select(ProgrammeSession.id).where(*wanted, ~named)))


def _barred_guests(edition_id: int) -> Select[tuple[int, int]]:
    """People with a place in a session for invited people who are not named for it."""
    named = exists().where(
        SessionInvitee.programme_session_id == ProgrammeSession.id,
        SessionInvitee.registration_id == Registration.id,
    )
    query = select(ProgrammeSession.id, func.count()).select_from(ProgrammeSession)
    return _with_places(query, edition_id, "invited").where(~named).group_by(ProgrammeSession.id)


def _people_by_sector(edition_id: int) -> Select[tuple[int, str, int]]:
    """People with a place in sessions for chosen sectors, by session and sector."""
    kinds = (ProgrammeSession.id, Registration.sector_code)
    query = select(*kinds, func.count()).select_from(ProgrammeSession)
    return _with_places(query, edition_id, "sectors").group_by(*kinds)


def _with_places(query: Select[Any], edition_id: int, access: str) -> Select[Any]:
    return (
        query.join(SessionSignUp, SessionSignUp.programme_session_id == ProgrammeSession.id)
        .join(Registration, Registration.id == SessionSignUp.registration_id)
        .where(
            ProgrammeSession.edition_id == edition_id,
            ProgrammeSession.access == access,
            SessionSignUp.state.in_(HELD),
            Registration.state == "approved",
        )
    )


def _list_sectors(numbers: Sequence[int]) -> Mapping[int, Collection[str]]:
    query = select(SessionSector.programme_session_id, SessionSector.sector_code)
    found: dict[int, list[str]] = {}
    for number, code in db.session.execute(query.where(SessionSector.programme_session_id.in_(numbers))):
        found.setdefault(number, []).append(code)
    return found
