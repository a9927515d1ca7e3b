"""The description of the data package (Frictionless, profile tabular-data-package): fields, types, sources, licence."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import url_for

from eventapp.blueprints.feeds.documents import LICENCE, instant
from eventapp.models import Edition, Publication
from eventapp.rules.figure import host_of, web_address
from eventapp.rules.publication import MEASURES
from eventapp.rules.publication_document import STATUSES, TABLES
from eventapp.rules.vocabulary import FIGURE_MEASURES, FIGURE_QUALIFIERS, LANGUAGES
from eventapp.web.filters import absolute

Field = dict[str, Any]


def _one_of(words: Sequence[str], description: str) -> Field:
    return {
        "type": "string",
        "description": description,
        "constraints": {"required": True, "enum": list(words)},
    }


def _code(description: str) -> Field:
    return {"type": "string", "description": description}


_NEEDED: Final = {"required": True}
_EDITION: Final = {
    "type": "integer",
    "description": "Ordinal of the edition, its key.",
    "constraints": _NEEDED,
}
_YES_NO: Final = {"type": "boolean", "trueValues": ["yes"], "falseValues": ["no"], "constraints": _NEEDED}

# Each table of the package with its columns in their order.
RESOURCES: Final[Mapping[str, Mapping[str, Field]]] = {
    "editions": {
        "edition": {**_EDITION, "constraints": {"required": True, "unique": True, "minimum": 1}},
        "title": _code("Title, in English where there is one."),
        "starts_on": _code("First day, as exactly as it is known: 2019-09-10, 2014-11 or 2014."),
        "ends_on": _code("Last day, in the same way."),
        "city": _code("Host city, in English where there is one."),
        "country": _code("Host country, ISO 3166-1 alpha-2."),
        "is_demonstration": {**_YES_NO, "description": "Example data: do not republish it."},
    },
    "claims": {
        "edition": _EDITION,
        "measure": _one_of(FIGURE_MEASURES, "What is counted."),
        "qualifier": _one_of(
            FIGURE_QUALIFIERS, "How the source says it; repeat it whenever the number is used."
        ),
        "value": {"type": "integer", "description": "The number.", "constraints": {"minimum": 0}},
        "is_shown": {**_YES_NO, "description": "Whether the conference's pages show this one."},
        "source_url": _code("Where it was published."),
        "source_note": _code("Where it was published, if not on the web, or the title of the page."),
    },
    "counts": {
        "edition": _EDITION,
        "publication": {
            "type": "integer",
            "description": "Number of the publication within the edition.",
            "constraints": _NEEDED,
        },
        "taken_at": {"type": "datetime", "description": "When the count was taken.", "constraints": _NEEDED},
        "measure": _one_of(
            MEASURES,
            "registered: submitted, endorsed, approved or on the waiting list; approved; checked_in: came on any day.",
        ),
        "table": _one_of(TABLES, "Which of the published tables the number stands in."),
        "sector": _code("Main sector."),
        "subsector": _code("Sector below it; the same code as the main sector: not specified further."),
        "region": _code("Region; none: people without a country; unassigned: countries in no region."),
        "country": _code("Country represented, or of the organisation's seat; ISO 3166-1 alpha-2."),
        "value": {
            "type": "integer",
            "description": "The number; empty where the status is not shown.",
            "constraints": {"minimum": 0},
        },
        "status": _one_of(
            tuple(dict.fromkeys(STATUSES.values())),
            "withheld: below the threshold, or such a number could be worked out from it;"
            " left_out: not broken down, zero is possible.",
        ),
        "threshold": {
            "type": "integer",
            "description": "Numbers from 1 to below this one are withheld in this publication.",
            "constraints": {"required": True, "minimum": 3},
        },
    },
    "names": {
        "kind": _one_of(("sector", "region", "country"), "What the code is of."),
        "code": {"type": "string", "constraints": _NEEDED},
        **{language: _code(f"Name, language {language}.") for language in LANGUAGES},
    },
}
_KEYS: Final = {"editions": ["edition"], "names": ["kind", "code"]}
_TITLES: Final = {
    "editions": "Editions of the conference",
    "claims": "Figures as published elsewhere, each a claim with its source",
    "counts": "Counts of the secretariat as published, small numbers withheld",
    "names": "Names of the codes in four languages",
}


def package_document(editions: Sequence[Edition], current: Mapping[int, Publication]) -> dict[str, Any]:
    """The descriptor; its paths are relative to its own address."""
    moments = [one.published_at for one in current.values()] + [one.updated_at for one in editions]
    return {
        "profile": "tabular-data-package",
        "name": "conference-figures",
        "title": "Figures of the Global Conference on Human Trafficking and Migrant Smuggling",
        "description": (
            "What was published about the participants of each edition: claims of others with their sources, and counts"
            f" of the secretariat. {LICENCE}"
        ),
        "homepage": absolute(url_for("public.editions")),
        **({"created": instant(max(moments))} if moments else {}),
        "licenses": [
            {
                "name": "other-at",
                "title": "Attribution: name the conference, the edition and the day of the count; of a claim, its source",
            }
        ],
        "sources": _sources(editions),
        "resources": [_resource(name) for name in RESOURCES],
    }


def _sources(editions: Sequence[Edition]) -> list[dict[str, str]]:
    """Each address once, in the order of the editions."""
    found = {"": {"title": "Registrations of each edition, counted by its secretariat"}}
    for edition in reversed(editions):
        for claim in edition.figures:
            if path := web_address(claim.source_url):
                found.setdefault(path, {"title": claim.source_note or host_of(path), "path": path})
    return list(found.values())


def _resource(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [{"name": field, **kind} for field, kind in RESOURCES[name].items()],
        "missingValues": [""],
    }
    if name in _KEYS:
        schema["primaryKey"] = _KEYS[name]
    else:
        schema["foreignKeys"] = [
            {"fields": ["edition"], "reference": {"resource": "editions", "fields": ["edition"]}}
        ]
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "title": _TITLES[name],
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }
