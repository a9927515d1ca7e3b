"""What the worker forgets by the clock: who was invited to a delegation, a month after the invitation is over."""

from datetime import datetime, timedelta
from typing import Final

from flask import Flask

from eventapp.adapters import kept_mail
from eventapp.config import Settings
from eventapp.services import workspace_forget
from eventapp.web import clock
from eventapp.web.transaction import writing

PAUSE: Final = timedelta(minutes=10)  # between two looks of a process: nothing here is due to the minute
_LOOKED: Final = "eventapp.looked_for_forgotten"


def forget_next(app: Flask) -> int:
    """One step: forget a part of whoever is to be forgotten, copies of their letters too; says how many letters that were."""
    with app.app_context():
        now, last = clock.now(), app.extensions.get(_LOOKED)
        if isinstance(last, datetime) and last <= now < last + PAUSE:
            return 0
        if not workspace_forget.has_over(now=now):
            app.extensions[_LOOKED] = now
            return 0
        with writing():
            written = workspace_forget.forget_over(now=now)
        settings: Settings = app.config["SETTINGS"]
        kept_mail.forget(settings.kept_mail, map(str, written))
        return len(written)
