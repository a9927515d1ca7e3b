"""The version of public content: moves with every change that a public page shows, seen by every process."""

import mmap
import os
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session

from eventapp.config import Settings
from eventapp.extensions import db
from eventapp.models import (
    BadgeCategory,
    BadgeRule,
    Body,
    ContentVersion,
    Country,
    CountryRegion,
    DocumentFile,
    Edition,
    EditionBody,
    FigureClaim,
    Partnership,
    PrivacyNotice,
    ProgrammeDocument,
    Publication,
    PublishedSession,
    Region,
    RegionScheme,
    Sector,
    Speaker,
    Upload,
)

PUBLIC_TABLES = (
    BadgeCategory,
    BadgeRule,
    Body,
    Country,
    CountryRegion,
    DocumentFile,
    Edition,
    EditionBody,
    FigureClaim,
    Partnership,
    PrivacyNotice,
    ProgrammeDocument,
    Publication,
    PublishedSession,
    Region,
    RegionScheme,
    Sector,
    Speaker,
    Upload,
)
_MOVED = "eventapp.public_content_moved"
_WATCH = "eventapp.content_watch"
_POLL_SECONDS = 1.0
_STAMP_BYTES = 8
Version = tuple[bytes, int]
KEPT = "eventapp.kept"  # small facts that end with the version, see kept


@event.listens_for(Session, "after_flush")
def _notice(session: Session, _context: object) -> None:
    came_or_went = any(isinstance(item, PUBLIC_TABLES) for item in (*session.new, *session.deleted))
    if came_or_went or any(
        isinstance(item, PUBLIC_TABLES) and session.is_modified(item) for item in session.dirty
    ):
        session.info[_MOVED] = True


@event.listens_for(Session, "do_orm_execute")
def _notice_many(state: ORMExecuteState) -> None:
    """The same of a statement that changes many at once without passing through mapped objects."""
    mapper = state.bind_mapper
    if (state.is_update or state.is_delete or state.is_insert) and mapper and mapper.class_ in PUBLIC_TABLES:
        state.session.info[_MOVED] = True


def mark_if_public() -> bool:
    """Before a commit: move the number if anything public was written in this transaction."""
    session = db.session()
    if not session.info.pop(_MOVED, False):
        return False
    row = session.get(ContentVersion, 1, with_for_update=True)
    if row is None:
        session.add(ContentVersion(id=1, number=1))
    else:
        row.number += 1
    session.flush()
    session.info.pop(_MOVED, None)
    return True


def version_file(settings: Settings) -> Path:
    """Holds a stamp that is another one after every change made on this machine: reading it costs no query."""
    return settings.instance / "content-version"


def _stamp_anew(file: Path) -> None:
    """Written in place, never through a mapping: a full disk is then an error and not the end of the process."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    with file.open("r+b") as opened:
        opened.write(os.urandom(_STAMP_BYTES))


def _shared(file: Path) -> mmap.mmap | bytes:
    """The stamp as memory that all processes of this machine share; nothing where no file can be had, and the row alone tells."""
    try:
        if not file.exists() or file.stat().st_size < _STAMP_BYTES:
            _stamp_anew(file)
        with file.open("rb") as opened:
            return mmap.mmap(opened.fileno(), _STAMP_BYTES, access=mmap.ACCESS_READ)
    except OSError:
        return b""


class Watch:
    """Answers "which version?" without a query: a stamp for this machine, the row once a second for others.

    The stamp is read from memory. Asking the system about the file would let the other threads go first, with every kept page.
    """

    def __init__(self, file: Path, ask: Callable[[], int]) -> None:
        self._file = file
        self._ask = ask
        self._memory: mmap.mmap | bytes = b""
        self._stamp: bytes | None = None
        self._read_at = 0.0
        self._number: Version = (b"", -1)

    def number(self) -> Version:
        """The version now; two equal answers mean that nothing public changed between them."""
        stamp = self._memory[:]
        moment = time.monotonic()
        if stamp != self._stamp or moment - self._read_at > _POLL_SECONDS:
            self._read_at = moment
            self._memory = _shared(self._file)  # once more: somebody may have put another file in its place
            stamp = self._memory[:]
            self._number = (stamp, self._ask())
            self._stamp = stamp
        return self._number


def watch(app: Flask) -> Watch:
    """The one watch of an application; works outside a request. While the database does not answer, what was last known holds."""
    found: Watch | None = app.extensions.get(_WATCH)
    if found is None:
        found = app.extensions[_WATCH] = _watch(app)
    return found


def _watch(app: Flask) -> Watch:
    known = 0

    def ask() -> int:
        nonlocal known
        try:
            with app.app_context(), db.engine.connect() as connection:
                known = connection.scalar(select(ContentVersion.number).where(ContentVersion.id == 1)) or 0
        except SQLAlchemyError:
            return known
        return known

    return Watch(version_file(app.config["SETTINGS"]), ask)


def announce() -> None:
    """After a commit: let every process on this machine see at once that the version moved."""
    _stamp_anew(version_file(current_app.config["SETTINGS"]))
