"""What the worker does for possible duplicates: one search at a time, with a note of its progress."""

import time
from collections.abc import Callable
from typing import Final

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from eventapp.adapters import journal as log
from eventapp.config import Settings
from eventapp.services import duplicates_search
from eventapp.services.duplicates_search import Task
from eventapp.web import clock
from eventapp.web.transaction import writing

TOLD_EVERY: Final = 0.5  # seconds between two notes of progress


def search_next(app: Flask) -> bool:
    """One step: search the edition that is next. Tells whether there was one."""
    with app.app_context():
        if not duplicates_search.has_work(now=clock.now()):
            return False
        with writing():
            task = duplicates_search.lease_next(now=clock.now())
        if task is None:
            return False
        _search(app, task)
        return True


def _search(app: Flask, task: Task) -> None:
    settings: Settings = app.config["SETTINGS"]
    try:
        found = duplicates_search.look(task, settings.exports, _teller(app, task))
        with writing():
            duplicates_search.finish(task, found, now=clock.now())
    except SQLAlchemyError:
        raise  # the database is away: the lease runs out and the search begins again
    except Exception:  # whatever is wrong with one edition, mail still goes out
        log.exception("possible duplicates could not be searched", edition=task.edition_id)
        with writing():
            duplicates_search.give_up(task, now=clock.now())


def _teller(app: Flask, task: Task) -> Callable[[int], None]:
    """Notes progress now and then, in a transaction beside the one that reads."""
    last = time.monotonic()

    def told(done: int) -> None:
        nonlocal last
        if time.monotonic() - last < TOLD_EVERY:
            return
        last = time.monotonic()
        with app.app_context(), writing():
            duplicates_search.note_progress(task, done)

    return told
