"""Editions: the list, one edition's overview, and the form that makes and changes one."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.adapters.images import ReadyImage
from eventapp.blueprints.editions.approval import approval_sentences
from eventapp.blueprints.editions.forms import (
    PICTURE_SIDE,
    form_choices,
    read_edition,
    settle_days,
    typed_edition,
)
from eventapp.errors import DomainError, Stale
from eventapp.models import Edition
from eventapp.rules.access import check_may_edit_all
from eventapp.rules.edition import TRANSITIONS
from eventapp.rules.edition_plan import check_plan
from eventapp.services import editions, editions_manage, endorsements, registrations_places, uploads
from eventapp.services.keeping import keeping_of
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again
from eventapp.web.keeping_words import dates_that_follow
from eventapp.web.labels import edition_name
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate, translate_plural
from eventapp.web.uploads import tidy_uploads

blueprint = Blueprint("editions", __name__, url_prefix="/dashboard/editions")


@blueprint.get("")
def index() -> str:
    return render_template(
        "editions/index.html", listed=editions_manage.list_for_desk(actor(), now=clock.now())
    )


@blueprint.get("/<int:ordinal>/overview")
def show(ordinal: int) -> str:
    edition = editions.get_edition(actor(), ordinal)
    return render_template(
        "editions/show.html",
        edition=edition,
        may_edit=actor().may_edit(edition.id),
        approved=registrations_places.count_approved(edition.id),
        registered=editions_manage.count_recipients(edition.id),
        transitions=TRANSITIONS[edition.state],
        window=editions.window_of(edition),
        keeping=dates_that_follow(keeping_of(edition), clock.now()),
        history=editions_manage.list_history(edition),
    )


def _form(edition: Edition | None, typed: dict[str, str], status: int = 200, **more: Any) -> tuple[str, int]:
    more["had_file"] = any(sent.filename for sent in request.files.values())
    page = render_template("editions/form.html", edition=edition, typed=typed, **form_choices(), **more)
    return page, status


@blueprint.get("/new")
def new() -> tuple[str, int]:
    check_may_edit_all(actor())
    return _form(None, {"ordinal": str(editions_manage.next_ordinal()), "time_zone": "UTC"})


@blueprint.post("/new")
@checks_csrf
def create() -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    check_may_edit_all(who)
    ordinal = answers.whole("ordinal", 1, 999)
    answers.require("ordinal", ordinal)
    try:
        values, image = _read(answers, None)
        with writing():
            _keep_picture(values, image)
            editions_manage.create(who, ordinal or 0, values, now=now)
    except DomainError as problem:
        return _form(None, typed_again(), 422, errors=errors_of(problem))
    flash(translate("The edition was created as a draft. Nobody outside sees it yet."), "good")
    return redirect(url_for("editions.show", ordinal=ordinal), code=303)


@blueprint.get("/<int:ordinal>/edit")
def edit(ordinal: int) -> tuple[str, int]:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    return _form(edition, typed_edition(edition))


@blueprint.post("/<int:ordinal>/edit")
@checks_csrf
def save(ordinal: int) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    edition = editions.get_edition_to_edit(who, ordinal)
    version, key = answers.version(), current_app.config["SETTINGS"].secret_key
    try:
        values, image = _read(answers, edition)
        with writing():
            _keep_picture(values, image)
            saved = editions_manage.edit(who, ordinal, values, version=version, now=now)
            if saved.under_way.get("submitted"):
                endorsements.ask_all(who, ordinal, now=now, secret=key)
    except Stale:
        edition = editions.get_edition_to_edit(who, ordinal)
        return _form(edition, **came_back(edition, version, zone=edition.time_zone))
    except DomainError as problem:
        edition = editions.get_edition_to_edit(who, ordinal)
        return _form(edition, typed_again(), 422, errors=errors_of(problem))
    tidy_uploads()
    _say(saved)
    return redirect(url_for("editions.show", ordinal=ordinal), code=303)


def _read(answers: Answers, edition: Edition | None) -> tuple[dict[str, Any], ReadyImage | None]:
    codes = [code for code, _ in form_choices()["countries"]]
    kept = editions_manage.values_of(edition) if edition else None
    values = read_edition(answers, kept, codes)
    image = answers.image("picture", longest=PICTURE_SIDE)
    answers.check()
    check_plan(values)
    return settle_days(values), image


def _keep_picture(values: dict[str, Any], image: ReadyImage | None) -> None:
    if image:
        folder = current_app.config["SETTINGS"].uploads
        values["picture_id"] = uploads.keep(image, folder=folder, now=clock.now()).id


def _moved_clocks(saved: editions_manage.Saved) -> Sequence[str]:
    """Where people's data goes at another time than before, at which: what goes by mistake does not come back."""
    if saved.moved_clocks is None:
        return []
    moved = translate("Personal data of this edition goes at another time now.")
    return [" ".join((moved, *dates_that_follow(saved.moved_clocks, clock.now())))]


def _say(saved: editions_manage.Saved) -> None:
    flash(translate("%(edition)s: your changes are saved.", edition=edition_name(saved.ordinal)), "good")
    if saved.promoted:
        flash(
            translate_plural(
                "%(num)s person moved up from the waiting list and is told by mail.",
                "%(num)s people moved up from the waiting list and are told by mail.",
                saved.promoted,
            ),
            "good",
        )
    for sentence in (*approval_sentences(saved), *_moved_clocks(saved)):
        flash(sentence, "warn")
    if saved.over_capacity:
        flash(
            translate_plural(
                "%(num)s more person is approved than there are places. Nobody was removed.",
                "%(num)s more people are approved than there are places. Nobody was removed.",
                saved.over_capacity,
            ),
            "warn",
        )
