"""Publishing the programme: what would be told, and the press of the button."""

from flask import Response as Page
from flask import current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.programme.routes import blueprint
from eventapp.blueprints.programme.telling import flash_told, show_changes
from eventapp.errors import DomainError
from eventapp.services import editions, programme_publishing, programme_telling, session_access
from eventapp.web import clock
from eventapp.web.csrf import check_token, checks_csrf
from eventapp.web.desk_forms import Answers, page_errors
from eventapp.web.mail_preview import framing
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate


def _page(ordinal: int, status: int = 200, **more: object) -> Page:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    preview = programme_publishing.preview(edition)
    outlook = programme_telling.look_ahead(edition, preview.changes, now=clock.now())
    shown = show_changes(edition, preview.changes, outlook)
    page = render_template(
        "programme/publish.html",
        edition=edition,
        preview=preview,
        barred=sum(session_access.count_barred(edition.id).values()),
        unnamed=len(session_access.list_unnamed(edition.id)),
        **shown,
        **more,
    )
    return framing(page, [letter] if (letter := shown["letter"]) else [], status)


@blueprint.get("/publish")
def preview_programme(ordinal: int) -> Page:
    return _page(ordinal)


@blueprint.post("/publish")
@checks_csrf
def publish_programme(ordinal: int) -> Page | Response:
    who, now, answers = actor(), clock.now(), Answers()
    editions.get_edition_to_edit(who, ordinal)
    secret, tells = current_app.config["SECRET_KEY"], answers.flag("tell")
    try:
        check_token()
        with writing():
            made = programme_publishing.publish(who, ordinal, digest=answers.raw("digest"), now=now)
            number = made.number
            count = programme_telling.tell(who, ordinal, number, now=now, secret=secret) if tells else 0
    except DomainError as problem:
        return _page(ordinal, 422, errors=page_errors(problem), tells=tells)
    flash(translate("The programme is published."), "good")
    if tells:
        flash_told(count)
        return redirect(url_for("programme.index", ordinal=ordinal), code=303)
    return redirect(url_for("programme.publication", ordinal=ordinal, number=number), code=303)
