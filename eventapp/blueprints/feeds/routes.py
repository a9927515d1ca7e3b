"""The public record for machines: JSON, iCalendar, Atom, sitemap, robots."""

from flask import Blueprint, Response

from eventapp.web.cache import cached_page

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/editions.json")
@cached_page()
def editions_json() -> Response:
    return Response("{}")


@blueprint.get("/editions/<int:ordinal>.ics")
@cached_page()
def edition_ics(ordinal: int) -> Response:
    return Response("")


@blueprint.get("/editions.atom")
@cached_page()
def editions_atom() -> Response:
    return Response("")
