"""Documents of the programme in the dashboard: what they are, of which session, who may read them, in which order."""

from typing import Any, Final

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.programme.routes import blueprint
from eventapp.errors import DomainError, Stale
from eventapp.models import Edition, ProgrammeDocument
from eventapp.rules.document_access import OFFERED
from eventapp.rules.vocabulary import DOCUMENT_KINDS
from eventapp.services import documents as service
from eventapp.services import editions, programme, session_places
from eventapp.web import clock
from eventapp.web.arriving import tidy_documents
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, showable, typed_again, typed_texts
from eventapp.web.filters import link, pick
from eventapp.web.labels import labels
from eventapp.web.paging import Paging
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate

PAGE_SIZE: Final = 50


@blueprint.get("/documents")
def documents(ordinal: int) -> str:
    edition = editions.get_edition(actor(), ordinal)
    typed = showable(request.args.get("q", ""))[:300].strip()
    found = service.find_numbers(edition.id, typed)
    at, wanted = request.args.get("at", type=int), request.args.get("page", 1, type=int)
    if at in found:
        wanted = found.index(at) // PAGE_SIZE + 1
    paging = Paging(wanted, PAGE_SIZE, len(found))
    rows = service.list_some(found[paging.offset : paging.last])
    return render_template(
        "programme/documents.html",
        edition=edition,
        may_edit=actor().may_edit(edition.id),
        typed=typed,
        paging=paging,
        rows=rows,
        ends=(found[0], found[-1]) if found else (),
        sessions=session_places.list_titles([one.session_id for one in rows if one.session_id]),
        address=lambda page: link("programme.documents", ordinal=ordinal, q=typed or None, page=page),
    )


def list_sessions(edition: Edition) -> list[tuple[int, str]]:
    """The sessions that a document may belong to, by time."""
    return [(number, pick(title).text) for number, title in programme.list_titles(edition.id)]


def form(
    edition: Edition,
    document: ProgrammeDocument | None,
    typed: dict[str, str],
    status: int = 200,
    **more: Any,
) -> tuple[str, int]:
    """The page of one document, with its files once it has been saved."""
    page = render_template(
        "programme/document_form.html",
        edition=edition,
        document=document,
        typed=typed,
        kinds=labels("document_kind"),
        sessions=list_sessions(edition),
        accesses=[(code, text) for code, text in labels("document_access") if code in OFFERED],
        spoken=labels("spoken_language"),
        largest=current_app.config["SETTINGS"].largest_document,
        **more,
    )
    return page, status


def typed_document(document: ProgrammeDocument) -> dict[str, str]:
    """A document as the fields of its form hold it."""
    return {
        **typed_texts("title", document.title),
        "kind": document.kind,
        "symbol": document.symbol,
        "revision": document.revision,
        "access": document.access,
        "session_id": str(document.session_id or ""),
        "version": str(document.version),
    }


def _read(document: ProgrammeDocument | None) -> dict[str, Any]:
    answers = Answers()
    # An access that this form does not offer stays as it is.
    accesses = (*OFFERED, document.access) if document else OFFERED
    values = {
        "title": answers.texts("title", limit=300),
        "kind": answers.choice("kind", DOCUMENT_KINDS),
        "symbol": answers.line("symbol", 100),
        "revision": answers.line("revision", 40),
        "session_id": answers.whole("session_id", 1, 10**9),
        "access": answers.choice("access", accesses),
    }
    if not any(name.startswith("title") for name in answers.problems):
        answers.require("title", values["title"])
    answers.require("kind", values["kind"])
    answers.require("access", values["access"])
    answers.check()
    return values


def both(ordinal: int, number: int) -> tuple[Edition, ProgrammeDocument]:
    """The edition and one of its documents, for somebody who may change them."""
    edition = editions.get_edition_to_edit(actor(), ordinal)
    return edition, service.get_document(edition.id, number)


@blueprint.get("/documents/new")
def new_document(ordinal: int) -> tuple[str, int]:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    session_id = request.args.get("session", type=int)
    typed = {"session_id": str(session_id), "access": "session"} if session_id else {}
    return form(edition, None, typed)


@blueprint.post("/documents/new")
@checks_csrf
def create_document(ordinal: int) -> tuple[str, int] | Response:
    who, now = actor(), clock.now()
    editions.get_edition_to_edit(who, ordinal)
    try:
        values = _read(None)
        with writing():
            number = service.create(who, ordinal, values, now=now).id
    except DomainError as problem:
        edition = editions.get_edition_to_edit(who, ordinal)
        return form(edition, None, typed_again(), 422, errors=errors_of(problem))
    flash(translate("The document is saved. You can add its files now."), "good")
    return redirect(url_for("programme.edit_document", ordinal=ordinal, number=number), code=303)


@blueprint.get("/documents/<int:number>")
def edit_document(ordinal: int, number: int) -> tuple[str, int]:
    edition, document = both(ordinal, number)
    return form(edition, document, typed_document(document))


@blueprint.post("/documents/<int:number>")
@checks_csrf
def save_document(ordinal: int, number: int) -> tuple[str, int] | Response:
    who, now, version = actor(), clock.now(), Answers().version()
    _, document = both(ordinal, number)
    try:
        values = _read(document)
        with writing():
            service.edit(who, ordinal, number, values, version=version, now=now)
    except Stale:
        edition, document = both(ordinal, number)
        names = {"session_id": dict(list_sessions(edition))}
        return form(edition, document, **came_back(document, version, zone=edition.time_zone, names=names))
    except DomainError as problem:
        return form(*both(ordinal, number), typed_again(), 422, errors=errors_of(problem))
    flash(translate("The document is saved."), "good")
    return _back(ordinal, number)


def _back(ordinal: int, number: int) -> Response:
    address = url_for("programme.documents", ordinal=ordinal, at=number, _anchor=f"document-{number}")
    return redirect(address, code=303)


@blueprint.post("/documents/<int:number>/move")
@commits
def move_document(ordinal: int, number: int) -> Response:
    up = Answers().raw("direction") == "up"
    service.move(actor(), ordinal, number, up=up, now=clock.now())
    return _back(ordinal, number)


@blueprint.get("/documents/<int:number>/remove")
def confirm_remove_document(ordinal: int, number: int) -> str:
    edition, document = both(ordinal, number)
    return render_template("programme/document_remove.html", edition=edition, document=document)


@blueprint.post("/documents/<int:number>/remove")
def remove_document(ordinal: int, number: int) -> Response:
    with writing():
        released = service.remove(actor(), ordinal, number, now=clock.now())
    tidy_documents(released)
    flash(translate("The document is removed, and its files with it."), "good")
    return redirect(url_for("programme.documents", ordinal=ordinal), code=303)
