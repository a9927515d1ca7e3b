"""The programme is worked on in private and published: what would be told is looked at first, then told as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from eventapp.errors import Conflict
from eventapp.extensions import db
from eventapp.models import (
    Body,
    Edition,
    ProgrammePublication,
    PublishedSession,
)
from eventapp.rules.access import COMMAND, Actor
from eventapp.rules.programme_document import Change, Document, check_publication, digest_of, find_changes
from eventapp.services import audit, editions
from eventapp.services.programme_lines import PlaceLine, SessionLine, list_lines

_TIMES = ("starts_at", "ends_at")


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What publishing now would tell; the same digest means exactly the same programme."""

    changes: Sequence[Change]
    digest: str
    last: ProgrammePublication | None


def preview(edition: Edition) -> Preview:
    """What differs from what was published last; a handful of queries. The caller has checked who may look."""
    now = {str(one.public_id): document_of(one) for one in list_lines(edition.id)}
    return Preview(
        changes=find_changes(_list_told(edition.id), now),
        digest=digest_of(now),
        last=find_last(edition.id),
    )


def count_changes(edition: Edition, sessions: Sequence[SessionLine]) -> int:
    """How many of these sessions, which are all of the edition's, differ from what was published last; one query."""
    return len(
        find_changes(_list_told(edition.id), {str(one.public_id): document_of(one) for one in sessions})
    )


def publish(actor: Actor, ordinal: int, *, digest: str, now: datetime) -> ProgrammePublication:
    """Tell everybody the programme as it stands; refuses readers, an unchanged programme, and one changed since the preview.

    A session that was taken out stays as cancelled, so that calendars take it away.
    """
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    sessions = {str(one.public_id): one for one in list_lines(edition.id)}
    documents = {key: document_of(one) for key, one in sessions.items()}
    if digest != digest_of(documents):
        raise Conflict("The programme has been changed since you looked. Please look again.", code="changed")
    changes = find_changes(_list_told(edition.id), documents)
    check_publication(changes)
    known = {
        str(row.public_id): row
        for row in db.session.scalars(
            select(PublishedSession).where(PublishedSession.edition_id == edition.id)
        )
    }
    is_public = any(_is_public(known.get(one.id), documents.get(one.id)) for one in changes)
    for change in changes:
        _tell(edition.id, change, known.get(change.id), documents.get(change.id), sessions, now=now)
    last = find_last(edition.id)
    publication = ProgrammePublication(
        edition_id=edition.id,
        number=last.number + 1 if last else 1,
        published_at=now,
        published_by=actor.name,
        changes={one.id: asdict(one) for one in changes},
    )
    db.session.add(publication)
    db.session.flush()
    _record(actor, edition, publication, is_public=is_public, now=now)
    return publication


def _record(
    actor: Actor, edition: Edition, publication: ProgrammePublication, *, is_public: bool, now: datetime
) -> None:
    """Write it down. The date of the edition's last change, which everybody reads, tells nothing of closed sessions."""
    told = {"number": publication.number, "changes": len(publication.changes)}
    if is_public:
        audit.record_of_edition(actor, "programme.publish", edition, now=now, new=told)
        return
    audit.record(
        actor,
        "programme.publish",
        now=now,
        subject_type="edition",
        subject_id=edition.id,
        edition_id=edition.id,
        new=told,
    )


def _is_public(row: PublishedSession | None, document: Document | None) -> bool:
    """Whether everybody reads a session now, or did before."""
    return (row is not None and row.access == "all") or (document is not None and document["access"] == "all")


def publish_first(edition: Edition, *, now: datetime) -> None:
    """Publish a programme that was made as a whole: by the demonstration."""
    digest = digest_of({str(one.public_id): document_of(one) for one in list_lines(edition.id)})
    publish(COMMAND, edition.ordinal, digest=digest, now=now)


def document_of(session: SessionLine) -> Document:
    """A session as it would be told now; people who have not accepted are nobody's business yet."""
    return {
        "title": session.title,
        "kind": session.kind,
        "description": session.description,
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "room": session.room.names if session.room else None,
        "track": session.track.names if session.track else None,
        "floor_language": session.floor_language,
        "interpretation": list(session.interpretation),
        "access": session.access,
        "sectors": list(session.sectors) if session.access == "sectors" else [],
        "asks_sign_up": session.asks_sign_up,
        "capacity": session.capacity,
        "people": [_person(one) for one in session.speakers if one.state == "accepted"],
    }


def _person(place: PlaceLine) -> dict[str, Any]:
    speaker = place.speaker
    return {
        "id": str(speaker.public_id),
        "function": place.function,
        "name": speaker.name,
        "functional_title": speaker.functional_title,
        "organisation": speaker.organisation,
        "body": _body(speaker.body) if speaker.body else None,
    }


def _body(body: Body) -> dict[str, Any]:
    return {
        "id": str(body.public_id),
        "names": body.names,
        "acronym": body.acronym,
        "kind": body.kind,
        "country": body.country_code,
        "website": body.website,
    }


def _list_told(edition_id: int) -> Mapping[str, Document]:
    """What was published and still stands, in the shape of `document_of`."""
    wanted = (PublishedSession.edition_id == edition_id, PublishedSession.cancelled_at.is_(None))
    columns = (
        PublishedSession.public_id,
        PublishedSession.document,
        PublishedSession.access,
        PublishedSession.starts_at,
        PublishedSession.ends_at,
    )
    rows = db.session.execute(select(*columns).where(*wanted).order_by(PublishedSession.id))
    return {
        str(row.public_id): {
            **row.document,
            "access": row.access,
            "starts_at": row.starts_at.isoformat(),
            "ends_at": row.ends_at.isoformat(),
        }
        for row in rows
    }


def find_last(edition_id: int) -> ProgrammePublication | None:
    """The newest publication of an edition's programme."""
    wanted = ProgrammePublication.edition_id == edition_id
    newest = select(func.max(ProgrammePublication.number)).where(wanted).scalar_subquery()
    return db.session.scalar(
        select(ProgrammePublication).where(wanted, ProgrammePublication.number == newest)
    )


def _tell(
    edition_id: int,
    change: Change,
    row: PublishedSession | None,
    document: Document | None,
    sessions: Mapping[str, SessionLine],
    *,
    now: datetime,
) -> None:
    """Write one session as it is told from now on; its sequence grows whenever calendars have to look again."""
    if row is None:
        row = PublishedSession(edition_id=edition_id, public_id=UUID(change.id), sequence=-1)
        db.session.add(row)
    row.sequence += 1
    row.changed_at = now
    if document is None:
        row.cancelled_at = now
        return
    session = sessions[change.id]
    row.session_id, row.cancelled_at = session.id, None
    row.starts_at, row.ends_at, row.access = session.starts_at, session.ends_at, session.access
    row.document = {name: value for name, value in document.items() if name not in (*_TIMES, "access")}
