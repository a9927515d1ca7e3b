"""Every template is rendered by some test: each worker writes down what it loaded, the controller compares at the end."""

import os
from pathlib import Path

from flask import Flask

WHOLE = "EVENTAPP_TEST_WHOLE"  # set by `make test`: only a whole run can say that something is missing
PACKAGE = Path(__file__).resolve().parents[2] / "eventapp"


def note(app: Flask, folder: Path) -> None:
    """Write down which templates this application has compiled so far."""
    cache = app.jinja_env.cache
    names = {key[1] for key in cache.keys()} if cache is not None else set()
    target = folder / "templates-seen.txt"
    with target.open("a", encoding="utf-8") as file:
        file.writelines(f"{name}\n" for name in sorted(names))


def missing(folder: Path) -> list[str]:
    """Templates that no test has rendered; empty where the run was not a whole one."""
    target = folder / "templates-seen.txt"
    if WHOLE not in os.environ or not target.exists():
        return []
    seen = set(target.read_text(encoding="utf-8").split())
    known = {
        path.relative_to(PACKAGE / "templates").as_posix() for path in (PACKAGE / "templates").rglob("*.*")
    }
    return sorted(known - seen)
