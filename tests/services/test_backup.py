"""Backup and restore: a round trip on each engine, while others write; whatever is wrong with a file changes nothing."""

import hashlib
import io
import json
import sqlite3
import tarfile
import threading
from contextlib import closing, nullcontext
from pathlib import Path

import pytest
from sqlalchemy import func, select

from eventapp import create_app
from eventapp.adapters.migrations import upgrade
from eventapp.errors import Conflict, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, ContentVersion, Edition, Region, Registration, Upload
from eventapp.rules.access import COMMAND
from eventapp.services import backup, backup_restore, credentials, documents_files, uploads
from eventapp.web.transaction import writing
from tests.engines import ENGINE, settings_for
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration

IMAGE = b"not really an image" * 1000
PAPER = f"{'0' * 32}.pdf"
NAME = f"{hashlib.sha256(IMAGE).hexdigest()}.webp"


@pytest.fixture
def filled(fresh_app, clock):
    """An application with people, an upload and texts in several scripts."""
    settings = fresh_app.config["SETTINGS"]
    settings.uploads.mkdir(parents=True)
    (settings.uploads / NAME).write_bytes(IMAGE)
    (settings.uploads / ".half-written").write_bytes(b"x")
    settings.credentials.mkdir()
    (settings.credentials / PAPER).write_bytes(b"%PDF-1.4 and so on")
    settings.documents.mkdir()
    (settings.documents / PAPER).write_bytes(b"%PDF-1.4 and so on")
    with fresh_app.app_context():
        with writing():
            edition = make_edition()
            for number in range(30):
                make_registration(edition, country_code="NA", family_name=f"عبد الله {number}")
            make_user(role="administrator")
            db.session.add(
                Upload(
                    sha256=NAME[:64],
                    media_type="image/webp",
                    width=1,
                    height=1,
                    size=len(IMAGE),
                    created_at=clock(),
                )
            )
        yield fresh_app


def take(app, tmp_path: Path, clock) -> Path:
    file = tmp_path / "backup.tar.gz"
    with writing():
        backup.note(COMMAND, "backup.write", now=clock())
    back_up(app, file, clock)
    return file


def back_up(app, file: Path, clock) -> None:
    settings = app.config["SETTINGS"]
    backup.write(
        file,
        uploads=settings.uploads,
        credentials=settings.credentials,
        documents=settings.documents,
        now=clock(),
    )


def test_no_image_is_taken_away_between_the_database_and_the_files(filled, tmp_path, clock, monkeypatch):
    """Its copy of the database shows the image: the file must still be there when the files are listed."""
    folder, listed = filled.config["SETTINGS"].uploads, backup._list_files

    def tidied(kind, there):
        with writing():
            assert uploads.tidy(folder) == 0
        return listed(kind, there)

    monkeypatch.setattr(backup, "_list_files", tidied)
    assert f"uploads/{NAME}" in backup.check(take(filled, tmp_path, clock)).files
    with writing():
        assert uploads.tidy(folder) == 1


def put_back(app, file: Path, folder: Path, *, replace: bool) -> None:
    """What the command does."""
    manifest = backup.check(file)
    backup_restore.check_may_restore(manifest, replace=replace)
    before = backup_restore.content_number()
    folder.mkdir()
    backup.unpack(file, folder)
    if manifest.engine == "sqlite":
        backup_restore.check_database(folder, manifest)
        backup_restore.replace_sqlite(folder)
    else:
        upgrade(app, manifest.revision)
        with writing():
            backup_restore.replace_rows(folder)
    backup_restore.replace_uploads(folder, app.config["SETTINGS"].uploads)
    backup_restore.replace_credentials(folder, app.config["SETTINGS"].credentials)
    backup_restore.replace_documents(folder, app.config["SETTINGS"].documents)
    with writing():
        backup_restore.move_content_on(before)


def content() -> dict[str, object]:
    db.session.rollback()
    return {
        "people": db.session.execute(
            select(Registration.public_id, Registration.family_name, Registration.submitted_at).order_by(
                Registration.id
            )
        ).all(),
        "editions": db.session.execute(select(Edition.ordinal, Edition.title, Edition.starts_on)).all(),
        "regions": db.session.scalar(select(func.count()).select_from(Region)),
        "audit": db.session.scalar(select(func.count()).select_from(AuditEntry)),
    }


