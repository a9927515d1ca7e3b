"""Published figures for machines: one edition as JSON and CSV, all editions as a Frictionless data package."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask import Response, url_for

from eventapp.blueprints.feeds.documents import FORMAT, LICENCE, instant
from eventapp.blueprints.feeds.package import RESOURCES, package_document
from eventapp.blueprints.feeds.routes import blueprint, json_response
from eventapp.errors import NotFound
from eventapp.models import Edition, Publication
from eventapp.rules.partial_date import partial_date
from eventapp.rules.spreadsheet import BYTE_ORDER_MARK, csv_text
from eventapp.rules.text import shown
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import publications
from eventapp.services.editions import get_public_edition, list_public_editions
from eventapp.web.cache import cached_page
from eventapp.web.filters import absolute

Rows = Iterator[tuple[object, ...]]
_CODES: Final = ("sector", "subsector", "region", "country")


@blueprint.get("/editions/<int(max=9999):ordinal>/figures.json")
@cached_page()
def figures_json(ordinal: int) -> Response:
    edition = get_public_edition(ordinal)
    publication = publications.find_current(edition.id)
    return json_response(
        {
            "format": FORMAT,
            "licence": LICENCE,
            "edition": ordinal,
            "is_demonstration": edition.is_demonstration,
            "url": absolute(url_for("public.figures", ordinal=ordinal)),
            "claims": [_claim(row) for row in _claims(edition)],
            "counted": _counted(publication) if publication else None,
        }
    )


def _claim(row: tuple[object, ...]) -> dict[str, object]:
    return dict(zip(RESOURCES["claims"], row, strict=True))


def _counted(publication: Publication) -> dict[str, Any]:
    return {
        "publication": publication.number,
        "taken_at": instant(publication.taken_at),
        "published_at": instant(publication.published_at),
        **publication.document,
    }


@blueprint.get("/editions/<int(max=9999):ordinal>/figures.csv")
@cached_page()
def figures_csv(ordinal: int) -> Response:
    edition = get_public_edition(ordinal)
    publication = publications.find_current(edition.id)
    rows = _counts(edition, publication) if publication else iter(())
    response = Response(BYTE_ORDER_MARK + csv_text(tuple(RESOURCES["counts"]), rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="figures-{ordinal}.csv"'
    return response


@blueprint.get("/figures/datapackage.json")
@cached_page()
def data_package() -> Response:
    return json_response(package_document(list_public_editions(), publications.list_current()))


@blueprint.get("/figures/<name>.csv")
@cached_page()
def package_csv(name: str) -> Response:
    """One table of the data package, over all editions."""
    if name not in RESOURCES:
        raise NotFound("There is no such table.")
    text = csv_text(tuple(RESOURCES[name]), _ROWS[name]())
    response = Response(text, mimetype="text/csv")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _every_edition() -> Rows:
    for edition in reversed(list_public_editions()):
        yield (
            edition.ordinal,
            shown(edition.title, "en").text,
            partial_date(edition.starts_on, edition.date_precision) or "",
            partial_date(edition.ends_on, edition.date_precision) or "",
            shown(edition.city, "en").text,
            edition.country_code or "",
            edition.is_demonstration,
        )


def _every_claim() -> Rows:
    for edition in reversed(list_public_editions()):
        yield from _claims(edition)


def _claims(edition: Edition) -> Rows:
    for claim in edition.figures:
        yield (
            edition.ordinal,
            claim.measure,
            claim.qualifier,
            claim.value,
            claim.is_shown,
            claim.source_url,
            claim.source_note,
        )


def _every_count() -> Rows:
    current = publications.list_current()
    for edition in reversed(list_public_editions()):
        if edition.id in current:
            yield from _counts(edition, current[edition.id])


def _counts(edition: Edition, publication: Publication) -> Rows:
    """One line for each number; a number that is not told is empty, and its status says why."""
    taken_at = instant(publication.taken_at)
    for row in publication.document["rows"]:
        for measure, told in row["numbers"].items():
            yield (
                edition.ordinal,
                publication.number,
                taken_at,
                measure,
                row["table"],
                *(row[code] for code in _CODES),
                told["value"],
                told["status"],
                publication.threshold,
            )


def _every_name() -> Rows:
    """Each code once, with the name that the latest publication has for it."""
    names: dict[tuple[str, str], Mapping[str, str]] = {}
    for publication in publications.list_current().values():
        for kind, known in publication.document["names"].items():
            names |= {(kind, code): texts for code, texts in known.items()}
    for (kind, code), texts in sorted(names.items()):
        yield (kind, code, *(texts.get(language, "") for language in LANGUAGES))


_ROWS: Final = {
    "editions": _every_edition,
    "claims": _every_claim,
    "counts": _every_count,
    "names": _every_name,
}
