"""Publishing the programme: what would be told, and the press of the button."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.programme.routes import blueprint
from eventapp.errors import DomainError
from eventapp.services import editions, programme_publishing
from eventapp.web import clock
from eventapp.web.csrf import check_token, checks_csrf
from eventapp.web.desk_forms import Answers, page_errors
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate


def _page(ordinal: int, status: int = 200, **more: object) -> tuple[str, int]:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    preview = programme_publishing.preview(edition)
    return render_template("programme/publish.html", edition=edition, preview=preview, **more), status


@blueprint.get("/publish")
def preview_programme(ordinal: int) -> tuple[str, int]:
    return _page(ordinal)


@blueprint.post("/publish")
@checks_csrf
def publish_programme(ordinal: int) -> tuple[str, int] | Response:
    who, now, digest = actor(), clock.now(), Answers().raw("digest")
    editions.get_edition_to_edit(who, ordinal)
    try:
        check_token()
        with writing():
            programme_publishing.publish(who, ordinal, digest=digest, now=now)
    except DomainError as problem:
        return _page(ordinal, 422, errors=page_errors(problem))
    flash(translate("The programme is published."), "good")
    return redirect(url_for("programme.index", ordinal=ordinal), code=303)