def test_round_trip(filled, tmp_path, clock):
    file = take(filled, tmp_path, clock)
    before = content()
    number = db.session.scalar(select(ContentVersion.number))
    assert file.stat().st_mode & 0o077 == 0  # it holds personal data
    assert not list(tmp_path.glob("*.part"))
    with writing():
        edition = db.session.scalar(select(Edition).where(Edition.ordinal == 8))
        make_registration(edition)
        edition.title = {"en": "Changed"}
    uploads = filled.config["SETTINGS"].uploads
    (uploads / NAME).unlink()
    (uploads / "late.webp").write_bytes(b"late")
    put_back(filled, file, tmp_path / "unpacked", replace=True)
    assert content() == before
    assert (uploads / NAME).read_bytes() == IMAGE
    assert [path.name for path in uploads.iterdir()] == [NAME]
    assert (
        db.session.scalar(select(ContentVersion.number)) > number + 1
    )  # caches notice, whatever they have seen
    with writing():
        make_registration(db.session.scalar(select(Edition).where(Edition.ordinal == 8)))  # numbers go on


@pytest.mark.parametrize("kind", ["credentials", "documents"])
def test_papers_come_back_and_stay_private(filled, tmp_path, clock, kind):
    file = take(filled, tmp_path, clock)
    papers = getattr(filled.config["SETTINGS"], kind)
    assert f"{kind}/{PAPER}" in backup.check(file).files
    (papers / PAPER).write_bytes(b"changed")
    (papers / "late.pdf").write_bytes(b"late")
    put_back(filled, file, tmp_path / "unpacked", replace=True)
    assert [path.name for path in papers.iterdir()] == [PAPER]
    assert (papers / PAPER).read_bytes() == b"%PDF-1.4 and so on"
    assert papers.stat().st_mode & 0o077 == 0 and (papers / PAPER).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("kind", "service"), [("credentials", credentials), ("documents", documents_files)])
def test_no_paper_is_taken_away_while_a_backup_is_taken(filled, tmp_path, clock, monkeypatch, kind, service):
    folder, listed = getattr(filled.config["SETTINGS"], kind), backup._list_files

    def tidied(kind, there):
        with writing():
            assert service.tidy(folder, [PAPER]) == 0
        return listed(kind, there)

    monkeypatch.setattr(backup, "_list_files", tidied)
    take(filled, tmp_path, clock)
    with writing():
        assert service.tidy(folder, [PAPER]) == 1


def test_into_an_empty_database(filled, tmp_path, clock, template):
    file = take(filled, tmp_path, clock)
    before = content()
    other = create_app(settings_for(template.empty(tmp_path), tmp_path / "other"))
    with other.app_context():
        put_back(other, file, tmp_path / "unpacked", replace=False)
        upgrade(other)
        assert content() == before
        assert (other.config["SETTINGS"].uploads / NAME).read_bytes() == IMAGE
        db.session.remove()
        db.engine.dispose()


def test_what_is_there_is_not_replaced_unasked(filled, tmp_path, clock):
    manifest = backup.check(take(filled, tmp_path, clock))
    with pytest.raises(Conflict):
        backup_restore.check_may_restore(manifest, replace=False)
    backup_restore.check_may_restore(manifest, replace=True)


def test_the_other_engine_is_refused(filled, tmp_path, clock):
    manifest = backup.check(take(filled, tmp_path, clock))
    other = "postgresql" if ENGINE == "sqlite" else "sqlite"
    with pytest.raises(Refused):
        backup_restore.check_may_restore(backup.Manifest(**{**vars(manifest), "engine": other}), replace=True)


def test_taken_while_others_write(filled, tmp_path, clock):
    done = threading.Event()
    edition_id = db.session.scalar(select(Edition.id).where(Edition.ordinal == 8))
    db.session.rollback()
    problems: list[Exception] = []
    written = 0

    def write() -> None:
        nonlocal written
        with filled.app_context():
            while not done.is_set():
                try:
                    with writing():
                        make_registration(db.session.get(Edition, edition_id))
                    written += 1
                except Exception as error:
                    problems.append(error)
                    return

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(3):
            target = tmp_path / f"{number}.tar.gz"
            back_up(filled, target, clock)
            backup.check(target)
    finally:
        done.set()
        thread.join()
    assert not problems
    assert written


def repack(file: Path, changed: Path, change) -> Path:
    """The same archive with its members changed: `change` maps (name, bytes) to members."""
    with tarfile.open(file) as source, tarfile.open(changed, "w:gz") as target:
        for member in source:
            for name, data, kind in change(member.name, source.extractfile(member).read()):
                made = tarfile.TarInfo(name)
                made.size, made.type = len(data), kind
                if kind == tarfile.SYMTYPE:
                    made.size, made.linkname = 0, "/etc/passwd"
                target.addfile(made, io.BytesIO(data))
    return changed


