"""Which documents somebody may read: asked where rows are read, with the rule of the sessions themselves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import selectinload

from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import DocumentFile, Edition, ProgrammeDocument, PublishedSession, Registration
from eventapp.rules.document_access import access_of
from eventapp.rules.edition import PUBLIC_STATES
from eventapp.rules.session_access import Visitor, may_come
from eventapp.services import agenda

ANYBODY: Final = Visitor(is_approved=False, sector="")
# A session that was taken out lets nobody in, and with that nobody to what follows it.
_OF_SESSION: Final = and_(
    PublishedSession.session_id == ProgrammeDocument.session_id, PublishedSession.cancelled_at.is_(None)
)
_IN_ORDER: Final = (ProgrammeDocument.position, ProgrammeDocument.id)
Row = tuple[ProgrammeDocument, PublishedSession | None]


@dataclass(frozen=True, kw_only=True)
class Readable:
    """The documents that somebody may read, in their order: under sessions that are open to them, and the others."""

    by_session: Mapping[str, Sequence[ProgrammeDocument]]  # the session's public id
    others: Sequence[ProgrammeDocument]


def list_public(edition: Edition) -> Readable:
    """What everybody may read of an edition that is public; two queries."""
    return _readable(_list(edition.id), ANYBODY, {})


def list_for(registration: Registration) -> Readable:
    """What the owner of a private link may read of the edition; four queries."""
    return _readable(_list(registration.edition_id), agenda.visitor_of(registration), agenda.list_parents())


def get_public_file(public_id: UUID) -> DocumentFile:
    """A file that everybody may read; raises NotFound for any other, as for one that never was."""
    public = select(Edition.id).where(Edition.state.in_(PUBLIC_STATES))
    return _get_file(public_id, ProgrammeDocument.edition_id.in_(public), ANYBODY, {})


def get_file_for(registration: Registration, public_id: UUID) -> DocumentFile:
    """A file that the owner of a private link may read; raises NotFound for any other."""
    here = ProgrammeDocument.edition_id == registration.edition_id
    return _get_file(public_id, here, agenda.visitor_of(registration), agenda.list_parents())


def _list(edition_id: int) -> Iterable[Row]:
    query = select(ProgrammeDocument, PublishedSession).outerjoin(PublishedSession, _OF_SESSION)
    wanted = (ProgrammeDocument.edition_id == edition_id, ProgrammeDocument.files.any())
    loaded = query.where(*wanted).options(selectinload(ProgrammeDocument.files))
    return db.session.execute(loaded.order_by(*_IN_ORDER)).tuples().all()


def _readable(rows: Iterable[Row], visitor: Visitor, parents: Mapping[str, str]) -> Readable:
    by_session: dict[str, list[ProgrammeDocument]] = {}
    others: list[ProgrammeDocument] = []
    for document, session in rows:
        if not _may_read(document, session, visitor, parents):
            continue
        if session is not None and _may(session.access, session, visitor, parents):
            by_session.setdefault(str(session.public_id), []).append(document)
        else:  # of the edition, or of a session that is not told
            others.append(document)
    return Readable(by_session=by_session, others=others)


def _get_file(public_id: UUID, wanted: object, visitor: Visitor, parents: Mapping[str, str]) -> DocumentFile:
    query = (
        select(DocumentFile, ProgrammeDocument, PublishedSession)
        .join(ProgrammeDocument, ProgrammeDocument.id == DocumentFile.document_id)
        .outerjoin(PublishedSession, _OF_SESSION)
        .where(DocumentFile.public_id == public_id, wanted)  # type: ignore[arg-type]  # a condition of either caller
    )
    found = db.session.execute(query).tuples().first()
    if found is None or found[0].stored_name is None or not _may_read(found[1], found[2], visitor, parents):
        raise NotFound("There is no such document.")
    return found[0]


def _may_read(
    document: ProgrammeDocument,
    session: PublishedSession | None,
    visitor: Visitor,
    parents: Mapping[str, str],
) -> bool:
    return _may(access_of(document.access, session.access if session else None), session, visitor, parents)


def _may(access: str, session: PublishedSession | None, visitor: Visitor, parents: Mapping[str, str]) -> bool:
    return may_come(
        visitor,
        access=access,
        sectors=session.document["sectors"] if session else (),
        session=session.session_id if session else None,
        parents=parents,
    )
