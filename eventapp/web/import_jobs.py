"""What the worker does for lists that are brought: looks at the next one, writes what was confirmed, removes what is over."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from flask import Flask

from eventapp.adapters import journal as log
from eventapp.adapters import kept_tables
from eventapp.config import Settings
from eventapp.errors import Closed, Conflict, Refused, message
from eventapp.extensions import db
from eventapp.models import ImportJob
from eventapp.rules.import_plan import count_outcomes, mark_of, row_from
from eventapp.rules.import_table import table_from
from eventapp.services import imports, imports_check, imports_write
from eventapp.web import clock
from eventapp.web.import_words import words
from eventapp.web.transaction import writing

TOLD_EVERY: Final = 0.5  # seconds between two notes of progress
MOVED: Final = message(
    "Something has changed since you looked at this list. Nothing was written: please look at it again."
)


def work_next(app: Flask) -> bool:
    """One step: remove what is over, then look at or write the oldest list that waits. Tells whether there was one."""
    with app.app_context():
        settings: Settings = app.config["SETTINGS"]
        if not imports.has_work(now=clock.now()):
            return False
        with writing():
            expired = imports.take_expired(now=clock.now())
        kept_tables.remove(settings.imports, expired)
        kept_tables.sweep(settings.imports)
        with writing():
            leased = imports.lease_next(now=clock.now())
        if leased is None:
            return False
        job_id, work = leased
        try:
            (_write if work == "writing" else _check)(job_id, settings)
        except Exception:  # whatever is wrong with one list, the others are worked on
            log.exception("a list could not be imported", job=job_id)
            with writing():
                imports.fail(job_id)
        finally:
            db.session.rollback()
        return True


def _check(job_id: int, settings: Settings) -> None:
    job = db.session.get_one(ImportJob, job_id)
    folder, name, rows = settings.imports, str(job.public_id), job.rows
    table = table_from(kept_tables.find(folder, name, kept_tables.TABLE))
    told = _teller(folder, name)
    plan = imports_check.make_plan(job, table, words(), now=clock.now(), told=lambda done: told(done // 2))
    imports_check.find_alike(plan, folder, told=lambda done: told((rows + done) // 2))
    planned = plan.planned
    kept_tables.keep(folder, name, kept_tables.ROWS, [one.plain() for one in planned])
    with writing():
        imports.finish_check(job_id, count_outcomes(planned), mark_of(planned))


def _write(job_id: int, settings: Settings) -> None:
    job = db.session.get_one(ImportJob, job_id)
    folder, name = settings.imports, str(job.public_id)
    table = table_from(kept_tables.find(folder, name, kept_tables.TABLE))
    shown = [row_from(one) for one in kept_tables.find(folder, name, kept_tables.ROWS)]
    kept_tables.note_progress(folder, name, 0)
    try:
        with writing():
            imports_write.write(
                job_id,
                table,
                shown,
                words(),
                now=clock.now(),
                secret=settings.secret_key,
                told=_teller(folder, name),
            )
    except (Conflict, Closed, Refused) as refused:
        note = (MOVED, {}) if isinstance(refused, Conflict) else (refused.text, refused.values)
        with writing():
            imports.look_again(job_id, *note)
        return
    kept_tables.remove(folder, [name])


def _teller(folder: Path, name: str) -> Callable[[int], None]:
    last = 0.0

    def told(done: int) -> None:
        nonlocal last
        if time.monotonic() - last >= TOLD_EVERY:
            last = time.monotonic()
            kept_tables.note_progress(folder, name, done)

    return told
