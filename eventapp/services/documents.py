"""Documents of a programme: papers, slides, recordings and outcomes, of a session or of the whole edition, in their order."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from eventapp.errors import Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import ProgrammeDocument, ProgrammeSession
from eventapp.rules.access import Actor
from eventapp.rules.body import moved
from eventapp.rules.document_access import check_access
from eventapp.rules.text import fits
from eventapp.services import audit, editions, versions

COLUMNS: Final = ("kind", "symbol", "revision", "title", "access", "session_id")


def list_documents(edition_id: int) -> Sequence[ProgrammeDocument]:
    """The documents of an edition in their order with their files; two queries. The caller has checked who may."""
    return db.session.scalars(
        select(ProgrammeDocument)
        .where(ProgrammeDocument.edition_id == edition_id)
        .options(selectinload(ProgrammeDocument.files))
        .order_by(ProgrammeDocument.position, ProgrammeDocument.id)
    ).all()


def find_numbers(edition_id: int, typed: str) -> list[int]:
    """The numbers of an edition's documents in their order; where something is typed, of those that have each word of it.

    In the title, the symbol, the revision or the session's title, in any language; one query.
    """
    query = (
        select(
            ProgrammeDocument.id,
            ProgrammeDocument.title,
            ProgrammeDocument.symbol,
            ProgrammeDocument.revision,
            ProgrammeSession.title,
        )
        .outerjoin(ProgrammeSession, ProgrammeSession.id == ProgrammeDocument.session_id)
        .where(ProgrammeDocument.edition_id == edition_id)
        .order_by(ProgrammeDocument.position, ProgrammeDocument.id)
    )
    return [
        number
        for number, title, symbol, revision, session in db.session.execute(query).tuples()
        if not typed or fits(typed, [*title.values(), symbol, revision, *(session or {}).values()])
    ]


def list_some(numbers: Sequence[int]) -> Sequence[ProgrammeDocument]:
    """The documents with these numbers, in their order with their files; two queries. The caller has checked who may."""
    return db.session.scalars(
        select(ProgrammeDocument)
        .where(ProgrammeDocument.id.in_(numbers))
        .options(selectinload(ProgrammeDocument.files))
        .order_by(ProgrammeDocument.position, ProgrammeDocument.id)
    ).all()


def get_document(edition_id: int, number: int) -> ProgrammeDocument:
    """A document of this edition; raises NotFound."""
    found = db.session.get(ProgrammeDocument, number)
    if found is None or found.edition_id != edition_id:
        raise NotFound("There is no such document.")
    return found


def create(actor: Actor, ordinal: int, values: Mapping[str, Any], *, now: datetime) -> ProgrammeDocument:
    """Add a document as the last of an edition; its files come afterwards. Refuses readers."""
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    _check(edition.id, values)
    last = select(func.max(ProgrammeDocument.position)).where(ProgrammeDocument.edition_id == edition.id)
    position = db.session.scalar(last)
    made = ProgrammeDocument(
        edition_id=edition.id, position=0 if position is None else position + 1, created_at=now, **values
    )
    db.session.add(made)
    db.session.flush()
    _, new = audit.differences({}, values)
    audit.record_of_edition(actor, "document.create", made, now=now, new=new)
    return made


def edit(
    actor: Actor, ordinal: int, number: int, values: Mapping[str, Any], *, version: int, now: datetime
) -> None:
    """Save what is said of a document that was read at `version`; refuses if somebody saved it since."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    _check(edition.id, values)
    document = get_document(edition.id, number)
    old, new = versions.write(document, values, version=version)
    if new:
        audit.record_of_edition(actor, "document.edit", document, now=now, old=old, new=new)


def move(actor: Actor, ordinal: int, number: int, *, up: bool, now: datetime) -> None:
    """Name a document earlier or later among those of its edition."""
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    document, rows = get_document(edition.id, number), list_documents(edition.id)
    for position, one in enumerate(moved(rows, document, up=up)):
        one.position = position
    db.session.flush()
    audit.record_of_edition(actor, "document.move", document, now=now, new={"up": up})


def remove(actor: Actor, ordinal: int, number: int, *, now: datetime) -> list[str]:
    """Remove a document with everything in it; gives the names of its files, which `documents_files.tidy` takes afterwards."""
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    return _remove(actor, get_document(edition.id, number), now)


def remove_of_session(actor: Actor, session: ProgrammeSession, *, now: datetime) -> list[str]:
    """The same with the documents of a session that is about to be deleted. The caller has checked who may."""
    return [name for document in list_of_session(session.id) for name in _remove(actor, document, now)]


def list_of_session(session_id: int) -> Sequence[ProgrammeDocument]:
    """The documents of a session in their order. The caller has checked who may."""
    wanted = select(ProgrammeDocument).where(ProgrammeDocument.session_id == session_id)
    return db.session.scalars(
        wanted.options(selectinload(ProgrammeDocument.files)).order_by(
            ProgrammeDocument.position, ProgrammeDocument.id
        )
    ).all()


def _remove(actor: Actor, document: ProgrammeDocument, now: datetime) -> list[str]:
    released = [one.stored_name for one in document.files if one.stored_name]
    _, old = audit.differences({}, {name: getattr(document, name) for name in COLUMNS})
    audit.record_of_edition(actor, "document.remove", document, now=now, old=old)
    db.session.delete(document)
    db.session.flush()
    return released


def _check(edition_id: int, values: Mapping[str, Any]) -> None:
    if not values["title"]:
        raise Invalid({"title": Refused("Please give a title in at least one language.")})
    if values["session_id"] is not None:
        session = db.session.get(ProgrammeSession, values["session_id"])
        if session is None or session.edition_id != edition_id:
            raise Invalid({"session_id": Refused("Please choose a session of the list.")})
    check_access(values["access"], values["session_id"])
