"""Every quota of an edition as a sum on one page; quotas of sectors and badge categories, and who stands outside."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.errors import DomainError, Stale
from eventapp.models import Edition, Quota
from eventapp.rules.quota import MOST_PLACES, Which
from eventapp.services import quotas_manage
from eventapp.services.editions import get_edition, get_edition_to_edit
from eventapp.services.quotas_manage import Changed, Overview
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again
from eventapp.web.quota_words import QuotaWords
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate, translate_plural

blueprint = Blueprint("quotas", __name__, url_prefix="/dashboard/editions/<int:ordinal>/quotas")
Page = tuple[str, int] | Response


@blueprint.get("")
def index(ordinal: int) -> Page:
    return _page(get_edition(actor(), ordinal))


def _page(
    edition: Edition, typed: dict[str, str] | None = None, status: int = 200, **more: Any
) -> tuple[str, int]:
    found = quotas_manage.overview(edition)
    words = QuotaWords([line.which for line in found.bodies_over])
    shown = render_template(
        "quotas/index.html",
        edition=edition,
        found=found,
        lines=sorted(found.lines, key=lambda line: words.sort_key(line.which)),
        bodies_over=sorted(found.bodies_over, key=lambda line: words.sort_key(line.which)),
        words=words,
        choices=_choices(found, words),
        typed=typed or {},
        may_edit=actor().may_edit(edition.id),
        **more,
    )
    return shown, status


def _choices(found: Overview, words: QuotaWords) -> list[tuple[str, str]]:
    """What may still get a quota: sectors of both levels, and badge categories."""
    taken = {line.which for line in found.lines}
    return [(_word(which), words.full_name(which)) for which in words.list_all() if which not in taken]


def _word(which: Which) -> str:
    return f"{which.dimension}:{which.code}"


@blueprint.post("")
@checks_csrf
def add(ordinal: int) -> Page:
    who, now, answers = actor(), clock.now(), Answers()
    get_edition_to_edit(who, ordinal)
    try:
        answers.require("which", answers.raw("which"))
        places = _places(answers)
        dimension, _, code = answers.raw("which").partition(":")
        with writing():
            changed = quotas_manage.add(who, ordinal, Which(dimension, code), places, now=now)
    except DomainError as problem:
        edition = get_edition_to_edit(who, ordinal)
        return _page(edition, typed_again(), 422, errors=errors_of(problem))
    return _done(ordinal, translate("The quota is set."), changed)


def _places(answers: Answers) -> int | None:
    """The number typed; a missing one is refused at its field."""
    places = answers.whole("places", 0, MOST_PLACES)
    if "places" not in answers.problems:
        answers.require("places", "" if places is None else str(places))
    answers.check()
    return places


@blueprint.get("/<int:quota_id>")
def edit(ordinal: int, quota_id: int) -> Page:
    edition, quota = _both(ordinal, quota_id)
    return _form(edition, quota, {"places": str(quota.places), "version": str(quota.version)})


def _both(ordinal: int, quota_id: int) -> tuple[Edition, Quota]:
    edition = get_edition_to_edit(actor(), ordinal)
    return edition, quotas_manage.get_quota(edition.id, quota_id)


def _form(
    edition: Edition, quota: Quota, typed: dict[str, str], status: int = 200, **more: Any
) -> tuple[str, int]:
    which = Which(quota.dimension, quota.code)
    line = next(one for one in quotas_manage.overview(edition).lines if one.which == which)
    shown = render_template(
        "quotas/edit.html",
        edition=edition,
        quota=quota,
        line=line,
        words=QuotaWords(),
        typed=typed,
        **more,
    )
    return shown, status


@blueprint.post("/<int:quota_id>")
@checks_csrf
def change(ordinal: int, quota_id: int) -> Page:
    who, now, answers = actor(), clock.now(), Answers()
    version = answers.version()
    _both(ordinal, quota_id)
    try:
        places = _places(answers)
        with writing():
            changed = quotas_manage.change(who, ordinal, quota_id, places, version=version, now=now)
    except Stale:
        edition, quota = _both(ordinal, quota_id)
        return _form(edition, quota, **came_back(quota, version, zone=edition.time_zone))
    except DomainError as problem:
        return _form(*_both(ordinal, quota_id), typed_again(), 422, errors=errors_of(problem))
    return _done(ordinal, translate("The quota is saved."), changed)


@blueprint.post("/<int:quota_id>/remove")
@checks_csrf
def remove(ordinal: int, quota_id: int) -> Page:
    who, now, answers = actor(), clock.now(), Answers()
    version = answers.version()
    _both(ordinal, quota_id)
    try:
        answers.check()
        with writing():
            changed = quotas_manage.remove(who, ordinal, quota_id, version=version, now=now)
    except Stale:
        edition, quota = _both(ordinal, quota_id)
        back = came_back(quota, version, zone=edition.time_zone)
        return _form(edition, quota, **back | {"typed": {"places": str(quota.places)} | back["typed"]})
    except DomainError as problem:
        edition, quota = _both(ordinal, quota_id)
        typed = {"places": str(quota.places), "version": str(quota.version)}
        return _form(edition, quota, typed, 422, errors=errors_of(problem))
    return _done(ordinal, translate("The quota is removed."), changed)


@blueprint.post("/outside")
@checks_csrf
def set_outside(ordinal: int) -> Page:
    who, now, answers = actor(), clock.now(), Answers()
    version, roles = answers.version(), request.form.getlist("roles")
    get_edition_to_edit(who, ordinal)
    try:
        answers.check()
        with writing():
            changed = quotas_manage.set_outside(who, ordinal, roles, version=version, now=now)
    except Stale:
        edition = get_edition_to_edit(who, ordinal)
        return _page(edition, roles=roles, **came_back(edition, version, zone=edition.time_zone))
    except DomainError as problem:
        edition = get_edition_to_edit(who, ordinal)
        return _page(edition, typed_again(), 422, roles=roles, errors=errors_of(problem))
    return _done(ordinal, translate("Who stands outside is saved."), changed)


def _done(ordinal: int, text: str, changed: Changed) -> Response:
    flash(text, "good")
    if changed.promoted:
        flash(
            translate_plural(
                "One person moved up from the waiting list.",
                "%(num)s people moved up from the waiting list.",
                changed.promoted,
            ),
            "note",
        )
    if changed.over:
        flash(
            translate_plural(
                "It holds one person more than there are places. Nobody was removed.",
                "It holds %(num)s people more than there are places. Nobody was removed.",
                changed.over,
            ),
            "warn",
        )
    return redirect(url_for("quotas.index", ordinal=ordinal), code=303)
