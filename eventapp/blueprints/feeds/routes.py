"""The public record for machines: JSON, CSV, iCalendar, Atom, sitemap, robots."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for

from eventapp.blueprints.feeds.documents import edition_document, editions_document
from eventapp.blueprints.feeds.schedule import Documents, json_schedule, xml_schedule
from eventapp.models import Edition
from eventapp.rules.edition_plan import NOTICE_STATES
from eventapp.rules.partial_date import partial_date
from eventapp.rules.programme_document import Shown
from eventapp.rules.spreadsheet import BYTE_ORDER_MARK, csv_text
from eventapp.rules.text import shown
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import documents_read, programme_public, public_site, publications, speakers_public
from eventapp.services.editions import get_public_edition, list_public_editions
from eventapp.web.cache import cached_page
from eventapp.web.calendars import edition_calendar, session_calendar
from eventapp.web.filters import absolute
from eventapp.web.locale import path_in

blueprint = Blueprint("feeds", __name__)

_COLUMNS = (
    "ordinal",
    "starts_on",
    "city",
    "country",
    "measure",
    "qualifier",
    "value",
    "is_shown",
    "source",
)
_CLOSED = (
    "/dashboard",
    "/registrations/",
    "/speaker/",
    "/my-registration",
    "/sign-in",
    "/editions/*/register",
)


def json_response(document: dict[str, Any]) -> Response:
    """A document that pages of other sites may fetch too."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    response = Response(text + "\n", mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/editions.json")
@cached_page()
def editions_json() -> Response:
    return json_response(editions_document(list_public_editions()))


@blueprint.get("/editions/<int(max=9999):ordinal>.json")
@cached_page()
def edition_json(ordinal: int) -> Response:
    edition = get_public_edition(ordinal)
    sessions, documents = programme_public.list_sessions(edition.id), documents_read.list_public(edition)
    return json_response(edition_document(edition, sessions, documents))


@blueprint.get("/editions.csv")
@cached_page()
def editions_csv() -> Response:
    text = csv_text(
        _COLUMNS, (row for edition in reversed(list_public_editions()) for row in _claims(edition))
    )
    response = Response(BYTE_ORDER_MARK + text, mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="edition-figures.csv"'
    return response


def _claims(edition: Edition) -> Iterator[tuple[object, ...]]:
    """One line for each claim about an edition; the city by its English name."""
    starts = partial_date(edition.starts_on, edition.date_precision) or ""
    place = (edition.ordinal, starts, shown(edition.city, "en").text, edition.country_code or "")
    for claim in edition.figures:
        yield (*place, claim.measure, claim.qualifier, claim.value, claim.is_shown, claim.source_url)


@blueprint.get("/editions/<int(max=9999):ordinal>.ics")
@cached_page()
def edition_ics(ordinal: int) -> Response:
    edition = get_public_edition(ordinal)
    body = edition_calendar(edition, programme_public.list_told(edition.id))
    response = Response(body, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="edition-{ordinal}.ics"'
    return response


@blueprint.get("/editions/<int(max=9999):ordinal>/sessions/<uuid:public_id>.ics")
@cached_page()
def session_ics(ordinal: int, public_id: UUID) -> Response:
    edition = get_public_edition(ordinal)
    body = session_calendar(edition, programme_public.get_told(edition.id, public_id))
    response = Response(body, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="session-{public_id}.ics"'
    return response


@blueprint.get("/editions/<int(max=9999):ordinal>/schedule.xml")
@cached_page()
def schedule_xml(ordinal: int) -> Response:
    edition = get_public_edition(ordinal)
    return Response(xml_schedule(edition, *_held(edition)), mimetype="application/xml")


@blueprint.get("/editions/<int(max=9999):ordinal>/schedule.json")
@cached_page()
def schedule_json(ordinal: int) -> Response:
    edition = get_public_edition(ordinal)
    return json_response(json_schedule(edition, *_held(edition)))


def _held(edition: Edition) -> tuple[Sequence[Shown], Documents]:
    """The sessions that apps show, with their documents.

    None while the edition is postponed or cancelled, since schedules know no such state.
    """
    if edition.state in NOTICE_STATES:
        return [], {}
    return programme_public.list_sessions(edition.id), documents_read.list_public(edition).by_session


@blueprint.get("/editions.atom")
@cached_page()
def editions_atom() -> Response:
    editions = list_public_editions()
    updated_at = max((edition.updated_at for edition in editions), default=None)
    text = render_template("feeds/editions.xml", editions=editions, updated_at=updated_at)
    return Response(text, mimetype="application/atom+xml")


@blueprint.get("/sitemap.xml")
@cached_page()
def sitemap() -> Response:
    names = ("home", "editions", "partners", "privacy", "contact", "accessibility")
    pages: list[tuple[str, datetime | None]] = [(_bare(url_for(f"public.{name}")), None) for name in names]
    with_programme, with_figures = public_site.list_with_programme(), publications.list_current()
    with_speakers = speakers_public.list_with_profiles()
    for edition in list_public_editions():
        path = _bare(url_for("public.edition", ordinal=edition.ordinal))
        pages.append((path, edition.updated_at))
        if edition.figures or edition.id in with_figures:
            pages.append((f"{path}/figures", edition.updated_at))
        if edition.id in with_programme:
            pages.append((f"{path}/programme", edition.updated_at))
            if edition.id in with_speakers:
                pages.append((f"{path}/speakers", edition.updated_at))
    text = render_template("feeds/sitemap.xml", pages=pages, languages=LANGUAGES)
    return Response(text, mimetype="application/xml")


def _bare(path: str) -> str:
    """The path without the language of this request."""
    return path.removeprefix(request.script_root)


@blueprint.get("/robots.txt")
@cached_page()
def robots() -> Response:
    lines = ["User-agent: *"]
    lines += [f"Disallow: {path_in(code, path)}" for code in LANGUAGES for path in _CLOSED]
    lines += ["", f"Sitemap: {absolute(_bare(url_for('feeds.sitemap')))}", ""]
    return Response("\n".join(lines), mimetype="text/plain")
