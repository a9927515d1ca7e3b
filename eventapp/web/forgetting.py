"""What the worker forgets by the clock: who was invited, a month after the invitation; people, as their edition says."""

from datetime import datetime, timedelta
from typing import Final

from flask import Flask

from eventapp.adapters import journal as log
from eventapp.adapters import kept_mail
from eventapp.config import Settings
from eventapp.extensions import db
from eventapp.services import credentials, keeping_erase, workspace_forget
from eventapp.services.keeping_erase import Task
from eventapp.web import clock
from eventapp.web.transaction import writing
from eventapp.web.uploads import tidy_uploads

PAUSE: Final = timedelta(minutes=10)  # between two looks of a process: nothing here is due to the minute
KEEPING_PAUSE: Final = timedelta(hours=1)  # the same for what an edition holds, where a look reads more
_LOOKED: Final = "eventapp.looked_for_forgotten"
_LOOKED_AT_EDITIONS: Final = "eventapp.looked_at_editions"


def forget_next(app: Flask) -> int:
    """One step: forget a part of whatever is due; says how much that was."""
    with app.app_context():
        return _forget_invited(app) + _forget_of_editions(app)


def _has_looked(app: Flask, what: str, pause: timedelta) -> bool:
    now, last = clock.now(), app.extensions.get(what)
    return isinstance(last, datetime) and last <= now < last + pause


def _forget_invited(app: Flask) -> int:
    """Forget a part of whoever was invited, copies of their letters too; says how many letters that were."""
    if _has_looked(app, _LOOKED, PAUSE):
        return 0
    now = clock.now()
    if not workspace_forget.has_over(now=now):
        app.extensions[_LOOKED] = now
        return 0
    with writing():
        written = workspace_forget.forget_over(now=now)
    settings: Settings = app.config["SETTINGS"]
    kept_mail.forget(settings.kept_mail, map(str, written))
    return len(written)


def _forget_of_editions(app: Flask) -> int:
    """Erase a part of what each edition may not keep any longer; one edition that fails stops no other."""
    if _has_looked(app, _LOOKED_AT_EDITIONS, KEEPING_PAUSE):
        return 0
    now = clock.now()
    tasks = keeping_erase.list_tasks(now=now)
    db.session.rollback()
    if _LOOKED_AT_EDITIONS not in app.extensions or tasks:
        # Files go after the commit: those of a worker that was killed in between are taken by the next one.
        forgotten = sum(_forget_of_edition(app, one, now) for one in tasks)
        _tidy(app.config["SETTINGS"])
    else:
        forgotten = 0
    if not forgotten:
        app.extensions[_LOOKED_AT_EDITIONS] = now
    return forgotten


def _forget_of_edition(app: Flask, task: Task, now: datetime) -> int:
    settings: Settings = app.config["SETTINGS"]
    try:
        with writing():
            erased = keeping_erase.erase(task, now=now)
            # Before the commit: if it fails, the letters are found again by their rows, and never copies without a row.
            kept_mail.forget(settings.kept_mail, map(str, erased.written))
    except Exception:
        log.exception("personal data could not be erased", edition=task.edition_id, clock=task.clock)
        return 0
    return sum(erased.counts.values())


def _tidy(settings: Settings) -> None:
    tidy_uploads()
    try:
        credentials.tidy(settings.credentials)
    except OSError as problem:
        log.warning("papers that nobody has could not be taken away", problem=str(problem))
