"""Credentials of a delegation: how they stand, what the body is told, and the papers."""

from typing import Any
from uuid import UUID

from flask import Response as FlaskResponse
from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.adapters.papers import ReadyPaper, make_ready
from eventapp.blueprints.delegations.base import blueprint, name_of
from eventapp.errors import DomainError, Refused, Stale
from eventapp.rules.paper import MOST_BYTES
from eventapp.rules.vocabulary import CREDENTIALS
from eventapp.services import credentials as service
from eventapp.services import delegations
from eventapp.services.editions import get_edition_to_edit
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again
from eventapp.web.labels import labels
from eventapp.web.made_files import kept_file
from eventapp.web.sending import check_place
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate


def _page(
    ordinal: int, public_id: UUID, typed: dict[str, str] | None = None, status: int = 200, **more: Any
) -> tuple[str, int]:
    edition = get_edition_to_edit(actor(), ordinal)
    delegation = delegations.get_delegation(edition, public_id)
    stands = {
        "state": delegation.credentials,
        "note": delegation.credentials_note,
        "version": str(delegation.version),
    }
    page = render_template(
        "delegations/credentials.html",
        edition=edition,
        delegation=delegation,
        name=name_of(delegation),
        papers=service.list_documents(delegation),
        states=labels("credentials"),
        typed=typed or stands,
        **more,
    )
    return page, status


@blueprint.get("/<uuid:public_id>/credentials")
def credentials(ordinal: int, public_id: UUID) -> tuple[str, int]:
    return _page(ordinal, public_id)


@blueprint.post("/<uuid:public_id>/credentials")
@checks_csrf
def save_credentials(ordinal: int, public_id: UUID) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    edition = get_edition_to_edit(who, ordinal)
    delegations.get_delegation(edition, public_id)
    version = answers.version()
    try:
        state, note = answers.choice("state", CREDENTIALS), answers.prose("note", 2000)
        answers.require("state", state)
        answers.check()
        with writing():
            service.set_state(who, ordinal, public_id, state, note, version=version, now=now)
    except Stale:
        delegation = delegations.get_delegation(edition, public_id)
        return _page(ordinal, public_id, **came_back(delegation, version, zone=edition.time_zone))
    except DomainError as problem:
        return _page(ordinal, public_id, typed_again(), 422, errors=errors_of(problem))
    flash(translate("The state of the credentials is saved."), "good")
    return redirect(url_for("delegations.show", ordinal=ordinal, public_id=public_id), code=303)


def _sent() -> ReadyPaper:
    """The paper that came with the form; refuses a form without one."""
    answers = Answers()
    sent = request.files.get("document")
    found = None
    if sent is None or not sent.filename:
        answers.problems["document"] = Refused("Please choose a file.", code="missing")
    else:
        try:
            found = make_ready(sent.stream.read(MOST_BYTES + 1), sent.filename)
        except Refused as problem:
            answers.problems["document"] = problem
    answers.check()
    assert found is not None
    return found


@blueprint.post("/<uuid:public_id>/credentials/documents")
@checks_csrf
def add_document(ordinal: int, public_id: UUID) -> tuple[str, int] | Response:
    who, now = actor(), clock.now()
    delegations.get_delegation(get_edition_to_edit(who, ordinal), public_id)
    folder = current_app.config["SETTINGS"].credentials
    try:
        with service.placed(_sent(), folder) as ready, writing():
            service.add(who, ordinal, public_id, ready, now=now)
    except DomainError as problem:
        return _page(ordinal, public_id, None, 422, errors=errors_of(problem))
    flash(translate("The document is kept."), "good")
    return redirect(url_for("delegations.credentials", ordinal=ordinal, public_id=public_id), code=303)


@blueprint.post("/<uuid:public_id>/credentials/documents/<uuid:number>")
def fetch_document(ordinal: int, public_id: UUID, number: UUID) -> FlaskResponse:
    """The audit row is committed before the first byte."""
    check_place()
    folder = current_app.config["SETTINGS"].credentials
    with writing():
        found = service.fetch(actor(), ordinal, public_id, number, now=clock.now())
        path, name, media_type = service.path_of(found, folder), found.file_name, found.media_type
    return kept_file(path, name, media_type)


@blueprint.get("/<uuid:public_id>/credentials/documents/<uuid:number>/remove")
def confirm_remove_document(ordinal: int, public_id: UUID, number: UUID) -> str:
    edition = get_edition_to_edit(actor(), ordinal)
    delegation = delegations.get_delegation(edition, public_id)
    return render_template(
        "delegations/document_remove.html",
        edition=edition,
        delegation=delegation,
        name=name_of(delegation),
        paper=service.get_document(delegation, number),
    )


@blueprint.post("/<uuid:public_id>/credentials/documents/<uuid:number>/remove")
def remove_document(ordinal: int, public_id: UUID, number: UUID) -> Response:
    with writing():
        service.remove(actor(), ordinal, public_id, number, now=clock.now())
    with writing():
        service.tidy(current_app.config["SETTINGS"].credentials)
    flash(translate("The document is removed, and its file with it."), "good")
    return redirect(url_for("delegations.credentials", ordinal=ordinal, public_id=public_id), code=303)
