"""What a process keeps of the database is the same at the beginning of each test, whichever ran before it in that process."""

from dataclasses import replace
from datetime import date

from flask import Flask

from eventapp.services import statistics_reference
from eventapp.services.statistics_reference import get_reference
from eventapp.web import clock, options
from eventapp.web.options import Lists

_found: dict[
    date, tuple[Lists, dict]
] = {}  # by the day of the clock, on which the lists depend; one application a worker


def begin_alike(app: Flask) -> None:
    """Put back what is kept of a database in which no test has written; nothing is read but for the first test of a worker.

    Left alone, a test would find what the one before it kept, or nothing where that moved the version: the number of its
    statements would depend on the order.
    """
    with app.app_context():
        keeper, day = options.keeper(), clock.now().date()
        if day not in _found:
            keeper.clear()
            statistics_reference._kept.clear()
            get_reference()
            _found[day] = keeper.lists(), dict(statistics_reference._kept)
        lists, kept = _found[day]
        keeper._lists = replace(lists, version=keeper._number())
        statistics_reference._kept.clear()
        statistics_reference._kept.update(kept)
