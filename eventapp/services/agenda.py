"""A delegate's own agenda: which sessions there are for the person, and which of them were chosen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, select

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
from eventapp.rules.registration import OPEN_STATES
from eventapp.rules.session_access import Visitor, may_come
from eventapp.rules.sign_up import ON_AGENDA, Appointment, clashes_with
from eventapp.services import registrations_own
from eventapp.services.agenda_places import HELD, count_taken, list_seats
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

    @property
    def has_room(self) -> bool:
        """Whether a seat is left, as far as can be said before signing up."""
        return self.seats is None or self.taken < self.seats

    def wants_sign_up(self, now: datetime) -> bool:
        """Whether it was noted before it asked for signing up, and asks now."""
        return self.state == "noted" and self.session.asks_sign_up and now < self.session.ends_at


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """Everything there is for one person, by time."""

    own: Own
    items: Sequence[Item]


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A session in somebody's calendar, with what it is to the person, and since when."""

    session: Shown
    state: str  # noted, seat or waiting
    since: datetime | None


def read(token: str) -> Agenda:
    """What a private link's owner may come to, with the own choices; a constant number of queries.

    Sessions that are closed to the person are absent. Refuses as `registrations_own.get_own` does.
    """
    own = registrations_own.get_own(token)
    rows = _list_open(own.registration)
    standing = _list_standing(own.registration)
    states = {row.session_id: _state_in(row, standing) for row in rows}
    numbers = [row.session_id for row in rows if row.document["asks_sign_up"] and row.session_id]
    taken, limits = count_taken(numbers), list_seats(numbers)
    places = _list_places(own.registration, rows) if "waiting" in states.values() else {}
    shown = {row.session_id: shown_of(row) for row in rows}
    chosen = [one for one in shown.values() if states[one.number] in ON_AGENDA]
    marks = [Appointment(one.id, one.starts_at, one.ends_at) for one in chosen]
    by_id = {one.id: one for one in chosen}
    return Agenda(
        own=own,
        items=[
            Item(
                session=one,
                state=states[number],
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


def export(token: str) -> Sequence[Mapping[str, object]]:
    """What stands on somebody's agenda, as JSON values, for the copy of the own data."""
    registration = registrations_own.get_own(token).registration
    return [
        {
            "session": dict(one.session.title),
            "starts_at": one.session.starts_at.isoformat(),
            "state": one.state,
            "since": one.since.isoformat() if one.since else None,
        }
        for one in list_calendar(registration)
        if not one.session.is_cancelled
    ]


def list_calendar(registration: Registration) -> Sequence[Chosen]:
    """What the person's calendar holds: the agenda, and as cancelled what was on it and was taken out of the programme."""
    standing = _list_standing(registration)
    deleted = set(db.session.scalars(_deleted_from_agenda(registration.id)))
    found = []
    for row in _list_open(registration, cancelled=True):
        state = "noted" if row.id in deleted else _state_in(row, standing)
        if state in ON_AGENDA:
            one = standing.get(row.session_id or 0)
            found.append(Chosen(session=shown_of(row), state=state, since=one.since if one else None))
    return found


def _list_standing(registration: Registration) -> Mapping[int, SessionSignUp]:
    """What somebody has chosen, by session; nothing once the registration has ended, no seat without an approval."""
    if registration.state not in OPEN_STATES:
        return {}
    query = select(SessionSignUp).where(SessionSignUp.registration_id == registration.id)
    rows = db.session.scalars(query).all()
    is_approved = registration.state == "approved"
    return {one.programme_session_id: one for one in rows if is_approved or one.state not in HELD}


def _state_in(row: PublishedSession, standing: Mapping[int, SessionSignUp]) -> str:
    """What a session is to somebody; a seat of one that asks for signing up no more is a note."""
    one = standing.get(row.session_id or 0)
    if one is None:
        return ""
    return "noted" if one.state in HELD and not row.document["asks_sign_up"] else one.state


def _list_places(registration: Registration, rows: Sequence[PublishedSession]) -> Mapping[int, int]:
    """For each session that the person waits for: the place in its line, without those to whom it is closed; two queries."""
    mine = (SessionSignUp.registration_id == registration.id, SessionSignUp.state == "waiting")
    named = SessionInvitee.registration_id == Registration.id
    here = SessionInvitee.programme_session_id == SessionSignUp.programme_session_id
    query = (
        select(
            SessionSignUp.programme_session_id,
            SessionSignUp.registration_id,
            Registration.sector_code,
            exists().where(named, here),
        )
        .join(Registration, Registration.id == SessionSignUp.registration_id)
        .where(
            SessionSignUp.programme_session_id.in_(select(SessionSignUp.programme_session_id).where(*mine)),
            SessionSignUp.state == "waiting",
            Registration.state == "approved",
        )
        .order_by(SessionSignUp.since, SessionSignUp.id)
    )
    told, parents = {row.session_id: row for row in rows}, list_parents()
    found: dict[int, int] = {}
    before: Counter[int] = Counter()
    for number, person, sector, is_named in db.session.execute(query):
        visitor = Visitor(is_approved=True, sector=sector, invited_to=frozenset([number] if is_named else []))
        if number in told and _is_open(told[number], visitor, parents):
            before[number] += 1
            if person == registration.id:
                found[number] = before[number]
    return found


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
