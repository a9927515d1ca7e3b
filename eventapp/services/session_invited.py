"""The people who are named for a closed session: named one by one or many at once, taken off again, told by mail once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from eventapp.errors import Conflict, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import (
    ProgrammeSession,
    ProgrammeSpeaker,
    Registration,
    Sector,
    SessionInvitee,
    SessionSignUp,
    Speaker,
)
from eventapp.rules.access import Actor
from eventapp.rules.reference_code import read_reference
from eventapp.rules.session_people import may_be_invited
from eventapp.rules.sign_up import ON_AGENDA
from eventapp.services import agenda_sign_up, audit, session_letters, session_signed_up
from eventapp.services.session_access import door_told, find_told, get_locked
from eventapp.services.session_letters import list_known


@dataclass(frozen=True, kw_only=True)
class Invited:
    """Somebody who is named, with what came of it."""

    registration: Registration
    invitee: SessionInvitee
    sign_up: str  # one of vocabulary.SIGN_UP_STATES; empty: none

    @property
    def holds(self) -> bool:
        """Whether the person may come now; else the invitation holds from the approval on, if there is one."""
        return self.registration.state == "approved"

    @property
    def may_hold(self) -> bool:
        """Whether it holds now or may still come to hold."""
        return may_be_invited(self.registration.state, is_erased=self.registration.erased_at is not None)


@dataclass(frozen=True, kw_only=True)
class Added:
    """What naming people did: how many were added, how many were named before, and whom it does not reach."""

    added: int
    there: int
    left: Sequence[Registration]


@dataclass(frozen=True, kw_only=True)
class Removed:
    """What taking somebody off did."""

    reference: str
    gave_up: bool  # a seat
    promoted: int
    is_told: bool


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What taking somebody off would do."""

    closes: bool  # whether the session is not open to the person any more
    gives_up: str  # the place: seat, waiting or noted; empty where there is none, or where the person may come still
    next_up: Registration | None  # who gets the seat
    is_told: bool


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Many people at once: of a delegation, else of a sector with all below it, else those who speak in the session."""

    delegation_id: int | None = None
    sector: str = ""


@dataclass(frozen=True, kw_only=True)
class Many:
    """Whom a delegation or a sector would add; the same digest means exactly the same people."""

    added: Sequence[Registration]
    there: int
    digest: str


def list_invited(session_id: int) -> list[Invited]:
    """Everybody who is named for a session, by name, with their place in it; one query. The caller has checked who looks."""
    place = SessionSignUp.registration_id == Registration.id
    query = (
        select(SessionInvitee, Registration, SessionSignUp.state)
        .join(Registration, Registration.id == SessionInvitee.registration_id)
        .outerjoin(SessionSignUp, place & (SessionSignUp.programme_session_id == session_id))
        .where(SessionInvitee.programme_session_id == session_id)
        .options(joinedload(Registration.body))
        .order_by(Registration.sort_name, Registration.id)
    )
    rows = db.session.execute(query).tuples().all()
    return [
        Invited(registration=person, invitee=one, sign_up=state or "")
        for one, person, state in rows
        if person.erased_at is None
    ]


def invite(actor: Actor, ordinal: int, session_id: int, references: Sequence[str], *, now: datetime) -> Added:
    """Name people for a session; whoever is named already stays so. Refuses readers, and an empty choice.

    People whose registration has ended are left out and given back.
    """
    session = get_locked(actor, ordinal, session_id)
    codes = {read_reference(one) for one in references}
    wanted = (Registration.edition_id == session.edition_id, Registration.reference.in_(codes))
    people = db.session.scalars(select(Registration).where(*wanted).order_by(Registration.id)).all()
    if not people:
        raise Refused("Nobody was picked. Tick the people this is about.", code="nobody")
    return _add(actor, session, people, now=now)


def preview_many(session: ProgrammeSession, choice: Choice) -> Many:
    """Whom a choice would add now: its approved people who are not named yet; two queries."""
    people = db.session.scalars(_many(session, choice)).all()
    known = list_known(session.id)
    new = [one for one in people if one.id not in known]
    digest = hashlib.sha256(",".join(one.reference for one in new).encode()).hexdigest()
    return Many(added=new, there=len(people) - len(new), digest=digest)


def invite_many(
    actor: Actor, ordinal: int, session_id: int, choice: Choice, *, digest: str, now: datetime
) -> Added:
    """Name everybody a preview showed, once: who is approved later is not added by itself.

    Refuses readers, an empty choice, and with Conflict people who are not any more those of the preview.
    """
    session = get_locked(actor, ordinal, session_id)
    many = preview_many(session, choice)
    if not many.added:
        raise Refused("Everybody of this choice is named already.", code="nobody")
    if many.digest != digest:
        raise Conflict(
            "These are not the same people any more. Please look at the list again.", code="changed"
        )
    return _add(actor, session, many.added, now=now, there=many.there)


def foresee(session: ProgrammeSession, invitee: SessionInvitee, registration: Registration) -> Outlook:
    """What taking somebody off would do now. Changes nothing; the caller has checked who looks."""
    told = find_told(session.id)
    place = agenda_sign_up.find_sign_up(session.id, registration.id)
    # Without the invitation nobody may come to what is open to invited people; to what is not, it changes nothing.
    is_barred = told is not None and told.access == "invited"
    had = place.state if place is not None and place.state in ON_AGENDA and is_barred else ""
    next_up = None
    if told is not None and had == "seat" and session.asks_sign_up:
        line = agenda_sign_up.line_of(door_told(told)).where(SessionSignUp.registration_id != registration.id)
        first = db.session.scalar(line.limit(1))
        next_up = db.session.get(Registration, first.registration_id) if first else None
    was_told = invitee.told_at is not None and not session_letters.is_waiting(session, registration)
    is_told = is_barred and (was_told or had in ("seat", "waiting"))
    return Outlook(closes=is_barred, gives_up=had, next_up=next_up, is_told=is_told)


def uninvite(actor: Actor, ordinal: int, session_id: int, reference: str, *, now: datetime) -> Removed:
    """Take somebody off the list: a seat is given up, the next in line moves up, a letter that waits is not sent.

    Whoever had been written to or had a place is told, without the session's name. Refuses readers; raises NotFound for
    somebody who is not named.
    """
    session = get_locked(actor, ordinal, session_id)
    invitee, registration = get_invitee(session, reference)
    outlook = foresee(session, invitee, registration)
    session_letters.withhold(session, registration)
    db.session.delete(invitee)
    db.session.flush()
    audit.record_of_edition(actor, "session.uninvite", session, now=now, old={"references": [reference]})
    place = agenda_sign_up.find_sign_up(session.id, registration.id)
    promoted = 0
    if place is not None and outlook.gives_up:
        promoted = session_signed_up.give_up(actor, session, registration, place, now=now)
    if outlook.is_told:
        session_signed_up.tell_closed([registration], now=now)
    return Removed(
        reference=reference,
        gave_up=outlook.gives_up == "seat",
        promoted=promoted,
        is_told=outlook.is_told,
    )


def get_invitee(session: ProgrammeSession, reference: str) -> tuple[SessionInvitee, Registration]:
    """Somebody who is named for a session; raises NotFound for anybody else."""
    query = (
        select(SessionInvitee, Registration)
        .join(Registration, Registration.id == SessionInvitee.registration_id)
        .where(
            SessionInvitee.programme_session_id == session.id,
            Registration.reference == read_reference(reference),
        )
        .options(joinedload(Registration.body))
    )
    found = db.session.execute(query.execution_options(populate_existing=True)).tuples().first()
    if found is None:
        raise NotFound("This person is not on the list of invited people.", code="not-invited")
    return found


def _add(
    actor: Actor,
    session: ProgrammeSession,
    people: Sequence[Registration],
    *,
    now: datetime,
    there: int = 0,
) -> Added:
    known = list_known(session.id)
    new = [one for one in people if one.id not in known]
    added = [one for one in new if may_be_invited(one.state, is_erased=one.erased_at is not None)]
    db.session.add_all(
        SessionInvitee(
            programme_session_id=session.id, registration_id=one.id, invited_at=now, invited_by=actor.name
        )
        for one in added
    )
    db.session.flush()
    if added:
        references = {"references": [one.reference for one in added]}
        audit.record_of_edition(actor, "session.invite", session, now=now, new=references)
    left = [one for one in new if one not in added]
    return Added(added=len(added), there=there + len(people) - len(new), left=left)


def _many(session: ProgrammeSession, choice: Choice) -> Select[tuple[Registration]]:
    wanted = [
        Registration.edition_id == session.edition_id,
        Registration.state == "approved",
        Registration.erased_at.is_(None),
    ]
    if choice.delegation_id is not None:
        wanted.append(Registration.delegation_id == choice.delegation_id)
    elif choice.sector:
        below = or_(Sector.code == choice.sector, Sector.parent_code == choice.sector)
        wanted.append(Registration.sector_code.in_(select(Sector.code).where(below)))
    else:
        speaking = (ProgrammeSpeaker.programme_session_id == session.id, ProgrammeSpeaker.state != "declined")
        theirs = select(Speaker.registration_id).join(ProgrammeSpeaker).where(*speaking)
        wanted.append(Registration.id.in_(theirs))
    query = select(Registration).where(*wanted).options(joinedload(Registration.body))
    return query.order_by(Registration.sort_name, Registration.id)
