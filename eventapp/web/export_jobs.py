"""What the worker does for lists that are made later: makes the next one, removes those whose day is over."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from flask import Flask

from eventapp.adapters import journal as log
from eventapp.adapters.own_process import workplace
from eventapp.config import Settings
from eventapp.extensions import db
from eventapp.services import exports_delegates, exports_jobs
from eventapp.services.exports_jobs import Order
from eventapp.web import clock
from eventapp.web.labels import edition_name
from eventapp.web.transaction import writing
from eventapp.web.typed import speaking, translate

TOLD_EVERY: Final = 1.0  # seconds between two notes of progress


class Interrupted(Exception):  # noqa: N818 - no error: the process ends
    """The worker is told to stop: the list is begun again by the next one."""


def make_next(app: Flask, *, is_stopping: Callable[[], bool] = lambda: False) -> bool:
    """One step: remove what is over, make the oldest list that waits. Tells whether there was one.

    Once `is_stopping`, a list that is half made goes back to those that wait.
    """
    with app.app_context():
        folder: Path = _settings(app).exports
        if not exports_jobs.has_work(now=clock.now()):
            return False
        with writing():
            expired = exports_jobs.take_expired(now=clock.now())
        for name in expired:
            (folder / name).unlink(missing_ok=True)
        with writing():
            order = exports_jobs.lease_next(now=clock.now())
        if order is None:
            return False
        try:
            made = _made(app, order, folder, is_stopping)
        except Interrupted:
            with writing():
                exports_jobs.give_back(order.job_id)
            return True
        with writing():
            exports_jobs.finish(order.job_id, made=made, now=clock.now())
        return True


def _settings(app: Flask) -> Settings:
    settings: Settings = app.config["SETTINGS"]
    return settings


def _made(app: Flask, order: Order, folder: Path, is_stopping: Callable[[], bool]) -> bool:
    try:
        _write(order, folder / order.file_name, _teller(app, order.job_id, is_stopping))
        # Whoever fetches the list sets the marks: until then nobody has it.
        order.wanted.taken.keep(folder / order.marks_name)
    except Interrupted:
        raise
    except Exception:  # whatever is wrong with one list, the others are made
        log.exception("a list could not be made", job=order.job_id)
        return False
    finally:
        db.session.rollback()
    return True


def _write(order: Order, target: Path, told: Callable[[int], None]) -> None:
    """The file, for its owner's eyes, whole or not at all."""
    wanted = order.wanted
    if order.form == "xlsx":
        with speaking(wanted.language):
            title = f"{translate('List of delegates')} · {edition_name(wanted.ordinal)}"
            exports_delegates.write_sheet(wanted, target, title=title, say=translate, told=told)
        return
    is_csv = order.form == "csv"
    parts = (
        exports_delegates.stream_csv(wanted, with_mark=True, told=told)
        if is_csv
        else exports_delegates.stream_json(wanted, told=told)
    )
    with workplace(target.parent) as inside:
        with (inside / "part").open("x", encoding="utf-8", newline="") as file:
            file.writelines(parts)
        (inside / "part").chmod(0o600)
        (inside / "part").replace(target)


def _teller(app: Flask, job_id: int, is_stopping: Callable[[], bool]) -> Callable[[int], None]:
    """Notes progress once a second, in a transaction beside the one that reads."""
    last = time.monotonic()

    def told(done: int) -> None:
        nonlocal last
        if is_stopping():
            raise Interrupted
        if time.monotonic() - last < TOLD_EVERY:
            return
        last = time.monotonic()
        with app.app_context(), writing():
            exports_jobs.note_progress(job_id, done, now=clock.now())

    return told
