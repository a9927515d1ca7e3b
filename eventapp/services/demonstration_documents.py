"""Papers, slides and portraits of the demonstration, all made up and marked so: set once, then kept as uploads would be."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from eventapp.adapters.images import ReadyImage
from eventapp.adapters.papers import ReadyPaper
from eventapp.adapters.typesetting import write_papers
from eventapp.extensions import db
from eventapp.models import Delegation, Edition, ProgrammeSession, ProgrammeSpeaker, Speaker
from eventapp.rules.access import Actor
from eventapp.rules.paper import PDF
from eventapp.services import credentials, documents, documents_files, private_files, uploads
from eventapp.services.credentials import PlacedPaper
from eventapp.services.documents_files import PlacedFile

DATA: Final = Path(__file__).resolve().parent.parent / "data" / "demonstration-documents.json"
NOTES: Final = 3  # delegations whose credentials are there as a paper
SIDE: Final = 400  # pixels of a portrait
_HEADING: Final = "# "


@dataclass(frozen=True, kw_only=True)
class Files:
    """What lies in the folders already; the rows are still to be written."""

    papers: Mapping[tuple[str, str], PlacedFile]  # by document and language
    notes: Sequence[PlacedPaper]
    portraits: Sequence[ReadyImage]
    uploads: Path


@contextmanager
def placed(
    folders: Mapping[str, Path], conference: Mapping[str, str], *, year: int, now: datetime
) -> Iterator[Files]:
    """Set every file and put it into `documents` or `credentials`; all are gone again if the block raises.

    Outside of any transaction. Takes a process of its own for a third of a second.
    """
    data = read()
    ordered = {**_papers(data, conference, year), **_others(data, conference)}
    made = write_papers(folders["documents"] / ".demonstration", ordered, made_at=now)
    with ExitStack() as stack:
        papers = {}
        for row in data["documents"]:
            for language in row.get("lines", ()):
                content = made[_name(row, language)]
                stored = stack.enter_context(private_files.placed(content, folders["documents"], "pdf"))
                papers[row["name"], language] = _file(stored, _name(row, language), content)
        note = made["note-verbale.pdf"]
        paper = ReadyPaper(content=note, sha256=_digest(note), media_type=PDF, file_name="note-verbale.pdf")
        yield Files(
            papers=papers,
            notes=[
                stack.enter_context(credentials.placed(paper, folders["credentials"])) for _ in range(NOTES)
            ],
            portraits=[_image(made[f"{place}.png"]) for place in range(len(data["portraits"]))],
            uploads=folders["uploads"],
        )


def read() -> Mapping[str, Any]:
    """What the files hold."""
    found: Mapping[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return found


def _name(row: Mapping[str, Any], language: str) -> str:
    return f"{row['name']}-{language}.pdf"


def _papers(
    data: Mapping[str, Any], conference: Mapping[str, str], year: int
) -> dict[str, tuple[str, Mapping[str, Any]]]:
    return {
        _name(row, language): (
            "paper.typ",
            {
                "shape": "slides" if row["kind"] == "slides" else "paper",
                "title": row["title"][language],
                "symbol": "/".join(part for part in (_symbol(row, year), row["revision"]) if part),
                **_page(data, conference, language, lines),
            },
        )
        for row in data["documents"]
        for language, lines in row.get("lines", {}).items()
    }


def _others(
    data: Mapping[str, Any], conference: Mapping[str, str]
) -> dict[str, tuple[str, Mapping[str, Any]]]:
    note = data["note_verbale"]
    page = _page(data, conference, "en", note["lines"])
    found: dict[str, tuple[str, Mapping[str, Any]]] = {
        f"{place}.png": ("portrait.typ", one) for place, one in enumerate(data["portraits"])
    }
    return found | {
        "note-verbale.pdf": ("paper.typ", {"shape": "paper", "title": note["title"], "symbol": "", **page})
    }


def _page(
    data: Mapping[str, Any], conference: Mapping[str, str], language: str, lines: Sequence[str]
) -> dict[str, Any]:
    return {
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "conference": conference[language],
        "made_up": data["made_up"][language],
        "lines": [
            {"is_heading": line.startswith(_HEADING), "text": line.removeprefix(_HEADING)} for line in lines
        ],
    }


def _symbol(row: Mapping[str, Any], year: int) -> str:
    return str(row["symbol"]).format(year=year)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _file(stored: str, name: str, content: bytes) -> PlacedFile:
    return PlacedFile(
        stored_name=stored, file_name=name, media_type=PDF, size=len(content), sha256=_digest(content)
    )


def _image(content: bytes) -> ReadyImage:
    return ReadyImage(
        content=content, sha256=_digest(content), media_type="image/png", width=SIDE, height=SIDE
    )


def make(actor: Actor, edition: Edition, files: Files, *, now: datetime) -> None:
    """Write the rows: documents of the edition and of its sessions, portraits of speakers, papers of delegations."""
    assert edition.starts_on is not None
    data, year = read(), edition.starts_on.year
    here = ProgrammeSession.edition_id == edition.id
    sessions = db.session.scalars(select(ProgrammeSession.id).where(here).order_by(ProgrammeSession.id)).all()
    for row in data["documents"]:
        values = {name: row[name] for name in ("kind", "revision", "title", "access")}
        values["session_id"] = sessions[row["session"]] if "session" in row else None
        number = documents.create(
            actor, edition.ordinal, {**values, "symbol": _symbol(row, year)}, now=now
        ).id
        for language in row.get("lines", ()):
            ready = files.papers[row["name"], language]
            documents_files.put(actor, edition.ordinal, number, language, ready, now=now)
        for language, url in row.get("addresses", {}).items():
            there = url.format(year=year)
            documents_files.put_address(actor, edition.ordinal, number, language, there, now=now)
    _portray(edition, data["portraits"], files, now)
    wanted = (Delegation.edition_id == edition.id, Delegation.credentials.in_(("copy", "original")))
    owing = db.session.scalars(select(Delegation).where(*wanted).order_by(Delegation.id).limit(NOTES))
    for delegation, note in zip(owing, files.notes, strict=False):
        credentials.keep(actor, delegation, note, now=now)


def _portray(edition: Edition, portraits: Sequence[Mapping[str, Any]], files: Files, now: datetime) -> None:
    """Some speakers have a picture; the others are shown by their initials."""
    here = select(ProgrammeSpeaker.speaker_id).join(ProgrammeSession)
    theirs = Speaker.id.in_(here.where(ProgrammeSession.edition_id == edition.id))
    speakers = db.session.scalars(select(Speaker).where(theirs).order_by(Speaker.id)).all()
    for row, image in zip(portraits, files.portraits, strict=True):
        upload = uploads.keep(image, folder=files.uploads, now=now)
        speakers[row["speaker"]].picture_id = upload.id
    db.session.flush()
