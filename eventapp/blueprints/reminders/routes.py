"""The schedule of an edition's reminders, what went out, and who would be reminded next."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from eventapp.errors import DomainError, Stale
from eventapp.rules.reminder import read_days
from eventapp.rules.vocabulary import REMINDERS
from eventapp.services import reminders
from eventapp.services.editions import get_edition_to_edit
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate

blueprint = Blueprint(
    "reminders", __name__, url_prefix="/dashboard/editions/<int(max=9999):ordinal>/reminders"
)
SHOWN_PEOPLE = 20  # of each reminder; how many there are is always said


@blueprint.get("")
def index(ordinal: int) -> tuple[str, int]:
    edition = get_edition_to_edit(actor(), ordinal)
    plan = reminders.find_plan(edition.id)
    typed = {one: ", ".join(map(str, reminders.days_of(plan, one))) for one in REMINDERS}
    return _page(ordinal, {**typed, "version": str(plan.version if plan else reminders.NEW)})


@blueprint.post("")
@checks_csrf
def save(ordinal: int) -> tuple[str, int] | Response:
    who, now, version = actor(), clock.now(), Answers().version()
    try:
        days = _read()
        with writing():
            reminders.save_plan(who, ordinal, days, version=version, now=now)
    except Stale:
        edition = get_edition_to_edit(who, ordinal)
        plan = reminders.find_plan(edition.id)
        assert plan is not None  # whoever was first has set it
        return _page(ordinal, **came_back(plan, version, zone=edition.time_zone))
    except DomainError as problem:
        return _page(ordinal, typed_again(), 422, errors=errors_of(problem))
    flash(translate("The schedule is saved."), "good")
    return redirect(url_for("reminders.index", ordinal=ordinal), code=303)


def _read() -> dict[str, list[int]]:
    answers = Answers()
    none: list[int] = []
    days = {one: answers.one(one, read_days, none) for one in REMINDERS}
    answers.check()
    return days


def _page(ordinal: int, typed: dict[str, str], status: int = 200, **more: Any) -> tuple[str, int]:
    edition, now = get_edition_to_edit(actor(), ordinal), clock.now()
    page = render_template(
        "reminders/index.html",
        edition=edition,
        typed=typed,
        outlook=reminders.list_outlook(actor(), ordinal, limit=SHOWN_PEOPLE, now=now),
        now=now,
        **more,
    )
    return page, status
