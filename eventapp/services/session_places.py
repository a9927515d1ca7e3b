"""Who has a place in a session, as the secretariat sees it: seats and the line, with whom the session is closed to now."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import ProgrammeSession, Registration, SessionInvitee, SessionSignUp
from eventapp.rules.reference_code import read_reference
from eventapp.rules.session_access import Visitor, may_come
from eventapp.rules.session_people import Seats
from eventapp.rules.sign_up import seats_of
from eventapp.services.agenda import list_parents
from eventapp.services.agenda_places import HELD
from eventapp.services.programme_lines import SessionLine
from eventapp.services.session_access import Door, door_of, door_told, find_told, may_enter


@dataclass(frozen=True, kw_only=True)
class Place:
    """Somebody's place in a session."""

    registration: Registration
    state: str  # seat or waiting
    since: datetime
    number: int | None  # in the line of those who may come, the first being 1
    may_come: bool  # as it was told: it decides what the person sees
    may_come_then: bool  # as the organisers have it now


@dataclass(frozen=True, kw_only=True)
class SignedUp:
    """Everybody with a place in a session: seats by name, the line in its order."""

    seats: Sequence[Place]
    line: Sequence[Place]
    limits: Seats
    noted: int  # how many have it on their agenda, where it does not ask for signing up
    is_told: bool

    @property
    def barred(self) -> list[Place]:
        """To whom the session is closed, told and as it stands: whom one button lets go."""
        every = (*self.seats, *self.line)
        return [one for one in every if not one.may_come and not one.may_come_then]

    @property
    def soon_barred(self) -> int:
        """To how many it is closed once the programme is published as it stands."""
        return sum(one.may_come and not one.may_come_then for one in (*self.seats, *self.line))

    @property
    def digest(self) -> str:
        """The same for exactly the same people without access."""
        names = sorted(one.registration.reference for one in self.barred)
        return hashlib.sha256(",".join(names).encode()).hexdigest()

    @property
    def limit(self) -> int | None:
        """How many seats there are; None where nothing limits them."""
        return seats_of(self.limits.own, self.limits.room)

    @property
    def free(self) -> int | None:
        """How many seats are left; None without a limit."""
        return None if self.limit is None else max(0, self.limit - self.limits.taken)

    @property
    def is_room_full(self) -> bool:
        """Whether the room has no seat left, whatever the session's own limit."""
        return self.limits.room is not None and self.limits.taken >= self.limits.room


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How full a session is, for a line of the programme."""

    taken: int
    waiting: int
    limit: int | None


def read(session: ProgrammeSession) -> SignedUp:
    """Who has a place in a session; a constant number of queries. The caller has checked who looks."""
    told = find_told(session.id)
    doors = (door_told(told) if told else None, door_of(session))
    rows, parents = _list_rows(session.id), list_parents()
    places: list[Place] = []
    waiting = 0
    for one, person, is_named in rows:
        visitor = Visitor(
            is_approved=True,
            sector=person.sector_code,
            invited_to=frozenset([session.id] if is_named else []),
        )
        told_may, may = (door is not None and _may(visitor, door, parents) for door in doors)
        is_next = one.state == "waiting" and told_may
        waiting += is_next
        places.append(
            Place(
                registration=person,
                state=one.state,
                since=one.since,
                number=waiting if is_next else None,
                may_come=told_may,
                may_come_then=may,
            )
        )
    seats = [one for one in places if one.state == "seat"]
    return SignedUp(
        seats=sorted(seats, key=lambda one: (one.registration.sort_name, one.registration.id)),
        line=[one for one in places if one.state == "waiting"],
        limits=limits_of(session, len(seats)),
        noted=_count_noted(session.id),
        is_told=told is not None,
    )


def count_places(edition_id: int) -> Mapping[int, Mapping[str, int]]:
    """For each session of an edition: how many approved people hold a seat and stand in line; one query."""
    query = (
        select(SessionSignUp.programme_session_id, SessionSignUp.state, func.count())
        .join(ProgrammeSession, ProgrammeSession.id == SessionSignUp.programme_session_id)
        .join(Registration, Registration.id == SessionSignUp.registration_id)
        .where(
            ProgrammeSession.edition_id == edition_id,
            SessionSignUp.state.in_(HELD),
            Registration.state == "approved",
        )
        .group_by(SessionSignUp.programme_session_id, SessionSignUp.state)
    )
    found: dict[int, dict[str, int]] = {}
    for number, state, count in db.session.execute(query):
        found.setdefault(number, {})[state] = count
    return found


def summarise(
    sessions: Sequence[SessionLine], counts: Mapping[int, Mapping[str, int]]
) -> Mapping[int, Summary]:
    """For each session that asks for signing up, or has people by these counts of `count_places`: how full it is."""
    return {
        one.id: Summary(
            taken=counts.get(one.id, {}).get("seat", 0),
            waiting=counts.get(one.id, {}).get("waiting", 0),
            limit=seats_of(one.capacity, one.room.capacity if one.room else None),
        )
        for one in sessions
        if one.asks_sign_up or one.id in counts
    }


def get_place(session: ProgrammeSession, reference: str) -> tuple[Registration, SessionSignUp]:
    """Somebody with a seat or in line; raises NotFound for anybody else."""
    query = (
        select(Registration, SessionSignUp)
        .join(SessionSignUp, SessionSignUp.registration_id == Registration.id)
        .where(
            SessionSignUp.programme_session_id == session.id,
            SessionSignUp.state.in_(HELD),
            Registration.reference == read_reference(reference),
        )
        .options(joinedload(Registration.body))
    )
    found = db.session.execute(query).tuples().first()
    if found is None:
        raise NotFound("This person has no place in the session any more.", code="gone")
    return found


def list_states(session_id: int, ids: Collection[int]) -> Mapping[int, str]:
    """Which of these people have which place in a session; one query."""
    wanted = (SessionSignUp.programme_session_id == session_id, SessionSignUp.registration_id.in_(ids))
    query = select(SessionSignUp.registration_id, SessionSignUp.state).where(*wanted)
    return dict(db.session.execute(query).tuples().all())


def list_open_to(session: ProgrammeSession, ids: Collection[int]) -> Collection[int]:
    """To which of these people a session is open, as it was told; two queries."""
    told = find_told(session.id)
    if told is None:
        return ()
    wanted = (Registration.id.in_(ids), Registration.state == "approved", may_enter(door_told(told)))
    return set(db.session.scalars(select(Registration.id).where(*wanted)))


def list_titles(numbers: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    """What sessions are called now, by number; those that were deleted are left out. One query, none for nobody."""
    if not numbers:
        return {}
    query = select(ProgrammeSession.id, ProgrammeSession.title).where(ProgrammeSession.id.in_(numbers))
    return dict(db.session.execute(query).tuples().all())


def limits_of(session: ProgrammeSession, taken: int) -> Seats:
    """What a session has room for, with the seats that are taken."""
    return Seats(own=session.capacity, room=session.room.capacity if session.room else None, taken=taken)


def _list_rows(session_id: int) -> Sequence[tuple[SessionSignUp, Registration, bool]]:
    """Approved people with a place, in the order of the line; one query."""
    named = (SessionInvitee.registration_id == Registration.id) & (
        SessionInvitee.programme_session_id == session_id
    )
    query = (
        select(SessionSignUp, Registration, SessionInvitee.registration_id.is_not(None))
        .join(Registration, Registration.id == SessionSignUp.registration_id)
        .outerjoin(SessionInvitee, named)
        .where(
            SessionSignUp.programme_session_id == session_id,
            SessionSignUp.state.in_(HELD),
            Registration.state == "approved",
        )
        .options(joinedload(Registration.body))
        .order_by(SessionSignUp.since, SessionSignUp.id)
    )
    return db.session.execute(query).tuples().all()


def _may(visitor: Visitor, door: Door, parents: Mapping[str, str]) -> bool:
    return may_come(
        visitor, access=door.access, sectors=door.sectors, session=door.session_id, parents=parents
    )


def _count_noted(session_id: int) -> int:
    noted = (SessionSignUp.programme_session_id == session_id, SessionSignUp.state == "noted")
    return db.session.scalar(select(func.count()).select_from(SessionSignUp).where(*noted)) or 0
