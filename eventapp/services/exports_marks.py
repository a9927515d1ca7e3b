"""Which people a list took along, and up to which entry of their history: noted while it is written, kept once it has arrived."""

import json
from array import array
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select, text

from eventapp.extensions import db
from eventapp.models import AuditEntry, Registration
from eventapp.models.base import Instant

CHUNK: Final = 5_000  # rows marked in one transaction: pages get their turn between two of them
MOST_BYTES: Final = 400_000  # kept in memory: of 50,000 people
# After these a row of the list reads as before.
QUIET: Final = tuple(
    f"registration.{verb}"
    for verb in (
        *("resend", "mail", "send_link", "export_own", "different"),
        *("make_calendar", "revoke_calendar"),
    )
)
_MINE: Final = (
    AuditEntry.subject_type == "registration",
    AuditEntry.subject_id == Registration.id,
)


class Taken:
    """The numbers of people and of their latest entries, two by two; those of a long list wait in a file without a name."""

    def __init__(self, at: datetime) -> None:
        """Of a list of that moment, with nobody yet."""
        self.at = at
        self._numbers = SpooledTemporaryFile(MOST_BYTES)  # noqa: SIM115 - closed when it is forgotten, or has served

    def note(self, rows: Sequence[Any]) -> None:
        """Rows that end with the number of the person and of the latest entry."""
        numbers = array("i")
        for row in rows:
            numbers.extend(row[-2:])
        self._numbers.write(numbers.tobytes())

    def read(self, numbers: IO[bytes]) -> None:
        """What was kept beside a file."""
        copyfileobj(numbers, self._numbers)

    def forget(self) -> None:
        """Begin again: the list is written from its beginning."""
        self._numbers.close()
        self._numbers = SpooledTemporaryFile(MOST_BYTES)  # noqa: SIM115 - as above

    def chunks(self) -> Iterator[tuple[datetime, Sequence[int]]]:
        """What is marked in one transaction each; once."""
        with self._numbers as kept:
            kept.seek(0)
            while part := kept.read(CHUNK * 2 * array("i").itemsize):
                yield self.at, array("i", part)

    def keep(self, path: Path) -> None:
        """Write it down beside a file that is fetched later, for its owner's eyes."""
        path.touch(mode=0o600)
        with path.open("wb") as file, self._numbers as kept:
            kept.seek(0)
            file.write(f"{self.at.isoformat()}\n".encode())
            copyfileobj(kept, file)


def find_kept(path: Path) -> Taken:
    """What was written down beside a file; nobody where nothing was, as beside a list from before there were marks."""
    if not path.exists():
        return Taken(datetime.min.replace(tzinfo=UTC))
    with path.open("rb") as file:
        kept = Taken(datetime.fromisoformat(file.readline().decode().strip()))
        kept.read(file)
    return kept


def mark(at: datetime, numbers: Sequence[int]) -> None:
    """Set the mark at one chunk of people, in one statement.

    A list that was taken later goes before one that arrives later. The version stays: it belongs to whoever has the
    person's form open.
    """
    if not numbers:
        return
    is_sqlite = db.engine.dialect.name == "sqlite"
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    given: dict[str, object] = (
        {"pairs": json.dumps(pairs)}
        if is_sqlite
        else {"people": [person for person, _ in pairs], "entries": [entry for _, entry in pairs]}
    )
    statement = text(_MARK.format(source=_SOURCES[is_sqlite])).bindparams(bindparam("at", type_=Instant))
    db.session.connection().execute(statement, {"at": at, **given})


# The numbers travel as one value each: bound one by one they would cost more than the list itself.
_MARK: Final = (
    "UPDATE registration SET exported_at = :at, exported_entry_id = taken.entry FROM {source}"
    " WHERE registration.id = taken.person AND (exported_at IS NULL OR exported_at <= :at)"
)
_SOURCES: Final = {
    True: "(SELECT json_extract(value, '$[0]') AS person, json_extract(value, '$[1]') AS entry"
    " FROM json_each(:pairs)) AS taken",
    False: "unnest(CAST(:people AS INTEGER[]), CAST(:entries AS INTEGER[])) AS taken (person, entry)",
}


def latest_entry() -> ColumnElement[int]:
    """The number of a registration's latest entry, read from the index of the history alone; 0 where it has none."""
    latest = select(func.max(AuditEntry.id)).where(*_MINE).correlate(Registration).scalar_subquery()
    return func.coalesce(latest, 0)


def is_taken(*, is_wanted: bool) -> ColumnElement[bool]:
    """The condition for people who were taken along and have not changed since, or for everybody else.

    Entries are compared by their numbers and not by their moments: a change is dated when it is asked for, and may be
    written after a list that is dated later.
    """
    newer = (AuditEntry.id > Registration.exported_entry_id, AuditEntry.action.not_in(QUIET))
    has_changed = exists().where(*_MINE, *newer).correlate(Registration)
    if is_wanted:
        return Registration.exported_at.is_not(None) & ~has_changed
    return or_(Registration.exported_at.is_(None), has_changed)


def has_changed_since(edition_id: int, moment: datetime) -> ColumnElement[bool]:
    """The condition for people of an edition whose history has an entry from that moment on."""
    changed = select(AuditEntry.subject_id).where(
        AuditEntry.edition_id == edition_id,
        AuditEntry.subject_type == "registration",
        AuditEntry.at >= moment,
        AuditEntry.action.not_in(QUIET),
    )
    return Registration.id.in_(changed)


def may_be_listed(*, is_for_changes: bool, since: str) -> ColumnElement[bool]:
    """The condition for who stands in a list: everybody but the erased.

    A list of changes names the erased too, with nothing but what is counted, so that other systems forget them; without
    a moment only those whom another system has.
    """
    is_there = Registration.erased_at.is_(None)
    if not is_for_changes:
        return is_there
    return or_(
        is_there, Registration.erased_at.is_not(None) if since else Registration.exported_at.is_not(None)
    )
