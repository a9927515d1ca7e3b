"""What the secretariat does to places of a session: a seat given by hand, places taken back, people told why."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from eventapp.errors import Conflict, Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import ProgrammeSession, Registration, SessionSignUp
from eventapp.rules.access import Actor
from eventapp.rules.reference_code import read_reference
from eventapp.rules.session_people import check_gift
from eventapp.rules.text import shown
from eventapp.services import agenda_sign_up, audit, mail
from eventapp.services.agenda_places import HELD, count_taken
from eventapp.services.links import find_registration_links
from eventapp.services.session_access import door_told, find_told, get_locked, is_open_to
from eventapp.services.session_places import limits_of, read

REMOVED: Final = "session_removed"
CLOSED: Final = "session_closed"


def give_seat(
    actor: Actor, ordinal: int, session_id: int, reference: str, *, despite: str = "", now: datetime
) -> Registration:
    """Give somebody a seat by hand, past the line if there is one, and tell them.

    Refuses as `check_gift` does, readers, and with Conflict somebody who has one.
    """
    session, registration = _locked(actor, ordinal, session_id, reference)
    told = find_told(session.id)
    known = agenda_sign_up.find_sign_up(session.id, registration.id)
    if known is not None and known.state == "seat":
        raise Conflict("This person has a seat already.", code="seated")
    is_approved = registration.state == "approved"
    check_gift(
        asks_sign_up=session.asks_sign_up,
        may_come=is_approved and told is not None and is_open_to(door_told(told), registration),
        ends_at=session.ends_at,
        seats=limits_of(session, count_taken([session.id]).get(session.id, 0)),
        despite=despite,
        now=now,
    )
    old = known.state if known else ""
    if known is None:
        known = SessionSignUp(programme_session_id=session.id, registration_id=registration.id)
        db.session.add(known)
    known.state, known.since = "seat", now
    db.session.flush()
    _record(actor, "session.give_seat", session, registration, old=old, new="seat", now=now)
    title = told.document["title"] if told else session.title
    _tell(agenda_sign_up.KIND, [registration], now=now, title=title, values={"by": "hand"})
    return registration


def remove(actor: Actor, ordinal: int, session_id: int, reference: str, *, reason: str, now: datetime) -> int:
    """Take somebody's seat or place in line back, tell why by mail, and give a seat to the next; gives how many moved up.

    Refuses readers and a missing reason, and with Conflict somebody who has no place any more.
    """
    if not reason:
        raise Invalid({"reason": Refused("Please give a reason: the person is told.", code="reason")})
    session, registration = _locked(actor, ordinal, session_id, reference)
    known = agenda_sign_up.find_sign_up(session.id, registration.id)
    if known is None or known.state not in HELD:
        raise Conflict("This person has no place in the session any more.", code="gone")
    promoted = give_up(actor, session, registration, known, now=now, reason=reason)
    told = find_told(session.id)
    if told is not None and is_open_to(door_told(told), registration):
        _tell(REMOVED, [registration], now=now, title=told.document["title"], values={"reason": reason})
    else:
        tell_closed([registration], now=now)
    return promoted


def remove_barred(actor: Actor, ordinal: int, session_id: int, *, digest: str, now: datetime) -> int:
    """Take the places of all to whom the session is closed back and tell them, without its name; gives how many.

    Their seats go to the next in line. Refuses readers, and with Conflict people who are not those that were looked at.
    """
    session = get_locked(actor, ordinal, session_id)
    found = read(session)
    if found.digest != digest:
        raise Conflict(
            "These are not the same people any more. Please look at the list again.", code="changed"
        )
    people = [one.registration for one in found.barred]
    for one in people:
        place = agenda_sign_up.find_sign_up(session.id, one.id)
        if place is not None:
            _withdraw(actor, session, one, place, now=now)
    tell_closed(people, now=now)
    agenda_sign_up.settle(actor, session, now=now)
    return len(people)


def give_up(
    actor: Actor,
    session: ProgrammeSession,
    registration: Registration,
    place: SessionSignUp,
    *,
    now: datetime,
    reason: str = "",
) -> int:
    """Take one place back; a seat goes to the next in line. Needs the session's lock. Gives how many moved up."""
    had = place.state
    _withdraw(actor, session, registration, place, now=now, reason=reason)
    return agenda_sign_up.settle(actor, session, now=now) if had == "seat" else 0


def tell_closed(people: Sequence[Registration], *, now: datetime) -> None:
    """Tell people that a session of their agenda is not open to them any more; it is not named."""
    _tell(CLOSED, people, now=now)


def _withdraw(
    actor: Actor,
    session: ProgrammeSession,
    registration: Registration,
    place: SessionSignUp,
    *,
    now: datetime,
    reason: str = "",
) -> None:
    old, place.state, place.since = place.state, "withdrawn", now
    db.session.flush()
    _record(actor, "session.remove", session, registration, old=old, new="withdrawn", now=now, reason=reason)


def _record(
    actor: Actor,
    action: str,
    session: ProgrammeSession,
    registration: Registration,
    *,
    old: str,
    new: str,
    now: datetime,
    reason: str = "",
) -> None:
    audit.record(
        actor,
        action,
        now=now,
        subject_type="registration",
        subject_id=registration.id,
        edition_id=session.edition_id,
        old={"session": session.id, "sign_up": old},
        new={"session": session.id, "sign_up": new},
        reason=reason,
    )


def _tell(
    kind: str,
    people: Sequence[Registration],
    *,
    now: datetime,
    title: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
) -> None:
    open_links = find_registration_links([one.id for one in people])
    for one in (person for person in people if person.email):
        named = {"session": shown(title, one.language).text} if title else {}
        mail.enqueue(
            kind,
            recipient=one.email,
            language=one.language,
            now=now,
            registration=one,
            link=open_links.get(one.id),
            values={**named, **(values or {})},
        )


def _locked(
    actor: Actor, ordinal: int, session_id: int, reference: str
) -> tuple[ProgrammeSession, Registration]:
    session = get_locked(actor, ordinal, session_id)
    wanted = (
        Registration.edition_id == session.edition_id,
        Registration.reference == read_reference(reference),
    )
    registration = db.session.scalar(select(Registration).where(*wanted))
    if registration is None:
        raise NotFound("There is no registration with this reference.")
    return session, registration
