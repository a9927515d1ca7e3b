"""Uploaded images: a row and a file named by its hash; the file is whole before anybody else sees the row."""

import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import delete, select, text

from eventapp.adapters.images import ReadyImage
from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import Body, Edition, Speaker, Upload

MEDIA_TYPES: Final = {"webp": "image/webp", "png": "image/png"}
_NAME: Final = re.compile(r"[0-9a-f]{64}\.(webp|png)", re.ASCII)


def file_name(upload: Upload | ReadyImage) -> str:
    """The name of an image in the uploads folder and in its address."""
    return f"{upload.sha256}.{upload.media_type.partition('/')[2]}"


def media_type_of(name: str) -> str:
    """The media type of a file with that name; raises NotFound for a name that no upload can have."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise NotFound("There is nothing at this address.")
    return MEDIA_TYPES[found[1]]


def keep(image: ReadyImage, *, folder: Path, now: datetime) -> Upload:
    """Keep an image that was re-encoded; the same image is kept once. Inside a writing transaction."""
    # The row first, locked: from here on `tidy` of another process waits, and cannot take the file away.
    known = select(Upload).where(Upload.sha256 == image.sha256).with_for_update()
    upload = db.session.scalar(known.execution_options(populate_existing=True))
    if upload is None:
        upload = Upload(
            sha256=image.sha256,
            media_type=image.media_type,
            width=image.width,
            height=image.height,
            size=len(image.content),
            created_at=now,
        )
        db.session.add(upload)
        db.session.flush()
    _write(image, folder)
    return upload


def tidy(folder: Path) -> int:
    """Take away the images that nothing shows, rows and files, and say how many files; none while a backup is taken.

    In a writing transaction of its own, after the commit of whatever let go of them. The files go while the lock holds,
    so that nobody begins to show one meanwhile; files without a row, left over by a save that was refused, go too.
    """
    with held(folder, fcntl.LOCK_EX | fcntl.LOCK_NB) as is_held:
        if not is_held:
            return 0
        if db.engine.dialect.name == "postgresql":  # SQLite has one writer at a time, and that is this one
            db.session.execute(text("LOCK TABLE upload IN EXCLUSIVE MODE"))
        columns = (Body.logo_id, Edition.picture_id, Speaker.picture_id)
        shown = [select(column).where(column.is_not(None)) for column in columns]
        db.session.execute(delete(Upload).where(*(Upload.id.not_in(query) for query in shown)))
        kept = {file_name(upload) for upload in db.session.scalars(select(Upload))}
        left = [path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.name not in kept]
        for path in left:
            path.unlink(missing_ok=True)
    return len(left)


@contextmanager
def untouched(folder: Path) -> Iterator[None]:
    """While a backup is taken, every image that its copy of the database shows stays where it is."""
    with held(folder, fcntl.LOCK_SH):
        yield


@contextmanager
def held(folder: Path, how: int) -> Iterator[bool]:
    """A lock on a folder of files itself, shared or alone; says whether it could be had. No folder, nothing to lock."""
    if not folder.is_dir():
        yield False
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, how)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _write(image: ReadyImage, folder: Path) -> None:
    """Write the file beside its place, to the disk, and move it there: nobody ever sees half an image."""
    target = folder / file_name(image)
    if target.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", delete=False) as made:
        made.write(image.content)
        made.flush()
        os.fsync(made.fileno())
        os.fchmod(made.fileno(), 0o644)
    Path(made.name).replace(target)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
