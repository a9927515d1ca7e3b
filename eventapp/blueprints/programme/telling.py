"""The publications of a programme: what each changed, whom that concerns, and the one step that tells them."""

from collections.abc import Sequence
from typing import Any

from flask import Response as Page
from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.programme.routes import blueprint
from eventapp.errors import DomainError
from eventapp.models import Edition
from eventapp.rules.mail_kind import KINDS
from eventapp.rules.programme_document import Change, read_changes
from eventapp.rules.programme_telling import describe
from eventapp.services import editions, mail_texts, programme_telling
from eventapp.services.programme_telling import NOBODY, Outlook
from eventapp.web import clock
from eventapp.web.csrf import check_token, checks_csrf
from eventapp.web.desk_forms import page_errors
from eventapp.web.filters import link
from eventapp.web.locale import language
from eventapp.web.mail_preview import framing, sample_letter
from eventapp.web.mail_render import Letter
from eventapp.web.paging import Paging
from eventapp.web.programme_letter import TellOf, tell_of
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate, translate_plural

PAGE_SIZE = 50


@blueprint.get("/publications")
def publications(ordinal: int) -> str:
    edition = editions.get_edition(actor(), ordinal)
    count = programme_telling.count_publications(edition.id)
    paging = Paging(request.args.get("page", 1, type=int), PAGE_SIZE, count)
    rows = programme_telling.list_publications(edition.id, offset=paging.offset, limit=PAGE_SIZE)
    return render_template(
        "programme/publications.html",
        edition=edition,
        paging=paging,
        rows=rows,
        address=lambda page: link("programme.publications", ordinal=ordinal, page=page),
    )


def _page(ordinal: int, number: int, status: int = 200, **more: object) -> Page:
    edition = editions.get_edition(actor(), ordinal)
    publication = programme_telling.get_publication(edition.id, number)
    may_edit = actor().may_edit(edition.id)
    outlook = NOBODY
    if may_edit:
        outlook = programme_telling.look_at(edition, publication, now=clock.now())
    shown = show_changes(edition, read_changes(publication.changes), outlook)
    page = render_template(
        "programme/publication.html",
        edition=edition,
        publication=publication,
        may_edit=may_edit,
        **shown,
        **more,
    )
    return framing(page, [letter] if (letter := shown["letter"]) else [], status)


def show_changes(edition: Edition, changes: Sequence[Change], outlook: Outlook) -> dict[str, Any]:
    """For a page: each change with what was and what is, whom letters would reach, and an example of them."""
    return {
        "changes": [(one, _in_full(one, edition)) for one in changes],
        "outlook": outlook,
        "letter": _example(edition, changes, outlook) if outlook.people else None,
        "spoken": language(),
    }


def _in_full(change: Change, edition: Edition) -> TellOf | None:
    """None where an older publication kept no more than the session's name."""
    notice = describe(change)
    return tell_of(notice, edition.time_zone) if notice else None


def _example(edition: Edition, changes: Sequence[Change], outlook: Outlook) -> Letter:
    """A letter about the session that concerns most people, as somebody reads it who may know all of it."""
    kind, spoken = KINDS[programme_telling.KIND], language()
    most = max(outlook.sessions, key=lambda key: (outlook.sessions[key], key))
    notices = [describe(one) for one in changes if one.id == most]
    words = mail_texts.words_of(mail_texts.find_text(edition.id, kind.word, spoken))
    return sample_letter(kind, edition, spoken, words, [one for one in notices if one])


@blueprint.get("/publications/<int(max=99999):number>")
def publication(ordinal: int, number: int) -> Page:
    return _page(ordinal, number)


@blueprint.post("/publications/<int(max=99999):number>")
@checks_csrf
def tell(ordinal: int, number: int) -> Page | Response:
    who, now, secret = actor(), clock.now(), current_app.config["SECRET_KEY"]
    editions.get_edition_to_edit(who, ordinal)
    try:
        check_token()
        with writing():
            count = programme_telling.tell(who, ordinal, number, now=now, secret=secret)
    except DomainError as problem:
        return _page(ordinal, number, 422, errors=page_errors(problem))
    flash_told(count)
    return redirect(url_for("programme.publication", ordinal=ordinal, number=number), code=303)


def flash_told(count: int) -> None:
    """Say to how many people letters were written."""
    told = translate_plural("%(num)s person is written to.", "%(num)s people are written to.", count)
    flash(told if count else translate("Nobody is concerned by it. No letter was written."), "good")
