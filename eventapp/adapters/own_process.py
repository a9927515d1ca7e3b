"""Work that needs a large library and much memory, done by a script in a process of its own: both end with it."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SCRIPTS: Final = Path(__file__).resolve().parent
LONGEST_SECONDS: Final = 600.0
_AT_ONCE: Final = 3  # the worker's list and its search, and one that somebody waits for before a page
_PREFIX: Final = ".making-"
_STALE_SECONDS: Final = 2 * 3600.0

_turns = threading.BoundedSemaphore(_AT_ONCE)  # whoever comes fourth waits: pages need processors too


class MakingError(RuntimeError):
    """The process ended without the file."""


def make_file(target: Path, script: str, lines: Iterable[bytes], *, seconds: float = LONGEST_SECONDS) -> None:
    """Hand lines to a script of this folder that makes `target`: it is there whole, for its owner's eyes, or not at all.

    Raises MakingError when the process fails or takes longer; whatever `lines` raises ends the process too.
    """
    with _turns, workplace(target.parent) as folder:
        part = folder / "part"
        with (folder / "complaints").open("wb") as complaints:
            process = subprocess.Popen(  # noqa: S603 - our own script; nothing of a request stands in the command
                [sys.executable, "-P", str(SCRIPTS / script), str(part)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                env=_environment(folder),
                umask=0o077,  # names and addresses may stand in what it puts aside
            )
        _feed(process, lines, seconds)
        if process.returncode or not part.is_file():
            raise MakingError(f"{script}: {_complaints(folder)}")
        part.replace(target)


def _complaints(folder: Path) -> str:
    try:
        return (folder / "complaints").read_text(errors="replace")[-2000:]
    except OSError:
        return "nothing was left"


def _feed(process: "subprocess.Popen[bytes]", lines: Iterable[bytes], seconds: float) -> None:
    """Write every line and wait for the end; a process that hangs is ended, so that writing to it ends as well."""
    assert process.stdin is not None
    limit = threading.Timer(seconds, process.kill)
    limit.daemon = True
    limit.start()
    try:
        with contextlib.suppress(BrokenPipeError):  # it has ended: its return code and its complaints say why
            process.stdin.writelines(lines)
            process.stdin.close()
        process.wait()
    finally:
        limit.cancel()
        if process.poll() is None:
            process.kill()
            process.wait()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


@contextmanager
def workplace(parent: Path) -> Iterator[Path]:
    """A folder beside the target that nobody else can look into and that goes away; so do those of processes that were killed."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - old.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=parent) as folder:
        yield Path(folder)


def _environment(folder: Path) -> dict[str, str]:
    """No setting and no secret of ours; what the libraries put aside stays in the same folder."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "SYSTEMROOT") if name in os.environ}
    return kept | {"TMPDIR": str(folder), "PYTHONUTF8": "1"}
