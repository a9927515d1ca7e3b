"""What the worker does for reminders: writes those that are due into the outbox, each edition's in a transaction of its own."""

from flask import Flask
from sqlalchemy.exc import IntegrityError

from eventapp.adapters import journal as log
from eventapp.extensions import db
from eventapp.services import reminders
from eventapp.web import clock
from eventapp.web.transaction import writing


def remind_next(app: Flask) -> int:
    """One step: write what is due. Tells how many messages were written; one edition that fails stops no other."""
    with app.app_context():
        now, written = clock.now(), 0
        tasks = reminders.list_tasks(now=now)
        db.session.rollback()
        for task in tasks:
            try:
                with writing():
                    written += reminders.remind(task, now=now, secret=app.config["SECRET_KEY"])
            except IntegrityError:  # another worker was first; nothing of this one stands
                continue
            except Exception:
                log.exception(
                    "reminders could not be written", edition=task.edition_id, reminder=task.reminder
                )
        return written
