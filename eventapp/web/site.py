"""What the frame of every public page needs: the coming edition, the same page in other languages, messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, g, get_flashed_messages, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.routing import BuildError

from eventapp.extensions import db
from eventapp.models import Edition, ProgrammeSession, Upload
from eventapp.rules.cartography import Point, coordinates_text, project
from eventapp.rules.figure import web_address
from eventapp.rules.partial_date import partial_date
from eventapp.rules.programme_document import Shown
from eventapp.rules.scale_bar import ScaleBar, draw_scale
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import public_site
from eventapp.services.editions import window_of
from eventapp.services.public_site import NO_FRAME, Frame
from eventapp.services.uploads import file_name
from eventapp.web import cache, clock, figures
from eventapp.web.filters import number, pick, zone_offset, zone_offsets
from eventapp.web.locale import LANGUAGE_NAMES, language, path_in
from eventapp.web.typed import translate


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
        "" if cache.is_kept() or request.method == "POST" else request.query_string.decode("ascii", "ignore")
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


def phase_of(edition: Edition) -> str:
    """Where the edition's registration stands now; the page ends when that changes."""
    moment = clock.now()
    cache.ends_at(public_site.course_of(edition).next_change(moment))
    return window_of(edition).phase(moment)


def scale_of(edition: Edition) -> ScaleBar | None:
    """The registration window as a scale bar, where both of its ends are known."""
    opens_at, closes_at = edition.registration_opens_at, edition.registration_closes_at
    if opens_at is None or closes_at is None:
        return None
    return draw_scale(opens_at, closes_at, clock.now(), edition.time_zone)


def coordinates(edition: Edition) -> str:
    """Degrees and minutes of the place, with the letters of the language; empty where it is not known."""
    if edition.latitude is None or edition.longitude is None:
        return ""
    letters = (translate("N"), translate("S"), translate("E"), translate("W"))
    return coordinates_text(edition.latitude, edition.longitude, letters)


def point_of(edition: Edition) -> Point | None:
    """The place on the map sheet, where it is known."""
    if edition.latitude is None or edition.longitude is None:
        return None
    return project(edition.latitude, edition.longitude)


def zone_words(edition: Edition, at: datetime | Sequence[ProgrammeSession | Shown]) -> str:
    """Nairobi time (UTC+3): the edition's zone at a moment, or over some sessions, in words."""
    zone = edition.time_zone
    offset = zone_offset(at, zone) if isinstance(at, datetime) else zone_offsets(at, zone)
    place = pick(edition.city).text or edition.time_zone.rpartition("/")[2].replace("_", " ")
    return translate("%(city)s time (%(offset)s)", city=place, offset=offset)


def picture(upload: Upload) -> str:
    """The address of an uploaded image."""
    return url_for("uploads.show", name=file_name(upload))


def init_site(app: Flask) -> None:
    """Make them known to every template."""
    app.jinja_env.filters["web_address"] = web_address
    app.jinja_env.globals.update(
        site=site,
        language_links=language_links,
        is_indexable=is_indexable,
        flashes=flashes,
        find_link=find_link,
        phase_of=phase_of,
        scale_of=scale_of,
        coordinates=coordinates,
        point_of=point_of,
        zone_words=zone_words,
        picture=picture,
        partial_date=partial_date,
        figures_of=public_site.figures_of,
        figure=lambda claim: figures.figure(claim, number(claim.value)),
        figure_html=lambda claim, second=False: figures.figure_html(
            claim, number(claim.value), is_second=second
        ),
        figure_words=lambda claim: figures.figure_words(claim, number(claim.value)),
        figures_sentence=lambda found: figures.figures_sentence(found, number),
    )
