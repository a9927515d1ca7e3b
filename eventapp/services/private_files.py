"""Files that no web server shows: written beside their place, moved there whole, taken away once nothing has them.

A file is there before its row, outside of any transaction, and gone again if the row is refused. Whatever is left over by a
process that was killed has no row, and `tidy` takes it away.
"""

import fcntl
import hashlib
import io
import os
import re
import secrets
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from eventapp.errors import NotFound, Refused
from eventapp.services.uploads import held

MEGABYTE: Final = 1024 * 1024
_NAME: Final = re.compile(r"[0-9a-f]{32}\.[a-z]{3,4}", re.ASCII)
_LEFT_OVER: Final = 3600  # seconds after which a file without a row belongs to nobody


class Arriving(io.BufferedRandom):
    """A file that is just being written; counts and digests what comes, and refuses more than it may be."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        """Begin it under a name that starts with a dot: nothing lists, serves or backs up such a file."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / f".{secrets.token_hex(16)}"
        super().__init__(io.FileIO(self.path, "x+", opener=_private))
        self.size = 0
        self._most, self._digest = most_bytes, hashlib.sha256()

    def write(self, block: Any) -> int:
        """Write what came next."""
        self.size += len(block)
        if self.size > self._most:
            raise too_large(self._most)
        self._digest.update(block)
        return super().write(block)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def too_large(most_bytes: int) -> Refused:
    """The refusal of a file that is larger than it may be."""
    return Refused(
        "This file is too large: at most %(limit)s MB.", code="large", limit=most_bytes // MEGABYTE
    )


@contextmanager
def arriving(folder: Path, *, most_bytes: int) -> Iterator[Callable[[], Arriving]]:
    """Begin files in a folder; whichever was not settled when the block ends is gone, however it ends."""
    begun: list[Arriving] = []

    def begin() -> Arriving:
        begun.append(Arriving(folder, most_bytes))
        return begun[-1]

    try:
        yield begin
    finally:
        for one in begun:
            one.path.unlink(
                missing_ok=True
            )  # the name first: a full disk may keep the rest from being written
            with _whatever_is_unwritten():
                one.close()


@contextmanager
def _whatever_is_unwritten() -> Iterator[None]:
    try:
        yield
    except OSError:
        return


@contextmanager
def settled(part: Arriving, ending: str) -> Iterator[str]:
    """Move a whole file to its place, to the disk, under a random name; it is gone again if the block raises."""
    part.flush()
    os.fsync(part.fileno())
    folder = part.path.parent
    name = f"{secrets.token_hex(16)}.{ending}"
    part.path.rename(folder / name)
    try:
        _sync(folder)
        yield name
    except BaseException:
        (folder / name).unlink(missing_ok=True)
        raise


@contextmanager
def placed(content: bytes, folder: Path, ending: str) -> Iterator[str]:
    """The same with content that is in memory."""
    with arriving(folder, most_bytes=len(content)) as begin:
        part = begin()
        part.write(content)
        with settled(part, ending) as name:
            yield name


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def path_of(stored_name: str, folder: Path) -> Path:
    """Where a file lies; raises NotFound for a name that none can have."""
    if _NAME.fullmatch(stored_name) is None:
        raise NotFound("There is no such document.")
    return folder / stored_name


def tidy(folder: Path, list_names: Callable[[], tuple[Collection[str], Collection[str]]]) -> int:
    """Take away the files that nothing has any more, and say how many; none while a backup is taken.

    `list_names` gives those that are kept and those that are known to be gone. Another young file without a row may be
    one that is just being sent.
    """
    with held(folder, fcntl.LOCK_EX | fcntl.LOCK_NB) as is_held:
        if not is_held:
            return 0
        kept, gone = list_names()
        old = time.time() - _LEFT_OVER
        left = [
            path
            for path in folder.iterdir()
            if path.name not in kept and (path.name in gone or path.stat().st_mtime < old)
        ]
        for path in left:
            path.unlink(missing_ok=True)
    return len(left)
