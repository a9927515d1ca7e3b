"""Whom changes of the programme concern: whoever has such a session on the agenda, is invited to it, or is one of its people."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, insert, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from eventapp.extensions import db
from eventapp.models import (
    DeletedSessionPerson,
    ProgrammeSession,
    ProgrammeSpeaker,
    PublishedSession,
    Registration,
    SessionInvitee,
    SessionSignUp,
    Speaker,
)
from eventapp.rules.programme_document import Change
from eventapp.rules.programme_telling import Made, Reader, concerns_invited, list_notices
from eventapp.rules.registration import OPEN_STATES
from eventapp.rules.session_access import Visitor
from eventapp.rules.sign_up import ON_AGENDA
from eventapp.services import badges
from eventapp.services.mail_bulk import chunks

COMING = ("invited", "accepted")  # whoever declined is concerned no more


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who is told: by the registration, or as a speaker who has none; `sessions` are those told of, by id."""

    registration_id: int | None
    speaker_id: int | None
    email: str
    language: str
    sessions: Sequence[str]
    takes_part_in: Sequence[str]
    invited_to: Sequence[str]


@dataclass(frozen=True)
class _Parts:
    """The sessions that concern somebody, by what they are to the person; an invitation alone does not always."""

    agenda: set[str] = field(default_factory=set)
    invited: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)

    def list_concerning(self, by_id: Mapping[str, Change]) -> list[Change]:
        by_invitation = {key for key in self.invited if concerns_invited(by_id[key])}
        return [by_id[key] for key in self.agenda | self.people | by_invitation]


def find_people(changes: Sequence[Change], *, told_at: datetime | None) -> Sequence[Person]:
    """Whom these changes concern and who may learn something of them, in a stable order; a handful of queries.

    `told_at` is when the changes were published: whoever put a session on the agenda since has seen it as it is now.
    """
    by_id = {change.id: change for change in changes}
    if not by_id:
        return []
    delegates, speakers = _gather(by_id, told_at)
    parents = badges.list_parents()
    registrations, made = _list_registrations(delegates), Made()
    alone = {}
    for row, keys in speakers.values():
        if row.registration_id in registrations:
            delegates.setdefault(row.registration_id, _Parts()).people.update(keys)
        else:
            alone[row.id] = (row, _Parts(people=keys))
    found = [
        _person(by_id, parents, made, registrations[number], parts, registration_id=number)
        for number, parts in sorted(delegates.items())
        if number in registrations
    ]
    found += [
        _person(by_id, parents, made, row, parts, speaker_id=number)
        for number, (row, parts) in sorted(alone.items())
        if "@" in row.email
    ]
    return [one for one in found if one.sessions]


def is_anybody_concerned(changes: Sequence[Change]) -> bool:
    """Whether there is anybody whom these changes may concern: a quick look, which asks nobody's rights."""
    known = [UUID(one.id) for one in changes if one.before]
    every = ProgrammeSession.public_id.in_([UUID(one.id) for one in changes])
    invited = ProgrammeSession.public_id.in_([UUID(one.id) for one in changes if concerns_invited(one)])
    reachable = or_(Speaker.email != "", Speaker.registration_id.is_not(None))
    queries = [_speakers().where(every, reachable), _invited().where(invited)]
    if known:  # nobody can have waited for what is new
        here, gone = ProgrammeSession.public_id.in_(known), PublishedSession.public_id.in_(known)
        queries += [
            _signed_up(None).where(here),
            _deleted().where(gone),
            _deleted_speakers().where(gone, reachable),
        ]
    return any(db.session.execute(query.limit(1)).first() for query in queries)


def count_by_session(people: Iterable[Person]) -> Mapping[str, int]:
    """How many of them are told of each session."""
    return Counter(key for one in people for key in one.sessions)


def count_on_agenda(session: ProgrammeSession) -> int:
    """How many people have a session on their agenda: with a seat, in line, or noted."""
    query = select(func.count()).select_from(SessionSignUp).where(_on_agenda(session.id))
    return db.session.scalar(query) or 0


def keep_people(session: ProgrammeSession) -> None:
    """Remember whom a session concerns before it is deleted, if it was published: its rows go with it."""
    row_id = db.session.scalar(
        select(PublishedSession.id).where(
            PublishedSession.session_id == session.id, PublishedSession.cancelled_at.is_(None)
        )
    )
    if row_id is None:
        return
    sources: tuple[tuple[str, InstrumentedAttribute[int], Any], ...] = (
        ("agenda", SessionSignUp.registration_id, _on_agenda(session.id)),
        ("invited", SessionInvitee.registration_id, SessionInvitee.programme_session_id == session.id),
        ("people", ProgrammeSpeaker.speaker_id, _coming(session.id)),
    )
    for part, person, wanted in sources:
        column = "speaker_id" if part == "people" else "registration_id"
        query = select(literal(row_id), literal(part), person).where(wanted)
        db.session.execute(
            insert(DeletedSessionPerson).from_select(["published_session_id", "part", column], query)
        )


def _on_agenda(session_id: int) -> Any:
    return and_(SessionSignUp.programme_session_id == session_id, SessionSignUp.state.in_(ON_AGENDA))


def _coming(session_id: int) -> Any:
    return and_(ProgrammeSpeaker.programme_session_id == session_id, ProgrammeSpeaker.state.in_(COMING))


