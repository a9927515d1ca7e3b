"""Backup of database, uploads, credentials and documents into one file, taken while the service runs and read again before it counts."""

import hashlib
import io
import json
import os
import re
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.rules.access import Actor
from eventapp.rules.spreadsheet import stamp
from eventapp.services import audit, backup_tables, readiness
from eventapp.services.uploads import untouched

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
DATABASE: Final = "database"
_FILE: Final = re.compile(r"(uploads|credentials|documents)(/[A-Za-z0-9][A-Za-z0-9._-]*)+", re.ASCII)
_LARGEST_MANIFEST: Final = 64 * 1024 * 1024


@dataclass(frozen=True)
class Entry:
    """A file of the backup: its length and checksum."""

    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup says about itself, first of all its files."""

    format: int
    engine: str  # sqlite: the database file; postgresql: rows of every table as JSON lines
    revision: str
    taken_at: str
    files: Mapping[str, Entry]


def note(actor: Actor, action: str, *, now: datetime) -> None:
    """Write down that a backup, which holds personal data, is taken or restored. Commit before it is taken."""
    audit.record(actor, action, now=now, subject_type="backup")


def write(target: Path, *, uploads: Path, credentials: Path, documents: Path, now: datetime) -> Manifest:
    """Take a backup: whole and checked, or not at all. Only whoever runs the service may read the file."""
    made = tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.")
    with made as folder, untouched(uploads), untouched(credentials), untouched(documents):
        dump = Path(folder) / DATABASE
        (_dump_sqlite if engine_name() == "sqlite" else backup_tables.dump)(dump)
        paths = {
            DATABASE: dump,
            **dict(_list_files("uploads", uploads)),
            **dict(_list_files("credentials", credentials)),
            **dict(_list_files("documents", documents)),
        }
        manifest = Manifest(
            format=FORMAT,
            engine=engine_name(),
            revision=readiness.find_revision() or "",
            taken_at=stamp(now),
            files={name: _entry_of(path) for name, path in paths.items()},
        )
        part = target.with_name(target.name + ".part")
        try:
            _pack(part, manifest, paths)
            check(part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    _sync_folder(target.parent)
    return manifest


def check(file: Path) -> Manifest:
    """Read a whole backup and compare every file with its checksum; refuses anything else in it."""
    with _opened(file) as archive:
        manifest = _read_manifest(archive)
        seen: set[str] = set()
        for member in iter(archive.next, None):
            entry = _expected(manifest, member, seen)
            stream = archive.extractfile(member)
            assert stream is not None
            if _digest(stream) != entry:
                raise damaged()
        if seen != set(manifest.files):
            raise damaged()
    return manifest


def unpack(file: Path, folder: Path) -> Manifest:
    """Unpack a backup that `check` has passed into an empty folder; nothing is ever written outside of it."""
    with _opened(file) as archive:
        manifest = _read_manifest(archive)
        seen: set[str] = set()
        for member in iter(archive.next, None):
            _expected(manifest, member, seen)
            stream = archive.extractfile(member)
            assert stream is not None
            target = folder / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as made:
                while block := stream.read(1 << 20):
                    made.write(block)
    return manifest


def engine_name() -> str:
    """Which database this is: sqlite or postgresql."""
    return db.engine.dialect.name


def _dump_sqlite(target: Path) -> None:
    """Copy the database with SQLite's own backup, which waits for nobody, and check the copy."""
    pooled = db.engine.raw_connection()
    try:
        source = pooled.driver_connection
        assert isinstance(source, sqlite3.Connection)
        copy = sqlite3.connect(target)
        try:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            check_integrity(copy)
        finally:
            copy.close()
    finally:
        pooled.close()


def check_integrity(connection: sqlite3.Connection) -> None:
    """Refuse a database file that SQLite finds damaged."""
    try:
        answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        answer = str(error)
    if answer != "ok":
        raise Refused("The database is damaged: %(answer)s.", code="integrity", answer=answer)


def _list_files(kind: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a folder by its name in the backup; those that are still being written start with a dot and wait."""
    for path in sorted(folder.rglob("*")):
        name = f"{kind}/{path.relative_to(folder).as_posix()}"
        if path.is_file() and not path.is_symlink() and _FILE.fullmatch(name):
            yield name, path


def _entry_of(path: Path) -> Entry:
    with path.open("rb") as file:
        return _digest(file)


def _digest(file: IO[bytes]) -> Entry:
    digest, size = hashlib.sha256(), 0
    while block := file.read(1 << 20):
        digest.update(block)
        size += len(block)
    return Entry(size, digest.hexdigest())


def _pack(part: Path, manifest: Manifest, paths: Mapping[str, Path]) -> None:
    text = json.dumps(asdict(manifest), indent=1).encode()
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=5) as archive:
            archive.addfile(_member(MANIFEST, len(text)), io.BytesIO(text))
            for name, path in paths.items():
                with path.open("rb") as content:
                    archive.addfile(_member(name, manifest.files[name].size), content)
        file.flush()
        os.fsync(file.fileno())


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


class _opened:  # noqa: N801 - read as a verb: with _opened(file)
    """The archive inside a file; whatever is wrong with its form is a damaged backup."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __enter__(self) -> tarfile.TarFile:
        try:
            self.archive = tarfile.open(self.file, mode="r:gz")
        except FileNotFoundError:
            raise Refused("There is no file %(name)s.", code="backup", name=str(self.file)) from None
        except (tarfile.TarError, OSError, EOFError):
            raise damaged() from None
        return self.archive

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        self.archive.close()
        if isinstance(error, (tarfile.TarError, EOFError, OSError, KeyError, ValueError)) and not isinstance(
            error, FileNotFoundError
        ):
            raise damaged() from error


def _read_manifest(archive: tarfile.TarFile) -> Manifest:
    member = archive.next()
    if member is None or member.name != MANIFEST or not member.isreg() or member.size > _LARGEST_MANIFEST:
        raise Refused("This file is no backup of eventapp.", code="backup")
    stream = archive.extractfile(member)
    assert stream is not None
    content = json.loads(stream.read())
    if isinstance(content, dict) and content.get("format", FORMAT) != FORMAT:
        raise Refused("This backup was made by a later version of eventapp.", code="backup")
    try:
        files = {str(name): Entry(**entry) for name, entry in content["files"].items()}
        manifest = Manifest(**{**content, "files": files})
    except (TypeError, AttributeError, KeyError):
        raise damaged() from None
    if DATABASE not in files:
        raise damaged()
    return manifest


def _expected(manifest: Manifest, member: tarfile.TarInfo, seen: set[str]) -> Entry:
    """The entry of a member; refuses what the manifest does not name, links, and names that lead elsewhere."""
    is_safe = member.name == DATABASE or _FILE.fullmatch(member.name) is not None
    if not member.isreg() or not is_safe or member.name not in manifest.files or member.name in seen:
        raise Refused(
            "This backup holds a file that does not belong there: %(name)s.", code="backup", name=member.name
        )
    seen.add(member.name)
    return manifest.files[member.name]


def damaged() -> Refused:
    """The refusal of a file that does not hold what it says."""
    return Refused("This backup is damaged; nothing was changed.", code="backup")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
