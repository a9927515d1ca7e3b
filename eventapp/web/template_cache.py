"""Compiled templates are kept in instance/: compiling those of one page takes a tenth of a second of each start."""

import contextlib
import hashlib
from pathlib import Path
from typing import Final

import jinja2
from flask import Flask
from jinja2.bccache import Bucket

from eventapp.config import Settings

PACKAGE: Final = Path(__file__).resolve().parent.parent


class _Kept(jinja2.FileSystemBytecodeCache):
    """A template that cannot be kept (a full disk, a folder that is gone) is compiled again another time."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def keep_compiled_templates(app: Flask) -> None:
    """Use what earlier starts of the same code have compiled; what was compiled by other code is thrown away.

    Jinja compares the template's text. Filters and options can change what comes of it as well, so the code counts too.
    """
    settings: Settings = app.config["SETTINGS"]
    folder = settings.instance / "templates"
    code = _mark_of_code()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in folder.iterdir():
            if not old.name.startswith(code):
                old.unlink(missing_ok=True)
    except OSError:
        return  # a folder that cannot be written is no reason not to start
    app.jinja_env.bytecode_cache = _Kept(str(folder), f"{code}-%s")


def _mark_of_code() -> str:
    newest = max(file.stat().st_mtime_ns for file in PACKAGE.rglob("*.py"))
    return hashlib.sha256(f"{jinja2.__version__} {newest}".encode()).hexdigest()[:16]