def with_extra(name: str, *, named: bool, kind: bytes = tarfile.REGTYPE):
    def change(member: str, data: bytes):
        if member == "manifest.json" and named:
            manifest = json.loads(data)
            manifest["files"][name] = {"size": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
            data = json.dumps(manifest).encode()
        yield member, data, tarfile.REGTYPE
        if member == "database":
            yield name, b"x", kind

    return change


@pytest.mark.parametrize(
    "change",
    [
        with_extra("../outside", named=True),
        with_extra("uploads/../../outside", named=True),
        with_extra("/tmp/outside", named=True),
        with_extra("uploads/.hidden", named=True),
        with_extra("uploads/extra.webp", named=False),
        with_extra("uploads/link.webp", named=True, kind=tarfile.SYMTYPE),
        with_extra("database", named=False),
    ],
)
def test_what_does_not_belong_there_is_refused(filled, tmp_path, clock, change):
    bad = repack(take(filled, tmp_path, clock), tmp_path / "bad.tar.gz", change)
    folder = tmp_path / "unpacked"
    folder.mkdir()
    with pytest.raises(Refused):
        backup.check(bad)
    with pytest.raises(Refused):
        backup.unpack(bad, folder)
    assert not (tmp_path / "outside").exists()


def test_damage_is_noticed(filled, tmp_path, clock):
    file = take(filled, tmp_path, clock)

    def flip(name: str, data: bytes):
        yield name, data[:-1] + bytes([data[-1] ^ 1]) if name == f"uploads/{NAME}" else data, tarfile.REGTYPE

    def drop(name: str, data: bytes):
        if name != f"uploads/{NAME}":
            yield name, data, tarfile.REGTYPE

    for change in (flip, drop):
        with pytest.raises(Refused):
            backup.check(repack(file, tmp_path / "bad.tar.gz", change))
    half = tmp_path / "half.tar.gz"
    half.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    junk = tmp_path / "junk.tar.gz"
    junk.write_bytes(b"junk")
    for bad in (half, junk, tmp_path / "missing.tar.gz"):
        with pytest.raises(Refused):
            backup.check(bad)


@pytest.mark.parametrize(
    "text",
    [
        "[1, 2]",
        "7",
        '{"format": 1}',
        '{"format": 1, "engine": "sqlite", "revision": "x", "taken_at": "x", "files": []}',
        '{"format": 1, "engine": "sqlite", "revision": "x", "taken_at": "x", "files": {"database": 1}}',
        '{"format": 1, "engine": "sqlite", "revision": "x", "taken_at": "x", "files": {}}',  # no database in it
        '{"format": 2, "files": {}}',
    ],
)
def test_a_manifest_that_says_something_else_is_refused(tmp_path, text):
    file = tmp_path / "bad.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        made = tarfile.TarInfo("manifest.json")
        made.size = len(text)
        archive.addfile(made, io.BytesIO(text.encode()))
    with pytest.raises(Refused):
        backup.check(file)


def test_a_backup_of_a_later_version_changes_nothing(filled, tmp_path, clock):
    manifest = backup.check(take(filled, tmp_path, clock))
    later = backup.Manifest(**{**vars(manifest), "revision": "9999_not_written_yet"})
    with pytest.raises(Refused, match="later version"):
        backup_restore.check_may_restore(later, replace=True)


@pytest.mark.parametrize(
    ("statement", "holds"),
    [
        ("SELECT 1", True),
        ("UPDATE alembic_version SET version_num = '0'", False),
        ("DROP TABLE alembic_version", False),
    ],
)
def test_another_database_in_a_backup_is_refused(tmp_path, statement, holds):
    with closing(sqlite3.connect(tmp_path / "database")) as made, made:
        made.execute("CREATE TABLE alembic_version (version_num)")
        made.execute("INSERT INTO alembic_version VALUES ('0001')")
        made.execute(statement)
    manifest = backup.Manifest(format=1, engine="sqlite", revision="0001", taken_at="", files={})
    with nullcontext() if holds else pytest.raises(Refused):
        backup_restore.check_database(tmp_path, manifest)


def test_a_failed_backup_leaves_the_old_one(filled, tmp_path, clock, monkeypatch):
    file = take(filled, tmp_path, clock)
    old = file.read_bytes()

    def fail(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "check", fail)
    with pytest.raises(OSError, match="No space left"):
        back_up(filled, file, clock)
    assert file.read_bytes() == old
    assert {path.name for path in tmp_path.iterdir() if "backup" in path.name} == {"backup.tar.gz"}
