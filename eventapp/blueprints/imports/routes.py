"""Bring a list, look at what would happen row by row, decide about possible seconds, confirm or give up."""

from pathlib import Path
from typing import Any, Final
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from eventapp.adapters import kept_tables
from eventapp.adapters.tables import read_table
from eventapp.blueprints.imports.base import blueprint
from eventapp.errors import DomainError, Refused
from eventapp.rules.import_plan import OUTCOMES
from eventapp.rules.import_table import MOST_BYTES, Table
from eventapp.rules.text import without_hidden
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import imports
from eventapp.services.imports import Scope
from eventapp.web import clock
from eventapp.web.csrf import check_token, checks_csrf
from eventapp.web.import_page import Page, refusal_text, seen_page
from eventapp.web.import_words import words
from eventapp.web.locale import LANGUAGE_NAMES, language
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate

Answer = tuple[str, int]
SHOWN: Final = ("all", *OUTCOMES)


@blueprint.get("")
def index(ordinal: int) -> Answer:
    return _form(ordinal)


@blueprint.post("")
@checks_csrf
def bring(ordinal: int) -> Response | Answer:
    who, now = actor(), clock.now()
    scope = imports.scope_of_edition(who, ordinal)
    try:
        name, table = _brought()
        with writing():
            job = imports.bring(
                scope, table, words(), file_name=name, language=_language(), folder=_folder(), now=now
            )
            number = job.public_id
    except DomainError as refused:
        if refused.code == "forbidden":
            raise
        return _form(ordinal, refused)
    return redirect(url_for("imports.show", ordinal=ordinal, public_id=number), code=303)


@blueprint.get("/<uuid:public_id>")
def show(ordinal: int, public_id: UUID) -> Answer:
    return _show(ordinal, public_id)


@blueprint.post("/<uuid:public_id>/choose")
@checks_csrf
def choose(ordinal: int, public_id: UUID) -> Response | Answer:
    scope = imports.scope_of_edition(actor(), ordinal)
    given = {name.removeprefix("row-"): value for name, value in request.form.items()}
    try:
        check_token()
        with writing():
            imports.choose(scope, public_id, given, folder=_folder())
    except Refused as refused:
        return _show(ordinal, public_id, refused)
    flash(translate("Your choice was kept. Nothing has been written yet."), "good")
    page = request.args.get("page", 1, type=int)
    address = url_for("imports.show", ordinal=ordinal, public_id=public_id, show="duplicate", page=page)
    return redirect(address, code=303)


@blueprint.post("/<uuid:public_id>/confirm")
@checks_csrf
def confirm(ordinal: int, public_id: UUID) -> Response | Answer:
    scope = imports.scope_of_edition(actor(), ordinal)
    try:
        check_token()
        with writing():
            tells = request.form.get("tell") == "1"
            imports.confirm(scope, public_id, tells=tells, now=clock.now())
    except DomainError as refused:
        return _show(ordinal, public_id, refused)
    return redirect(url_for("imports.show", ordinal=ordinal, public_id=public_id), code=303)


@blueprint.post("/<uuid:public_id>/discard")
def discard(ordinal: int, public_id: UUID) -> Response:
    scope = imports.scope_of_edition(actor(), ordinal)
    with writing():
        name = imports.discard(scope, public_id, now=clock.now())
    kept_tables.remove(_folder(), [name])
    flash(translate("The list was given up. Nothing was written."), "good")
    return redirect(url_for("imports.index", ordinal=ordinal), code=303)


def _folder() -> Path:
    folder: Path = current_app.config["SETTINGS"].imports
    return folder


def _brought() -> tuple[str, Table]:
    """The name and the table of the file that was sent; refuses a stale page, no file, and what cannot be read."""
    try:
        check_token()
        file = request.files.get("file")
    except RequestEntityTooLarge:
        raise Refused(
            "This file is too large: at most %(most)s MB.", code="import", most=MOST_BYTES // 1024 // 1024
        ) from None
    if file is None or not file.filename:
        raise Refused("Choose a file.", code="import")
    _, table = read_table(file.read(), folder=_folder())
    return " ".join(without_hidden(file.filename).split())[:200], table


def _language() -> str:
    chosen = request.form.get("language", "")
    return chosen if chosen in LANGUAGES else language()


def _form(ordinal: int, refused: DomainError | None = None) -> Answer:
    now = clock.now()
    scope: Scope = imports.scope_of_edition(actor(), ordinal)
    errors: dict[str, Any] = {}
    typed = language()
    if refused is not None:
        errors["page" if refused.code in ("csrf", "over", "cancelled", "hidden") else "file"] = refusal_text(
            refused
        )
    page = render_template(
        "imports/index.html",
        edition=imports.edition_of(scope),
        jobs=imports.list_jobs(scope, now=now),
        languages=[(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
        typed=typed,
        most=MOST_BYTES // 1024 // 1024,
        errors=errors,
    )
    return page, 422 if refused is not None else 200


def _show(ordinal: int, public_id: UUID, refused: DomainError | None = None) -> Answer:
    scope = imports.scope_of_edition(actor(), ordinal)
    job = imports.get_job(scope, public_id)
    wanted = request.args.get("show", "")
    page: Page = seen_page(
        job, _folder(), wanted if wanted in SHOWN else "", request.args.get("page", 1, type=int)
    )
    html = render_template(
        "imports/show.html",
        edition=imports.edition_of(scope),
        job=job,
        page=page,
        at=clock.now(),
        general=[refusal_text(refused)] if refused else [],
    )
    return html, 422 if refused is not None else 200
