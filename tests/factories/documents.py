"""Documents of a programme with their files, for tests."""

import hashlib
import io
import secrets
from pathlib import Path

from eventapp.extensions import db
from eventapp.models import DocumentFile, Edition, ProgrammeDocument, ProgrammeSession
from tests.factories.editions import CLOCK_STANDS_AT


def pdf(inside: bytes = b"") -> bytes:
    """The smallest PDF that holds together, with something in it."""
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n" + inside
    return head + b"xref\n0 1\n0000000000 65535 f \ntrailer<<>>\nstartxref\n%d\n%%%%EOF\n" % len(head)


def make_document(
    edition: Edition, session: ProgrammeSession | None = None, **overrides
) -> ProgrammeDocument:
    """A saved document without a file; of a session, then as the session is, or of the edition and open to all."""
    values = {
        "edition_id": edition.id,
        "session_id": session.id if session else None,
        "kind": "paper",
        "title": {"en": "A paper"},
        "access": "session" if session else "all",
        "created_at": CLOCK_STANDS_AT,
        **overrides,
    }
    made = ProgrammeDocument(**values)
    db.session.add(made)
    db.session.flush()
    return made


def make_file(
    document: ProgrammeDocument, folder: Path, content: bytes | None = None, **overrides
) -> DocumentFile:
    """A saved file of a document, with its content in the folder."""
    data = pdf() if content is None else content
    name = f"{secrets.token_hex(16)}.pdf"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    values = {
        "language": "en",
        "stored_name": name,
        "file_name": "paper.pdf",
        "media_type": "application/pdf",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "uploaded_at": CLOCK_STANDS_AT,
        "uploaded_by": "Omar",
        **overrides,
    }
    made = DocumentFile(**values)
    document.files.append(made)
    db.session.flush()
    return made


def sent(content: bytes, name: str, language: str = "en", **more: str) -> dict[str, object]:
    """What a form with a file sends."""
    return {"document_language": language, "file": (io.BytesIO(content), name), **more}
