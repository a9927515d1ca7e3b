"""The day pattern of an earlier edition: chosen, looked at, taken."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.programme.routes import blueprint
from eventapp.errors import DomainError
from eventapp.services import editions, programme_pattern
from eventapp.web import clock
from eventapp.web.csrf import check_token, checks_csrf
from eventapp.web.desk_forms import Answers, page_errors
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate_plural


def _page(ordinal: int, source: int | None, status: int = 200, **more: object) -> tuple[str, int]:
    who = actor()
    edition = editions.get_edition_to_edit(who, ordinal)
    page = render_template(
        "programme/pattern.html",
        edition=edition,
        sources=programme_pattern.list_sources(who, edition),
        found=programme_pattern.preview(who, ordinal, source) if source else None,
        **more,
    )
    return page, status


@blueprint.get("/pattern")
def ask_pattern(ordinal: int) -> tuple[str, int]:
    wanted = request.args.get("from", 0, type=int)
    return _page(ordinal, wanted if 0 < wanted <= 9_999 else None)  # no edition has another number


@blueprint.post("/pattern")
@checks_csrf
def take_pattern(ordinal: int) -> tuple[str, int] | Response:
    who, now, source = actor(), clock.now(), Answers().whole("from", 1, 9_999)
    editions.get_edition_to_edit(who, ordinal)
    try:
        check_token()
        with writing():
            count = programme_pattern.take(who, ordinal, source or 0, now=now)
    except DomainError as problem:
        return _page(ordinal, source, 422, errors=page_errors(problem))
    told = translate_plural(
        "%(num)s session is taken over as a draft.", "%(num)s sessions are taken over as drafts.", count
    )
    flash(told, "good")
    return redirect(url_for("programme.index", ordinal=ordinal), code=303)
