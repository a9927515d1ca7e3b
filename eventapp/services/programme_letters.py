"""What a letter about a publication holds when it is sent: the publication's own words, as far as the person may learn them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import (
    OutboxMessage,
    ProgrammePublication,
    ProgrammeSession,
    Registration,
    SessionInvitee,
    Speaker,
)
from eventapp.rules.programme_document import read_changes
from eventapp.rules.programme_telling import Notice, Reader, list_notices
from eventapp.rules.session_access import Visitor
from eventapp.services import badges
from eventapp.services.programme_telling import KIND


@dataclass(frozen=True)
class Telling:
    """The notices of one letter in order, and the speaker it goes to where that is nobody who is registered."""

    notices: Sequence[Notice] = ()
    speaker: Speaker | None = None


def gather_tellings(
    messages: Sequence[OutboxMessage], registrations: Mapping[int, Registration]
) -> Mapping[int, Telling]:
    """Message's number -> what it tells, asked anew with what holds now; a handful of queries for a whole batch."""
    mine = [one for one in messages if one.kind == KIND]
    if not mine:
        return {}
    publications = _by_id(ProgrammePublication, {one.values.get("publication") for one in mine})
    speakers = _by_id(Speaker, {one.values.get("speaker") for one in mine})
    invited, parents = _list_invited(mine), badges.list_parents()
    found = {}
    for one in mine:
        registration = registrations.get(one.registration_id or 0)
        speaker = speakers.get(one.values.get("speaker"))
        publication = publications.get(one.values.get("publication"))
        notices: Sequence[Notice] = ()
        if publication is not None and (registration or speaker):
            now = invited.get(one.registration_id or 0, frozenset())
            notices = _list_notices(one, publication, registration, now, parents)
        found[one.id] = Telling(notices, speaker)
    return found


def _list_notices(
    message: OutboxMessage,
    publication: ProgrammePublication,
    registration: Registration | None,
    invited: frozenset[str],
    parents: Mapping[str, str],
) -> Sequence[Notice]:
    values, kept = message.values, publication.changes
    changes = read_changes({key: kept[key] for key in values["sessions"] if key in kept})
    # An invitation to a session that is no more went with it: what the message noted holds.
    gone = {one.id for one in changes if one.what == "removed"} & set(values["invited_to"])
    visitor = None
    if registration is not None:
        visitor = Visitor(is_approved=registration.state == "approved", sector=registration.sector_code)
    reader = Reader(
        visitor=visitor,
        language=message.language,
        takes_part_in=frozenset(values["takes_part_in"]),
        invited_to=invited | gone,
    )
    return [notice for _, notice in list_notices(changes, reader, parents)]


def _list_invited(messages: Sequence[OutboxMessage]) -> Mapping[int, frozenset[str]]:
    """Registration's number -> the sessions of these messages that the person is invited to now."""
    people = sorted({one.registration_id for one in messages if one.registration_id is not None})
    keys = {key for one in messages for key in one.values.get("invited_to", ())}
    if not keys:
        return {}
    query = (
        select(SessionInvitee.registration_id, ProgrammeSession.public_id)
        .join(ProgrammeSession, ProgrammeSession.id == SessionInvitee.programme_session_id)
        .where(
            SessionInvitee.registration_id.in_(people),
            ProgrammeSession.public_id.in_([UUID(key) for key in sorted(keys)]),
        )
    )
    found: dict[int, frozenset[str]] = {}
    for number, key in db.session.execute(query):
        found[number] = found.get(number, frozenset()) | {str(key)}
    return found


def _by_id(table: type[Any], numbers: set[Any]) -> dict[Any, Any]:
    wanted = sorted(one for one in numbers if one is not None)
    if not wanted:
        return {}
    return {one.id: one for one in db.session.scalars(select(table).where(table.id.in_(wanted)))}
