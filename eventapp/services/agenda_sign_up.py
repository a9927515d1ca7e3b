"""Signing up for sessions and leaving them: the session's row is locked, the seats are counted, the first in line moves up."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import Edition, ProgrammeSession, PublishedSession, Registration, SessionSignUp
from eventapp.rules.access import DELEGATE, Actor
from eventapp.rules.registration import OPEN_STATES
from eventapp.rules.sign_up import ON_AGENDA, SEATING_STATES, check_sign_up, enter
from eventapp.rules.text import shown
from eventapp.services import agenda, audit, mail, registrations_own
from eventapp.services.agenda_places import HELD, count_taken, list_seats, lock_session, seats
from eventapp.services.links import find_registration_links
from eventapp.services.session_access import Door, door_told, find_told, is_open_to, may_enter

KIND: Final = "session_seat"


def sign_up(token: str, public_id: UUID, *, now: datetime) -> str:
    """Put a session on the agenda, with a seat or a place in its line where it asks for signing up; gives the state.

    Refuses what is closed to the person as if there were none, what is over, and whoever is not approved.
    """
    registration, row = _find(token, public_id)
    session = _lock(row)
    if not is_open_to(door_told(row), registration):  # who was taken off the list meanwhile gets no seat
        raise NotFound("There is no such session.")
    document = row.document
    check_sign_up(
        is_approved=registration.state == "approved",
        asks_sign_up=document["asks_sign_up"],
        ends_at=row.ends_at,
        edition_state=registration.edition.state,
        now=now,
    )
    known = find_sign_up(session.id, registration.id)
    # Who noted it before it asked for signing up has no seat yet.
    if known is not None and known.state in (HELD if document["asks_sign_up"] else ON_AGENDA):
        return known.state
    state = enter(
        asks_sign_up=document["asks_sign_up"],
        seats=seats(session),
        taken=count_taken([session.id]).get(session.id, 0),
        is_somebody_waiting=_has_next(session.id, now),
    )
    if known is None:
        known = SessionSignUp(programme_session_id=session.id, registration_id=registration.id)
        db.session.add(known)
    known.state, known.since = state, now
    db.session.flush()
    _record(registration, "session.sign_up", session, now=now, new={"session": session.id, "sign_up": state})
    return state


def leave(token: str, public_id: UUID, *, now: datetime) -> None:
    """Take a session off the agenda; the first in its line gets the seat in the same transaction."""
    registration, row = _find(token, public_id)
    session = _lock(row)
    known = find_sign_up(session.id, registration.id)
    if known is None or known.state not in ON_AGENDA:
        return
    old = known.state
    known.state, known.since = "withdrawn", now
    db.session.flush()
    _record(
        registration,
        "session.leave",
        session,
        now=now,
        old={"session": session.id, "sign_up": old},
        new={"session": session.id, "sign_up": "withdrawn"},
    )
    if old == "seat":
        settle(DELEGATE, session, now=now)


def settle(actor: Actor, session: ProgrammeSession, *, now: datetime) -> int:
    """Give free seats to the first in line and tell each by mail; needs the session's lock. Gives how many moved up.

    Whoever stands in line and may not come any more is passed over: a letter would tell of what is closed to them.
    Nobody moves up in what is over, or in an edition that does not take place.
    """
    told = find_told(session.id)
    if told is None or not session.asks_sign_up or not _gives_seats(told, now):
        return 0
    limit = seats(session)
    free = None if limit is None else max(0, limit - count_taken([session.id]).get(session.id, 0))
    line = db.session.scalars(line_of(door_told(told)).limit(free)).all() if free != 0 else []
    people = _list_people([one.registration_id for one in line])
    open_links = find_registration_links(list(people))
    for one in line:
        one.state, one.since = "seat", now
        registration = people[one.registration_id]
        mail.enqueue(
            KIND,
            recipient=registration.email,
            language=registration.language,
            now=now,
            registration=registration,
            link=open_links.get(registration.id),
            values={"session": shown(told.document["title"], registration.language).text},
        )
        new = {"session": session.id, "sign_up": "seat"}
        _record(registration, "session.seat", session, now=now, new=new, actor=actor)
    db.session.flush()
    return len(line)


def list_unsettled(now: datetime) -> Sequence[int]:
    """Sessions with somebody in line and a seat free, since somebody's registration ended or there is more room."""
    waiting = (
        select(SessionSignUp.programme_session_id)
        .join(Registration, Registration.id == SessionSignUp.registration_id)
        .join(ProgrammeSession, ProgrammeSession.id == SessionSignUp.programme_session_id)
        .join(PublishedSession, PublishedSession.session_id == ProgrammeSession.id)
        .where(
            SessionSignUp.state == "waiting",
            Registration.state == "approved",
            ProgrammeSession.asks_sign_up,
            PublishedSession.cancelled_at.is_(None),
            PublishedSession.ends_at > now,
        )
        .distinct()
    )
    numbers = list(db.session.scalars(waiting))
    taken, limits = count_taken(numbers), list_seats(numbers)
    free = [one for one in numbers if (limit := limits.get(one)) is None or taken.get(one, 0) < limit]
    return [one for one in free if _has_next(one, now)]


