"""Bring a list, look at what would happen row by row, decide about possible seconds, confirm or give up."""

from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.adapters import kept_tables
from eventapp.blueprints.imports.base import blueprint
from eventapp.errors import DomainError, Refused
from eventapp.services import imports
from eventapp.web import clock
from eventapp.web.csrf import check_token, checks_csrf
from eventapp.web.import_steps import (
    Steps,
    brought,
    context_of_form,
    context_of_list,
    given_choices,
    kept_in,
    letters_in,
    page_number,
)
from eventapp.web.import_words import words
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate

Answer = tuple[str, int]
ENDPOINTS: Final = {
    "index": "imports.index",
    "template_csv": "imports.template_csv",
    "template_xlsx": "imports.template_xlsx",
    "show": "imports.show",
    "choose": "imports.choose",
    "confirm": "imports.confirm",
    "discard": "imports.discard",
    "people": "registrations_desk.index",
    "person": "registrations_desk.show",
}


@blueprint.get("")
def index(ordinal: int) -> Answer:
    return _form(ordinal)


@blueprint.post("")
@checks_csrf
def bring(ordinal: int) -> Response | Answer:
    who, now = actor(), clock.now()
    scope = imports.scope_of_edition(who, ordinal)
    try:
        name, table = brought()
        with writing():
            job = imports.bring(
                scope, table, words(), file_name=name, language=letters_in(), folder=kept_in(), now=now
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
    try:
        check_token()
        with writing():
            imports.choose(scope, public_id, given_choices(), folder=kept_in())
    except Refused as refused:
        return _show(ordinal, public_id, refused)
    flash(translate("Your choice was kept. Nothing has been written yet."), "good")
    address = url_for(
        "imports.show", ordinal=ordinal, public_id=public_id, show="duplicate", page=page_number()
    )
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
    kept_tables.remove(kept_in(), [name])
    flash(translate("The list was given up. Nothing was written."), "good")
    return redirect(url_for("imports.index", ordinal=ordinal), code=303)


def _steps(ordinal: int) -> Steps:
    return Steps(endpoints=ENDPOINTS, values={"ordinal": ordinal})


def _form(ordinal: int, refused: DomainError | None = None) -> Answer:
    scope = imports.scope_of_edition(actor(), ordinal)
    page = render_template("imports/index.html", **context_of_form(scope, _steps(ordinal), refused))
    return page, 422 if refused is not None else 200


def _show(ordinal: int, public_id: UUID, refused: DomainError | None = None) -> Answer:
    scope = imports.scope_of_edition(actor(), ordinal)
    context = context_of_list(scope, _steps(ordinal), public_id, refused)
    return render_template("imports/show.html", **context), 422 if refused is not None else 200
