"""Puts a backup back: the database in one step, then the files; a database that holds something is left alone."""

import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import func, inspect, select

from eventapp.errors import Conflict, Refused
from eventapp.extensions import db
from eventapp.models import ContentVersion, Edition, Registration, User
from eventapp.services import backup, backup_tables, readiness
from eventapp.services.backup import DATABASE, Manifest


def check_may_restore(manifest: Manifest, *, replace: bool) -> None:
    """Refuse the backup of another kind of database, and a database that holds something unless it may be replaced."""
    if manifest.engine != backup.engine_name():
        raise Refused(
            "This backup was taken from %(theirs)s and cannot be restored into %(ours)s.",
            code="backup",
            theirs=manifest.engine,
            ours=backup.engine_name(),
        )
    if manifest.revision not in readiness.known_revisions():
        raise Refused("This backup was made by a later version of eventapp.", code="backup")
    if not replace and not is_empty():
        raise Conflict("The database is not empty. To replace what it holds, say --replace.", code="backup")
    revision = readiness.find_revision()
    if manifest.engine == "postgresql" and revision not in (None, manifest.revision):
        raise Refused(
            "The database stands at version %(ours)s, the backup at %(theirs)s: restore it into an empty database.",
            code="backup",
            ours=revision,
            theirs=manifest.revision,
        )


def is_empty() -> bool:
    """Whether nothing is lost by a restore: no tables, or no account, no registration and no edition in them."""
    present = set(inspect(db.session.connection()).get_table_names())
    return not any(
        db.session.scalar(select(func.count()).select_from(table))
        for table in (User, Registration, Edition)
        if table.__tablename__ in present
    )


def content_number() -> int:
    """The version of public content, 0 where there is none; caches must never see it twice for two contents."""
    if ContentVersion.__tablename__ not in inspect(db.session.connection()).get_table_names():
        return 0
    return db.session.scalar(select(ContentVersion.number)) or 0


def check_database(folder: Path, manifest: Manifest) -> None:
    """Refuse an unpacked SQLite database that is damaged, or does not stand where its backup says."""
    connection = sqlite3.connect(folder / DATABASE)
    try:
        backup.check_integrity(connection)
        stands_at = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if stands_at != (manifest.revision,):
            raise backup.damaged()
    except sqlite3.DatabaseError:
        raise backup.damaged() from None
    finally:
        connection.close()


def replace_sqlite(folder: Path) -> None:
    """Copy the unpacked database over the one in use, in one transaction of SQLite's own."""
    db.session.rollback()
    source = sqlite3.connect(folder / DATABASE)
    pooled = db.engine.raw_connection()
    try:
        target = pooled.driver_connection
        assert isinstance(target, sqlite3.Connection)
        source.backup(target)
        target.execute("PRAGMA journal_mode=WAL")
    finally:
        pooled.close()
        source.close()


def replace_rows(folder: Path) -> None:
    """Put the unpacked rows in place of those in the tables, in the transaction of the caller."""
    backup_tables.load(folder / DATABASE)


def move_content_on(before: int) -> None:
    """Let the version of public content go on after both what was here and what came back."""
    row = db.session.get(ContentVersion, 1, populate_existing=True)
    if row is None:
        db.session.add(ContentVersion(id=1, number=before + 1))
    else:
        row.number = max(row.number, before) + 1


def replace_uploads(folder: Path, uploads: Path) -> None:
    """Put the unpacked uploads in place of those that are there; a web server may read them."""
    _replace(folder / "uploads", uploads, folder_mode=0o755, file_mode=0o644)


def replace_credentials(folder: Path, credentials: Path) -> None:
    """The same with the papers of delegations, which nobody but the service reads."""
    _replace(folder / "credentials", credentials, folder_mode=0o700, file_mode=0o600)


def replace_documents(folder: Path, documents: Path) -> None:
    """The same with the documents of programmes."""
    _replace(folder / "documents", documents, folder_mode=0o700, file_mode=0o600)


def _replace(unpacked: Path, target: Path, *, folder_mode: int, file_mode: int) -> None:
    unpacked.mkdir(exist_ok=True)
    for path in (unpacked, *unpacked.rglob("*")):
        path.chmod(folder_mode if path.is_dir() else file_mode)
    old = target.with_name(target.name + ".replaced")
    shutil.rmtree(old, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.replace(old)
    unpacked.replace(target)
    shutil.rmtree(old, ignore_errors=True)
