"""The version of public content: moves with every change that a public page shows, seen by every process."""

import os
import time
from pathlib import Path

from flask import current_app
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from eventapp.extensions import db
from eventapp.models import (
    Body,
    ContentVersion,
    Country,
    Edition,
    EditionBody,
    FigureClaim,
    Partnership,
    PrivacyNotice,
    ProgrammeSession,
    ProgrammeSpeaker,
    Room,
    Sector,
    Speaker,
    Upload,
)

PUBLIC_TABLES = (
    Body,
    Country,
    Edition,
    EditionBody,
    FigureClaim,
    Partnership,
    PrivacyNotice,
    ProgrammeSession,
    ProgrammeSpeaker,
    Room,
    Sector,
    Speaker,
    Upload,
)
_MOVED = "eventapp.public_content_moved"
_POLL_SECONDS = 1.0


@event.listens_for(Session, "after_flush")
def _notice(session: Session, _context: object) -> None:
    if any(isinstance(item, PUBLIC_TABLES) for item in (*session.new, *session.dirty, *session.deleted)):
        session.info[_MOVED] = True


def touch(session: Session) -> None:
    """Say that public content moved, where a statement did not pass through mapped objects."""
    session.info[_MOVED] = True


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


class Watch:
    """Answers "which version?" without a query: a file's time for this machine, the row once a second for others."""

    def __init__(self, file: Path) -> None:
        self.file = str(file)
        self._stamp = -1
        self._read_at = 0.0
        self._number = 0

    def number(self) -> int:
        """The version now; needs an application context only when it must ask the database."""
        try:
            stamp = os.stat(self.file).st_mtime_ns  # noqa: PTH116 - on the path of every cached page
        except FileNotFoundError:
            stamp = 0
        moment = time.monotonic()
        if stamp != self._stamp or moment - self._read_at > _POLL_SECONDS:
            self._number = self._ask()
            self._stamp, self._read_at = stamp, moment
        return self._number

    def _ask(self) -> int:
        with db.engine.connect() as connection:
            return connection.scalar(select(ContentVersion.number).where(ContentVersion.id == 1)) or 0


def announce() -> None:
    """After a commit: let every process on this machine see at once that the version moved."""
    path = Path(current_app.config["SETTINGS"].instance) / "content-version"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(time.time_ns()), encoding="ascii")
