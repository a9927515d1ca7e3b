"""The files and addresses of a document in the dashboard, one for each language."""

from uuid import UUID

from flask import Response as FlaskResponse
from flask import current_app, flash, redirect, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.programme.documents import both, form, typed_document
from eventapp.blueprints.programme.routes import blueprint
from eventapp.config import Settings
from eventapp.errors import DomainError, Refused
from eventapp.rules.vocabulary import SPOKEN_LANGUAGES
from eventapp.services import documents_files as service
from eventapp.web import clock
from eventapp.web.arriving import arriving_files, is_file_sent, sent_file, tidy_documents
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of
from eventapp.web.kept_documents import resumable
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@blueprint.post("/documents/<int:number>/files")
@checks_csrf
def add_document_file(ordinal: int, number: int) -> tuple[str, int] | Response:
    """A file that is refused leaves nothing behind; neither does one that breaks off."""
    both(ordinal, number)
    typed: dict[str, str] = {}
    try:
        released = _take(ordinal, number, typed)
    except DomainError as problem:
        edition, document = both(ordinal, number)
        return form(edition, document, typed_document(document) | typed, 422, errors=errors_of(problem))
    tidy_documents(released)
    flash(translate("The document is saved."), "good")
    address = url_for("programme.edit_document", ordinal=ordinal, number=number, _anchor="files")
    return redirect(address, code=303)


def _take(ordinal: int, number: int, typed: dict[str, str]) -> list[str]:
    """Read the form and keep what came with it; gives the names of files that are not needed any more."""
    who, now, settings = actor(), clock.now(), _settings()
    with arriving_files(settings.documents, megabytes=settings.largest_document) as begin:
        answers = Answers()
        typed.update(document_language=answers.raw("document_language"), url=answers.raw("url"))
        language = answers.choice("document_language", SPOKEN_LANGUAGES)
        answers.require("document_language", language)
        url = answers.web_address("url")
        if bool(url) == is_file_sent():
            answers.problems.setdefault("file", _one_of_both(url))
        answers.check()
        if url:
            with writing():
                return service.put_address(who, ordinal, number, language, url, now=now)
        part, name = sent_file()
        with service.received(part, name, begin=begin, scanner=settings.clamav) as ready, writing():
            return service.put(who, ordinal, number, language, ready, now=now)


def _one_of_both(url: str) -> Refused:
    if url:
        return Refused("Please choose a file or give an address, not both.", code="both")
    return Refused("Please choose a file, or give an address.", code="missing")


@blueprint.post("/documents/<int:number>/files/<uuid:public_id>/remove")
def remove_document_file(ordinal: int, number: int, public_id: UUID) -> Response:
    with writing():
        released = service.remove_file(actor(), ordinal, number, public_id, now=clock.now())
    tidy_documents(released)
    flash(translate("The file is removed from the document."), "good")
    address = url_for("programme.edit_document", ordinal=ordinal, number=number, _anchor="files")
    return redirect(address, code=303)


@blueprint.get("/documents/files/<uuid:public_id>")
def fetch_document_file(ordinal: int, public_id: UUID) -> FlaskResponse:
    return resumable(service.find_for_desk(actor(), ordinal, public_id), _settings().documents)
