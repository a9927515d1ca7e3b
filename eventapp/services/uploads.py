"""Uploaded images: a row and a file named by its hash; the file is whole before the row is there."""

import os
import re
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select

from eventapp.adapters.images import ReadyImage
from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import Upload

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
    _write(image, folder)
    upload = db.session.scalar(select(Upload).where(Upload.sha256 == image.sha256))
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
    return upload


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
