"""The files and addresses of documents, one for each language: taken by content, kept whole, handed out by who may read."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from eventapp.adapters.clamav import check_clean
from eventapp.adapters.document_content import JPEG, identify, picture
from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import DocumentFile, ProgrammeDocument
from eventapp.rules.access import Actor
from eventapp.rules.paper import name_as_sent
from eventapp.services import audit, documents, editions, private_files
from eventapp.services.private_files import Arriving


@dataclass(frozen=True, kw_only=True)
class PlacedFile:
    """A file that lies in the folder already, under a random name; its row is still to be written."""

    stored_name: str
    file_name: str
    media_type: str
    size: int
    sha256: str


@contextmanager
def received(
    part: Arriving, name: str, *, begin: Callable[[], Arriving], scanner: str
) -> Iterator[PlacedFile]:
    """Look at a file that has come in whole and place it; it is gone again if the block raises. Outside of any transaction.

    Refuses what is no PDF, office file or image by its content, and what the scanner does not find clean.
    """
    check_clean(part, scanner)
    kind = identify(part)
    if kind is None:
        image = begin()
        image.write(picture(part))
        part, kind = image, JPEG
    with private_files.settled(part, kind.ending) as stored_name:
        yield PlacedFile(
            stored_name=stored_name,
            file_name=name_as_sent(name, f".{kind.ending}"),
            media_type=kind.media_type,
            size=part.size,
            sha256=part.sha256,
        )


def put(
    actor: Actor, ordinal: int, number: int, language: str, ready: PlacedFile, *, now: datetime
) -> list[str]:
    """Keep a file as the document in one language; refuses readers. The address of what was there stays.

    Gives the names of files that it takes the place of, for `tidy`.
    """
    values = {
        "stored_name": ready.stored_name,
        "file_name": ready.file_name,
        "url": "",
        "media_type": ready.media_type,
        "size": ready.size,
        "sha256": ready.sha256,
    }
    return _put(actor, ordinal, number, language, values, now=now)


def put_address(
    actor: Actor, ordinal: int, number: int, language: str, url: str, *, now: datetime
) -> list[str]:
    """The same with an address, of a recording most often."""
    values = {"stored_name": None, "file_name": "", "url": url, "media_type": "", "size": 0, "sha256": ""}
    return _put(actor, ordinal, number, language, values, now=now)


def _put(
    actor: Actor, ordinal: int, number: int, language: str, values: dict[str, Any], *, now: datetime
) -> list[str]:
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    document = documents.get_document(edition.id, number)
    row = next((one for one in document.files if one.language == language), None)
    old = _told(row) if row else {}
    released = _names_of(row) if row else []
    if row is None:
        row = DocumentFile(language=language)
        document.files.append(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.uploaded_at, row.uploaded_by = now, actor.name
    db.session.flush()
    audit.record_of_edition(actor, "document.put_file", document, now=now, old=old, new=_told(row))
    return released


def _names_of(row: DocumentFile) -> list[str]:
    return [row.stored_name] if row.stored_name else []


def _told(row: DocumentFile) -> dict[str, Any]:
    return {"document_language": row.language, "file": row.file_name or row.url}


def get_file(document: ProgrammeDocument, public_id: UUID) -> DocumentFile:
    """One language of this document; raises NotFound for another one's."""
    for one in document.files:
        if one.public_id == public_id:
            return one
    raise NotFound("There is no such document.")


def remove_file(actor: Actor, ordinal: int, number: int, public_id: UUID, *, now: datetime) -> list[str]:
    """Take one language of a document away; gives the name of its file, for `tidy`. Refuses readers."""
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    document = documents.get_document(edition.id, number)
    row = get_file(document, public_id)
    audit.record_of_edition(actor, "document.remove_file", document, now=now, old=_told(row))
    released = _names_of(row)
    document.files.remove(row)
    db.session.flush()
    return released


def find_for_desk(actor: Actor, ordinal: int, public_id: UUID) -> DocumentFile:
    """A file for the secretariat, whoever else may read it; raises NotFound for one of another edition."""
    edition = editions.get_edition(actor, ordinal)
    query = select(DocumentFile).join(ProgrammeDocument, ProgrammeDocument.id == DocumentFile.document_id)
    found = db.session.scalar(
        query.where(DocumentFile.public_id == public_id, ProgrammeDocument.edition_id == edition.id)
    )
    if found is None or found.stored_name is None:
        raise NotFound("There is no such document.")
    return found


def path_of(file: DocumentFile, folder: Path) -> Path:
    """Where a file lies; raises NotFound for an address, which has none."""
    return private_files.path_of(file.stored_name or "", folder)


def tidy(folder: Path, released: Collection[str] = ()) -> int:
    """Take away the files that no document has any more, and say how many; none while a backup is taken.

    After the commit of whatever removed them; `released` are their names.
    """

    def list_names() -> tuple[Collection[str], Collection[str]]:
        there = DocumentFile.stored_name.is_not(None)
        return set(db.session.scalars(select(DocumentFile.stored_name).where(there))), set(released)

    return private_files.tidy(folder, list_names)