def line_of(door: Door) -> Select[tuple[SessionSignUp]]:
    """Those in the line of a session who may come, in their order."""
    return (
        select(SessionSignUp)
        .join(Registration, Registration.id == SessionSignUp.registration_id)
        .where(
            SessionSignUp.programme_session_id == door.session_id,
            SessionSignUp.state == "waiting",
            Registration.state == "approved",
            may_enter(door),
        )
        .order_by(SessionSignUp.since, SessionSignUp.id)
    )


def _gives_seats(told: PublishedSession, now: datetime) -> bool:
    """Whether seats are still given: the session is not over, and the edition takes place."""
    edition = db.session.get_one(Edition, told.edition_id)
    return now < told.ends_at and edition.state in SEATING_STATES


def _has_next(session_id: int, now: datetime) -> bool:
    """Whether anybody in line may come and would get a seat."""
    told = find_told(session_id)
    if told is None or not _gives_seats(told, now):
        return False
    return db.session.scalar(line_of(door_told(told)).limit(1)) is not None


def settle_one(session_id: int, *, actor: Actor, now: datetime) -> int:
    """Lock a session and give its free seats to the first in line."""
    session = lock_session(session_id)
    return settle(actor, session, now=now) if session else 0


def _find(token: str, public_id: UUID) -> tuple[Registration, PublishedSession]:
    """The registration of a link and a published session that is open to it; the others do not exist."""
    registration = registrations_own.get_own(token).registration
    wanted = (
        PublishedSession.edition_id == registration.edition_id,
        PublishedSession.public_id == public_id,
        PublishedSession.cancelled_at.is_(None),
        PublishedSession.session_id.is_not(None),
    )
    row = db.session.scalar(select(PublishedSession).where(*wanted))
    is_open = registration.state in OPEN_STATES
    if row is None or not is_open or not agenda.is_open_to(registration, row):
        raise NotFound("There is no such session.")
    return registration, row


def _lock(row: PublishedSession) -> ProgrammeSession:
    session = lock_session(row.session_id) if row.session_id else None
    if session is None:
        raise NotFound("There is no such session.")
    return session


def find_sign_up(session_id: int, registration_id: int) -> SessionSignUp | None:
    """Somebody's place in a session, whatever became of it, read afresh."""
    wanted = (
        SessionSignUp.programme_session_id == session_id,
        SessionSignUp.registration_id == registration_id,
    )
    query = select(SessionSignUp).where(*wanted)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _list_people(ids: Sequence[int]) -> Mapping[int, Registration]:
    if not ids:
        return {}
    query = select(Registration).where(Registration.id.in_(ids)).options(joinedload(Registration.edition))
    return {one.id: one for one in db.session.scalars(query)}


def _record(
    registration: Registration,
    action: str,
    session: ProgrammeSession,
    *,
    now: datetime,
    new: Mapping[str, object],
    old: Mapping[str, object] | None = None,
    actor: Actor = DELEGATE,
) -> None:
    audit.record(
        actor,
        action,
        now=now,
        subject_type="registration",
        subject_id=registration.id,
        edition_id=session.edition_id,
        old=old,
        new=new,
    )
