"""Small facts that nearly every page needs, read again only when public content has moved or an instant has passed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from eventapp.services import public_site
from eventapp.web import cache, clock, content

Made = tuple[object, datetime | None]


@dataclass(frozen=True)
class Masthead:
    """What the frame of a page says of the coming edition, until it changes by itself."""

    ordinal: int | None = None
    has_programme: bool = False
    has_days: bool = False  # the days are known, so there is a calendar
    until: datetime | None = None


class Kept:
    """Holds plain values of one application; never records, which belong to a session."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._number = content.watch(app).number
        self._found: dict[str, tuple[content.Version, Made]] = {}

    def get(self, name: str, make: Callable[[], Made]) -> object:
        """The value, made anew where it has ended. It is read in a transaction of its own: the request's may be older."""
        version = self._number()
        kept = self._found.get(name)
        if kept is not None and kept[0] == version:
            value, until = kept[1]
            if until is None or clock.now() < until:
                return value
        with self._app.app_context():
            made = make()
        self._found[name] = (version, made)
        return made[0]

    def clear(self) -> None:
        """Forget everything; for tests."""
        self._found.clear()


def masthead() -> Masthead:
    """The coming edition for the frame; a page without a database shows none."""
    try:
        found = cast("Masthead", _kept().get("masthead", _make_masthead))
    except SQLAlchemyError:
        return Masthead()
    cache.ends_at(found.until)
    return found


def _kept() -> Kept:
    return cast("Kept", current_app.extensions[content.KEPT])


def _make_masthead() -> Made:
    now = clock.now()
    frame = public_site.find_frame(now)
    if frame.coming is None:
        return Masthead(), None
    until = public_site.course_of(frame.coming).next_change(now)
    has_days = frame.coming.starts_on is not None and frame.coming.date_precision == "day"
    return Masthead(frame.coming.ordinal, frame.has_programme, has_days, until), until


def init_kept(app: Flask) -> None:
    """Hold these facts for the application, and make the frame's known to every template."""
    app.extensions[content.KEPT] = Kept(app)
    app.jinja_env.globals.update(masthead=masthead)
