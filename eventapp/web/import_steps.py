"""The steps of an import that the secretariat's pages and those of a delegation share; where they stand is their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from flask import current_app, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from eventapp.adapters.tables import read_table
from eventapp.errors import DomainError, Refused
from eventapp.rules.import_plan import OUTCOMES
from eventapp.rules.import_table import MOST_BYTES, Table
from eventapp.rules.text import without_hidden
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import imports
from eventapp.services.imports import Scope
from eventapp.web import clock
from eventapp.web.csrf import check_token
from eventapp.web.import_page import Page, refusal_text, seen_page
from eventapp.web.locale import LANGUAGE_NAMES, language

SHOWN: Final = ("all", *OUTCOMES)
_OF_PAGE: Final = frozenset(
    {"csrf", "over", "cancelled", "hidden", "limit"}
)  # whatever else is about the file
_MEGABYTES: Final = MOST_BYTES // 1024 // 1024


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Where the pages of one import are: the endpoint of each step, and what all of their addresses need."""

    endpoints: Mapping[str, str]
    values: Mapping[str, Any]

    def address(self, step: str, **more: Any) -> str:
        """The address of a step."""
        return url_for(self.endpoints[step], **self.values, **more)


def kept_in() -> Path:
    """Where lists lie until they are written."""
    folder: Path = current_app.config["SETTINGS"].imports
    return folder


def brought() -> tuple[str, Table]:
    """The name and the table of the file that was sent; refuses a stale page, no file, and what cannot be read."""
    try:
        check_token()
        file = request.files.get("file")
    except RequestEntityTooLarge:
        raise Refused(
            "This file is too large: at most %(most)s MB.", code="import", most=_MEGABYTES
        ) from None
    if file is None or not file.filename:
        raise Refused("Choose a file.", code="import")
    _, table = read_table(file.read(), folder=kept_in())
    return " ".join(without_hidden(file.filename).split())[:200], table


def letters_in() -> str:
    """The language of letters that was chosen with the file."""
    chosen = request.form.get("language", "")
    return chosen if chosen in LANGUAGES else language()


def given_choices() -> dict[str, str]:
    """What was chosen, by the number of the row."""
    return {name.removeprefix("row-"): value for name, value in request.form.items()}


def page_number() -> int:
    """Which page of the rows."""
    return request.args.get("page", 1, type=int)


def context_of_form(scope: Scope, steps: Steps, refused: DomainError | None = None) -> dict[str, Any]:
    """What the page shows that takes a file."""
    errors = {}
    if refused is not None:
        errors["page" if refused.code in _OF_PAGE else "file"] = refusal_text(refused)
    return {
        "edition": imports.edition_of(scope),
        "steps": steps,
        "jobs": imports.list_jobs(scope, now=clock.now()),
        "languages": [(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
        "typed": language(),
        "most": _MEGABYTES,
        "errors": errors,
        "is_own": scope.delegation_id is not None,
    }


def context_of_list(
    scope: Scope, steps: Steps, public_id: UUID, refused: DomainError | None = None
) -> dict[str, Any]:
    """What the page shows of a list that was brought; to whoever it is not for it does not exist."""
    job = imports.get_job(scope, public_id)
    wanted = request.args.get("show", "")
    page: Page = seen_page(job, kept_in(), wanted if wanted in SHOWN else "", page_number())
    return {
        "edition": imports.edition_of(scope),
        "steps": steps,
        "job": job,
        "page": page,
        "at": clock.now(),
        "general": [refusal_text(refused)] if refused else [],
        "is_own": scope.delegation_id is not None,
    }
