"""The queue of pairs that may be one person's, and how far the search for them has come."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.duplicates.base import blueprint
from eventapp.errors import Refused
from eventapp.rules.listing import read_listing
from eventapp.services import duplicates, duplicates_search
from eventapp.services.editions import get_edition
from eventapp.web import clock
from eventapp.web.errors import error_text
from eventapp.web.filters import link
from eventapp.web.paging import Paging
from eventapp.web.people import represented
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing

SIZE = 25


@blueprint.get("")
def index(ordinal: int) -> str:
    edition = get_edition(actor(), ordinal)
    state = "different" if request.args.get("state") == "different" else "open"
    counts = {word: duplicates.count_pairs(edition.id, word) for word in ("open", "different")}
    paging = Paging(read_listing(request.args).page, SIZE, counts[state])
    return render_template(
        "duplicates/index.html",
        edition=edition,
        state=state,
        counts=counts,
        paging=paging,
        pairs=duplicates.list_pairs(edition.id, state, offset=paging.offset, limit=SIZE),
        search=duplicates_search.find_search(edition.id),
        represented=represented,
        may_edit=actor().may_edit(edition.id),
        address=lambda page: link("duplicates.index", ordinal=ordinal, state=state, page=page),
    )


@blueprint.post("/search")
def search(ordinal: int) -> Response:
    who, now = actor(), clock.now()
    try:
        with writing():
            duplicates_search.ask(who, ordinal, now=now)
    except Refused as problem:
        if problem.code != "too-large":
            raise
        flash(error_text(problem), "warn")
    return redirect(url_for("duplicates.index", ordinal=ordinal), code=303)