def _gather(
    by_id: Mapping[str, Change], told_at: datetime | None
) -> tuple[dict[int, _Parts], dict[int, tuple[Row[Any], set[str]]]]:
    """Registration's number -> its sessions, and speaker's number -> the speaker and theirs."""
    here, gone = _list_keys(ProgrammeSession, by_id), _list_keys(PublishedSession, by_id)
    delegates: dict[int, _Parts] = {}
    for query, keys in ((_signed_up(told_at), here), (_invited(), here), (_deleted(), gone)):
        for number, registration_id, part in _rows_of(query, keys):
            key = keys[number]
            parts = delegates.setdefault(registration_id, _Parts())
            if part == "agenda" and by_id[key].before:  # nobody can have waited for what is new
                parts.agenda.add(key)
            elif part == "invited":
                parts.invited.add(key)
    speakers: dict[int, tuple[Row[Any], set[str]]] = {}
    for query, keys in ((_speakers(), here), (_deleted_speakers(), gone)):
        for row in _rows_of(query, keys):
            speakers.setdefault(row.id, (row, set()))[1].add(keys[row.number])
    return delegates, speakers


def _list_keys(
    table: type[ProgrammeSession | PublishedSession], by_id: Mapping[str, Change]
) -> Mapping[int, str]:
    """The row's number -> the public id of the session: numbers are read and compared by the thousand, ids are long."""
    query = select(table.id, table.public_id).where(table.public_id.in_([UUID(key) for key in by_id]))
    if table is PublishedSession:
        query = query.where(PublishedSession.session_id.is_(None))  # of those that were deleted
    return {number: str(key) for number, key in db.session.execute(query).tuples()}


def _rows_of(query: Select[Any], keys: Mapping[int, str]) -> Iterable[Row[Any]]:
    """The rows about these sessions; the first column is the number of one."""
    return db.session.execute(query.where(query.selected_columns[0].in_(keys))) if keys else ()


_HERE = ProgrammeSession.id.label("number")
_GONE = PublishedSession.id.label("number")


def _signed_up(told_at: datetime | None) -> Select[Any]:
    query = (
        select(_HERE, SessionSignUp.registration_id, literal("agenda").label("part"))
        .join(ProgrammeSession, ProgrammeSession.id == SessionSignUp.programme_session_id)
        .where(SessionSignUp.state.in_(ON_AGENDA))
    )
    if told_at is None:
        return query
    # Somebody may have moved up to a seat since, and had the session on the agenda before.
    return query.where(or_(SessionSignUp.state == "seat", SessionSignUp.since <= told_at))


def _invited() -> Select[Any]:
    return select(_HERE, SessionInvitee.registration_id, literal("invited").label("part")).join(
        ProgrammeSession, ProgrammeSession.id == SessionInvitee.programme_session_id
    )


def _deleted() -> Select[Any]:
    return (
        select(_GONE, DeletedSessionPerson.registration_id, DeletedSessionPerson.part)
        .join(PublishedSession, PublishedSession.id == DeletedSessionPerson.published_session_id)
        .where(DeletedSessionPerson.registration_id.is_not(None))
    )


_SPEAKER = (Speaker.id, Speaker.registration_id, Speaker.email, Speaker.language)


def _speakers() -> Select[Any]:
    return (
        select(_HERE, *_SPEAKER)
        .join(ProgrammeSpeaker, ProgrammeSpeaker.programme_session_id == ProgrammeSession.id)
        .join(Speaker, Speaker.id == ProgrammeSpeaker.speaker_id)
        .where(ProgrammeSpeaker.state.in_(COMING))
    )


def _deleted_speakers() -> Select[Any]:
    return (
        select(_GONE, *_SPEAKER)
        .join(DeletedSessionPerson, DeletedSessionPerson.published_session_id == PublishedSession.id)
        .join(Speaker, Speaker.id == DeletedSessionPerson.speaker_id)
    )


def _list_registrations(numbers: Iterable[int]) -> dict[int, Row[Any]]:
    """Those of them that stand and can be written to."""
    found: dict[int, Row[Any]] = {}
    columns = (Registration.email, Registration.language, Registration.state, Registration.sector_code)
    for some in chunks(sorted(numbers)):
        wanted = (
            Registration.id.in_(some),
            Registration.state.in_(OPEN_STATES),
            Registration.erased_at.is_(None),
            Registration.email != "",
        )
        rows = db.session.execute(select(Registration.id, *columns).where(*wanted))
        found |= {row.id: row for row in rows}
    return found


def _person(
    by_id: Mapping[str, Change],
    parents: Mapping[str, str],
    made: Made,
    row: Row[Any],
    parts: _Parts,
    *,
    registration_id: int | None = None,
    speaker_id: int | None = None,
) -> Person:
    visitor = (
        Visitor(is_approved=row.state == "approved", sector=row.sector_code) if registration_id else None
    )
    reader = Reader(
        visitor=visitor,
        language=row.language,
        takes_part_in=frozenset(parts.people),
        invited_to=frozenset(parts.invited),
    )
    notices = list_notices(parts.list_concerning(by_id), reader, parents, made)
    return Person(
        registration_id=registration_id,
        speaker_id=speaker_id,
        email=row.email,
        language=row.language,
        sessions=[key for key, _ in notices],
        takes_part_in=[key for key, _ in notices if key in parts.people],
        invited_to=[key for key, _ in notices if key in parts.invited],
    )
