"""The two lengths of an edition, the dates that follow from them, and what goes on each."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from eventapp.errors import DomainError, Stale
from eventapp.rules.keeping import CLOCKS, NEEDS_BOUNDS, RECORD_BOUNDS
from eventapp.services import keeping, keeping_held
from eventapp.services.editions import get_edition_to_edit
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again
from eventapp.web.keeping_words import counted_from, dates_that_follow, when_it_goes
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate

blueprint = Blueprint("keeping", __name__, url_prefix="/dashboard/editions/<int(max=9999):ordinal>/keeping")
BOUNDS = {"needs_days": NEEDS_BOUNDS, "record_months": RECORD_BOUNDS}


@blueprint.get("")
def index(ordinal: int) -> tuple[str, int]:
    edition = get_edition_to_edit(actor(), ordinal)
    return _page(ordinal, {name: str(getattr(edition, name)) for name in (*BOUNDS, "version")})


@blueprint.post("")
@checks_csrf
def save(ordinal: int) -> tuple[str, int] | Response:
    who, now, version = actor(), clock.now(), Answers().version()
    try:
        lengths = _read()
        with writing():
            saved = keeping.set_lengths(who, ordinal, lengths, version=version, now=now)
            of = keeping.keeping_of(saved)
    except Stale:
        edition = get_edition_to_edit(who, ordinal)
        return _page(ordinal, **came_back(edition, version, zone=edition.time_zone))
    except DomainError as problem:
        return _page(ordinal, typed_again(), 422, errors=errors_of(problem))
    told = " ".join((translate("Saved."), *dates_that_follow(of, now)))
    flash(told, "warn" if of.is_near(now) else "good")
    return redirect(url_for("keeping.index", ordinal=ordinal), code=303)


def _read() -> dict[str, int]:
    answers, found = Answers(), {}
    for name, (low, high) in BOUNDS.items():
        value = answers.whole(name, low, high)
        answers.require(name, value)
        found[name] = value or low
    answers.check()
    return found


def _page(ordinal: int, typed: dict[str, str], status: int = 200, **more: Any) -> tuple[str, int]:
    edition, now = get_edition_to_edit(actor(), ordinal), clock.now()
    of = keeping.keeping_of(edition)
    page = render_template(
        "keeping/index.html",
        edition=edition,
        typed=typed,
        bounds=BOUNDS,
        of=of,
        follows=dates_that_follow(of, now),
        counted_from=counted_from(of),
        when={one: when_it_goes(of, one, now) for one in CLOCKS},
        kinds=keeping_held.KINDS,
        counts=keeping_held.count_held([edition.id], now=now).get(edition.id, {}),
        **more,
    )
    return page, status
