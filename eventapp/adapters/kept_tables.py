"""Lists of people between the moment they are brought and the moment they are confirmed: private files, gone afterwards."""

import json
import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

TABLE: Final = "table"
ROWS: Final = "rows"
_PROGRESS: Final = "progress"
_STALE_SECONDS: Final = 48 * 3600.0  # longer than any list is kept


def keep(folder: Path, name: str, part: str, value: Mapping[str, Any] | list[Any]) -> None:
    """Write a value whole, for its owner's eyes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = folder / f".{name}.{part}.{os.getpid()}"
    with os.fdopen(
        os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(value, file, ensure_ascii=False, separators=(",", ":"))
    made.replace(folder / f"{name}.{part}")


def find(folder: Path, name: str, part: str) -> Any:
    """What was kept, or None when it is gone."""
    try:
        return json.loads((folder / f"{name}.{part}").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def note_progress(folder: Path, name: str, done: int) -> None:
    """How many rows have been worked on. Beside the database: what is being written there is seen by nobody yet."""
    with suppress(OSError):
        keep(folder, name, _PROGRESS, [done])


def find_progress(folder: Path, name: str) -> int:
    """How many rows have been worked on, as far as anybody has noted."""
    with suppress(OSError, ValueError, IndexError, TypeError):
        return int((find(folder, name, _PROGRESS) or [0])[0])
    return 0


def sweep(folder: Path) -> None:
    """Take away what nobody takes away by name: a list that was kept for a transaction that came to nothing."""
    for path in folder.glob("*.*"):
        with suppress(OSError):
            if path.is_file() and time.time() - path.stat().st_mtime > _STALE_SECONDS:
                path.unlink()


def remove(folder: Path, names: Iterable[str]) -> None:
    """Take away everything that was kept under these names."""
    for name in names:
        for part in (TABLE, ROWS, _PROGRESS):
            (folder / f"{name}.{part}").unlink(missing_ok=True)
