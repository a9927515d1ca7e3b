"""Messages as .eml files, where no mail server is set: any mail program opens them."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_ID: Final = 36  # letters of a message's id, with which its file's name ends


def keep(folder: Path, name: str, content: bytes) -> Path:
    """Write one message whole or not at all, for its owner's eyes only; a repeat replaces it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"{name}.eml"
    made = folder / f".{name}.{os.getpid()}"
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    made.replace(target)
    return target


def forget(folder: Path, ids: Iterable[str]) -> int:
    """Delete the kept messages whose names end with these ids, for people who were erased; says how many there were."""
    wanted = set(ids)
    found = [path for path in folder.glob("*.eml") if path.stem[-_ID:] in wanted] if wanted else []
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)
