"""Telling those concerned of a publication: one letter each, at most once, written for thousands in a handful of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import func, insert, select

from eventapp.errors import Conflict, NotFound
from eventapp.extensions import db
from eventapp.models import Edition, OutboxMessage, ProgrammePublication
from eventapp.rules.access import Actor
from eventapp.rules.programme_document import Change, read_changes
from eventapp.rules.programme_telling import TELLING_STATES, list_to_tell
from eventapp.services import audit, links
from eventapp.services.editions import get_edition_to_edit, lock_edition
from eventapp.services.programme_concerned import (
    Person,
    count_by_session,
    find_people,
    is_anybody_concerned,
)

KIND: Final = "programme_changed"


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """Whom letters would reach: how many people, and of each session how many are told of it."""

    people: int
    sessions: Mapping[str, int]


NOBODY: Final = Outlook(people=0, sessions={})


def list_publications(edition_id: int, *, offset: int, limit: int) -> Sequence[ProgrammePublication]:
    """One page of an edition's publications, the newest first. The caller has checked who looks."""
    query = select(ProgrammePublication).where(ProgrammePublication.edition_id == edition_id)
    return db.session.scalars(
        query.order_by(ProgrammePublication.number.desc()).offset(offset).limit(limit)
    ).all()


def count_publications(edition_id: int) -> int:
    """How often the programme of an edition was published."""
    wanted = ProgrammePublication.edition_id == edition_id
    return db.session.scalar(select(func.count()).select_from(ProgrammePublication).where(wanted)) or 0


def get_publication(edition_id: int, number: int) -> ProgrammePublication:
    """A publication by its number, read afresh; raises NotFound."""
    wanted = (ProgrammePublication.edition_id == edition_id, ProgrammePublication.number == number)
    query = select(ProgrammePublication).where(*wanted).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("There is no such publication of the programme.")
    return found


def look_ahead(edition: Edition, changes: Sequence[Change], *, now: datetime) -> Outlook:
    """Whom letters about these changes would reach if they were published now."""
    return _outlook(_list_telling(edition, changes, now), None)


def look_at(edition: Edition, publication: ProgrammePublication, *, now: datetime) -> Outlook:
    """Whom letters about a publication would reach now; nobody once they were told."""
    if publication.told_at is not None:
        return NOBODY
    return _outlook(_list_current(edition, publication, now), publication.published_at)


def _outlook(changes: Sequence[Change], told_at: datetime | None) -> Outlook:
    people = find_people(changes, told_at=told_at)
    return Outlook(people=len(people), sessions=count_by_session(people))


def is_owed(edition: Edition, publication: ProgrammePublication, *, now: datetime) -> bool:
    """Whether people may be waiting to be told of a publication: a quick look for a page that many open."""
    if publication.told_at is not None:
        return False
    return is_anybody_concerned(_list_current(edition, publication, now))


def tell(actor: Actor, ordinal: int, number: int, *, now: datetime, secret: str) -> int:
    """Write one letter to everybody whom a publication concerns, in their language, and say to how many.

    Refuses readers, and a publication of which people were told already. Where it concerns nobody, nothing is noted.
    """
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    publication = get_publication(edition.id, number)
    if publication.told_at is not None:
        raise Conflict("Those concerned have been told already. Nobody was written to twice.", code="told")
    people = find_people(_list_current(edition, publication, now), told_at=publication.published_at)
    if not people:
        return 0
    _enqueue(edition, publication, people, now=now, secret=secret)
    publication.told_at, publication.told_by, publication.told_people = now, actor.name, len(people)
    db.session.flush()
    new = {"number": number, "recipients": len(people)}
    audit.record(
        actor,
        "programme.tell",
        now=now,
        subject_type="edition",
        subject_id=edition.id,
        edition_id=edition.id,
        new=new,
    )
    return len(people)


def _list_current(edition: Edition, publication: ProgrammePublication, now: datetime) -> list[Change]:
    """What letters about a publication tell: not what a later one changed again, which would be wrong by now."""
    later = select(ProgrammePublication.changes).where(
        ProgrammePublication.edition_id == publication.edition_id,
        ProgrammePublication.number > publication.number,
    )
    again = {key for changes in db.session.scalars(later) for key in changes}
    return _list_telling(
        edition, [one for one in read_changes(publication.changes) if one.id not in again], now
    )


def _list_telling(edition: Edition, changes: Sequence[Change], now: datetime) -> list[Change]:
    return list_to_tell(changes, now=now) if edition.state in TELLING_STATES else []


def _enqueue(
    edition: Edition,
    publication: ProgrammePublication,
    people: Sequence[Person],
    *,
    now: datetime,
    secret: str,
) -> None:
    numbers = [one.registration_id for one in people if one.registration_id is not None]
    own = links.ensure_registration_links(numbers, secret=secret, now=now)
    rows = [
        {
            "public_id": message_id(edition.public_id, publication.number, one),
            "kind": KIND,
            "language": one.language,
            "recipient": one.email,
            "values": {
                "publication": publication.id,
                "speaker": one.speaker_id,
                "sessions": list(one.sessions),
                "takes_part_in": list(one.takes_part_in),
                "invited_to": list(one.invited_to),
            },
            "registration_id": one.registration_id,
            "link_id": own.get(one.registration_id or 0),
            "edition_id": edition.id,
            "created_at": now,
            "next_attempt_at": now,
        }
        for one in people
    ]
    db.session.execute(insert(OutboxMessage), rows)


def message_id(edition: UUID, number: int, person: Person) -> UUID:
    """The one id that the letter to somebody about a publication can have: nobody can be told twice of one."""
    who = f"speaker:{person.speaker_id}" if person.speaker_id else f"registration:{person.registration_id}"
    return uuid5(edition, f"programme:{number}:{who}")
