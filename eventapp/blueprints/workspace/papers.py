"""Credentials of the own delegation: how they stand, what the secretariat says of them, and the papers."""

from collections.abc import Mapping
from uuid import UUID

from flask import Response as FlaskResponse
from flask import current_app, flash, redirect, render_template, request, url_for

from eventapp.adapters.papers import ReadyPaper, make_ready
from eventapp.blueprints.workspace.base import Page, blueprint, entered, opened
from eventapp.errors import DomainError, Refused
from eventapp.rules.paper import MOST_BYTES
from eventapp.rules.workspace import may_work
from eventapp.services import credentials as service
from eventapp.services.editions import window_of
from eventapp.web import clock, limits
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import PAGE, Answers, errors_of
from eventapp.web.errors import error_text
from eventapp.web.made_files import kept_file
from eventapp.web.sending import check_place
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate


@blueprint.route("/workspace/<token>/credentials", methods=["GET", "POST"])
@checks_csrf
def credentials(token: str) -> Page:
    opened(token)
    if request.method != "POST":
        return _page(token)
    folder = current_app.config["SETTINGS"].credentials
    try:
        with service.placed(_sent(token), folder) as ready, writing():
            place = entered(token)
            service.keep(place.actor, place.delegation, ready, now=clock.now())
    except DomainError as problem:
        return _page(token, _errors(problem)), 422
    flash(translate("The document has been received."), "success")
    return redirect(url_for("workspace.credentials", token=token), code=303)


def _sent(token: str) -> ReadyPaper:
    """The paper that came with the form; refuses a form without one, and what is neither a PDF nor an image."""
    answers = Answers()
    sent = request.files.get("document")
    found = None
    if sent is None or not sent.filename:
        answers.problems["document"] = Refused("Please choose a file.", code="missing")
    else:
        try:
            limits.check_may_upload(token)
            found = make_ready(sent.stream.read(MOST_BYTES + 1), sent.filename)
        except Refused as problem:
            answers.problems["document"] = problem
    answers.check()
    assert found is not None
    return found


def _errors(problem: DomainError) -> dict[str, str]:
    if problem.field or hasattr(problem, "problems"):
        return errors_of(problem)
    return {PAGE: error_text(problem)}


def _page(token: str, errors: Mapping[str, str] | None = None) -> str:
    place = opened(token)
    return render_template(
        "workspace/credentials.html",
        token=token,
        place=place,
        edition=place.edition,
        papers=service.list_documents(place.delegation),
        may_add=may_work(window_of(place.edition)),
        errors=dict(errors or {}),
    )


@blueprint.post("/workspace/<token>/credentials/<uuid:number>")
def fetch_document(token: str, number: UUID) -> FlaskResponse:
    """The audit row is committed before the first byte."""
    check_place()
    folder = current_app.config["SETTINGS"].credentials
    with writing():
        place = opened(token)
        found = service.hand_out(place.actor, place.delegation, number, now=clock.now())
        path, name, media_type = service.path_of(found, folder), found.file_name, found.media_type
    return kept_file(path, name, media_type)


@blueprint.post("/workspace/<token>/credentials/<uuid:number>/remove")
@commits
def remove_document(token: str, number: UUID) -> Page:
    place = entered(token)
    service.discard(place.actor, place.delegation, number, now=clock.now())
    flash(translate("The document is removed."), "success")
    return redirect(url_for("workspace.credentials", token=token), code=303)
