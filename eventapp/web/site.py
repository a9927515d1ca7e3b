"""What the frame of every public page needs: the coming edition, the same page in other languages, messages."""

from dataclasses import dataclass

from flask import Flask, g, get_flashed_messages, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.routing import BuildError

from eventapp.extensions import db
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import public_site
from eventapp.services.public_site import NO_FRAME, Frame
from eventapp.web import cache, clock
from eventapp.web.locale import LANGUAGE_NAMES, language, path_in


@dataclass(frozen=True)
class LanguageLink:
    """The same page in one language."""

    code: str
    name: str
    path: str
    is_current: bool


def site() -> Frame:
    """The coming edition for the masthead, asked once a request; an error page shows without it."""
    frame: Frame | None = g.get("site_frame")
    if frame is None:
        try:
            frame = public_site.find_frame(clock.now())
        except SQLAlchemyError:
            db.session.rollback()
            frame = NO_FRAME
        if frame.coming is not None:
            cache.ends_at(public_site.course_of(frame.coming).next_change(clock.now()))
        g.site_frame = frame
    return frame


def language_links() -> list[LanguageLink]:
    """The same page in the four languages. The query goes along, except into a page that is kept for everybody."""
    query = (
        "" if cache.is_kept() or request.method != "GET" else request.query_string.decode("ascii", "ignore")
    )
    return [
        LanguageLink(
            code=code,
            name=LANGUAGE_NAMES[code],
            path=path_in(code) + (f"?{query}" if query else ""),
            is_current=code == language(),
        )
        for code in LANGUAGES
    ]


def is_indexable() -> bool:
    """Whether search engines may list the page: only the public site, not forms, private links or errors."""
    return (request.endpoint or "").startswith("public.")


def flashes() -> list[tuple[str, str]]:
    """Messages for this visitor; a page that is kept for everybody never asks for them."""
    if cache.is_kept():
        return []
    kept: list[tuple[str, str]] = get_flashed_messages(with_categories=True)  # type: ignore[assignment]  # pairs
    return kept


def find_link(endpoint: str, **values: object) -> str | None:
    """The path of an endpoint, or None where this installation does not have it."""
    try:
        return url_for(endpoint, **values)  # type: ignore[arg-type]  # Flask's stub wants Any by name
    except BuildError:
        return None


def init_site(app: Flask) -> None:
    """Make them known to every template."""
    app.jinja_env.globals.update(
        site=site,
        language_links=language_links,
        is_indexable=is_indexable,
        flashes=flashes,
        find_link=find_link,
    )
