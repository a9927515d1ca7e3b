"""A delegate's own agenda: which sessions there are for the person, and which of them were chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from eventapp.extensions import db
from eventapp.models import (
    DeletedSessionPerson,
    PublishedSession,
    Registration,
    Sector,
    SessionInvitee,
    SessionSignUp,
)
from eventapp.rules.programme_document import Shown
from eventapp.rules.session_access import Visitor, may_come
from eventapp.rules.sign_up import ON_AGENDA, Appointment, clashes_with
from eventapp.services import registrations_own
from eventapp.services.agenda_places import count_taken, list_places, list_seats
from eventapp.services.programme_public import shown_of
from eventapp.services.registrations_own import Own


@dataclass(frozen=True, kw_only=True)
class Item:
    """A session that somebody may come to, with what it is to them."""

    session: Shown
    state: str  # one of vocabulary.SIGN_UP_STATES; empty: not on the agenda
    place: int | None  # in the line, the first being 1
    seats: int | None  # None: no limit, or no signing up
    taken: int
    clashes: Sequence[Shown]  # of those on the agenda

    @property
    def is_on_agenda(self) -> bool:
        return self.state in ON_AGENDA


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """Everything there is for one person, by time."""

    own: Own
    items: Sequence[Item]


def read(token: str) -> Agenda:
    """What a private link's owner may come to, with the own choices; a constant number of queries.

    Sessions that are closed to the person are absent. Refuses as `registrations_own.get_own` does.
    """
    own = registrations_own.get_own(token)
    rows = _list_open(own.registration)
    states = _list_states(own.registration.id)
    numbers = [row.session_id for row in rows if row.document["asks_sign_up"] and row.session_id]
    taken, limits = count_taken(numbers), list_seats(numbers)
    places = list_places(own.registration.id)
    shown = {row.session_id: shown_of(row) for row in rows}
    chosen = [one for one in shown.values() if states.get(one.number or 0, "") in ON_AGENDA]
    marks = [Appointment(one.id, one.starts_at, one.ends_at) for one in chosen]
    by_id = {one.id: one for one in chosen}
    return Agenda(
        own=own,
        items=[
            Item(
                session=one,
                state=states.get(number or 0, ""),
                place=places.get(number or 0),
                seats=limits.get(number or 0),
                taken=taken.get(number or 0, 0),
                clashes=[
                    by_id[other]
                    for other in clashes_with(Appointment(one.id, one.starts_at, one.ends_at), marks)
                ],
            )
            for number, one in shown.items()
        ],
    )


def list_calendar(registration: Registration) -> Sequence[Shown]:
    """What the person's calendar holds: the agenda, and as cancelled what was on it and was taken out of the programme."""
    states = _list_states(registration.id)
    chosen = {number for number, state in states.items() if state in ON_AGENDA}
    deleted = set(db.session.scalars(_deleted_from_agenda(registration.id)))
    rows = _list_open(registration, cancelled=True)
    return [shown_of(row) for row in rows if row.session_id in chosen or row.id in deleted]


def _deleted_from_agenda(registration_id: int) -> Select[tuple[int]]:
    """The published sessions that were on somebody's agenda until they were deleted."""
    return select(DeletedSessionPerson.published_session_id).where(
        DeletedSessionPerson.registration_id == registration_id, DeletedSessionPerson.part == "agenda"
    )


def _list_open(registration: Registration, *, cancelled: bool = False) -> list[PublishedSession]:
    """The published sessions that are open to the person, by time; three queries."""
    wanted = [PublishedSession.edition_id == registration.edition_id]
    if not cancelled:
        wanted += [PublishedSession.cancelled_at.is_(None), PublishedSession.session_id.is_not(None)]
    order = (PublishedSession.starts_at, PublishedSession.ends_at, PublishedSession.id)
    rows = db.session.scalars(select(PublishedSession).where(*wanted).order_by(*order)).all()
    visitor = visitor_of(registration)
    parents = list_parents()
    return [row for row in rows if _is_open(row, visitor, parents)]


def is_open_to(registration: Registration, row: PublishedSession) -> bool:
    """Whether a published session is open to somebody; whoever asks for many asks `read`."""
    return _is_open(row, visitor_of(registration), list_parents())


def _is_open(row: PublishedSession, visitor: Visitor, parents: Mapping[str, str]) -> bool:
    return may_come(
        visitor,
        access=row.access,
        sectors=row.document["sectors"],
        session=row.session_id,
        parents=parents,
    )


def visitor_of(registration: Registration) -> Visitor:
    """Somebody with a private link, as far as sessions ask; one query."""
    invited = select(SessionInvitee.programme_session_id).where(
        SessionInvitee.registration_id == registration.id
    )
    return Visitor(
        is_approved=registration.state == "approved",
        sector=registration.sector_code,
        invited_to=frozenset(db.session.scalars(invited)),
    )


def list_parents() -> Mapping[str, str]:
    """The upper sector of each sector that has one."""
    rows = db.session.execute(select(Sector.code, Sector.parent_code).where(Sector.parent_code.is_not(None)))
    return {code: parent for code, parent in rows if parent}


def _list_states(registration_id: int) -> Mapping[int, str]:
    query = select(SessionSignUp.programme_session_id, SessionSignUp.state)
    return dict(
        db.session.execute(query.where(SessionSignUp.registration_id == registration_id)).tuples().all()
    )
