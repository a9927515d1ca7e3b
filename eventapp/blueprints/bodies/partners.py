"""Partnerships: key partners and the Expert Group, with the year of joining and their order."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.bodies.routes import blueprint
from eventapp.errors import DomainError, Stale
from eventapp.models import Partnership
from eventapp.rules.access import check_may_edit_all
from eventapp.rules.vocabulary import PARTNERSHIPS
from eventapp.services import bodies, bodies_parts
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again
from eventapp.web.labels import labels
from eventapp.web.locale import language
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate


@blueprint.get("/partners")
def partners() -> str:
    return render_template(
        "bodies/partners.html",
        rows=bodies_parts.list_partnerships(),
        kinds=labels("partnership"),
        may_edit=actor().may_edit_all,
    )


def _form(
    partnership: Partnership | None, typed: dict[str, str], status: int = 200, **more: Any
) -> tuple[str, int]:
    page = render_template(
        "bodies/partner_form.html",
        partnership=partnership,
        typed=typed,
        kinds=labels("partnership"),
        choices=bodies.list_names(language()),
        **more,
    )
    return page, status


def _read() -> dict[str, Any]:
    answers = Answers()
    values = {
        "body_id": answers.whole("body_id", 1, 10**9),
        "kind": answers.choice("kind", PARTNERSHIPS),
        "since_year": answers.whole("since_year", 1900, 2200),
    }
    answers.require("body_id", values["body_id"])
    answers.require("kind", values["kind"])
    answers.check()
    return values


@blueprint.get("/partners/new")
def new_partner() -> tuple[str, int]:
    check_may_edit_all(actor())
    return _form(None, {"kind": "key_partner"})


@blueprint.post("/partners/new")
@checks_csrf
def add_partner() -> tuple[str, int] | Response:
    who, now = actor(), clock.now()
    check_may_edit_all(who)
    try:
        values = _read()
        with writing():
            bodies_parts.create_partnership(who, values, now=now)
    except DomainError as problem:
        return _form(None, typed_again(), 422, errors=errors_of(problem))
    flash(translate("The partnership is saved."), "good")
    return redirect(url_for("bodies.partners"), code=303)


@blueprint.get("/partners/<int:partnership_id>")
def edit_partner(partnership_id: int) -> tuple[str, int]:
    check_may_edit_all(actor())
    found = bodies_parts.get_partnership(partnership_id)
    typed = {
        "body_id": str(found.body_id),
        "kind": found.kind,
        "since_year": str(found.since_year or ""),
        "version": str(found.version),
    }
    return _form(found, typed)


@blueprint.post("/partners/<int:partnership_id>")
@checks_csrf
def save_partner(partnership_id: int) -> tuple[str, int] | Response:
    who, now, version = actor(), clock.now(), Answers().version()
    check_may_edit_all(who)
    bodies_parts.get_partnership(partnership_id)
    try:
        values = _read()
        with writing():
            bodies_parts.edit_partnership(who, partnership_id, values, version=version, now=now)
    except Stale:
        found = bodies_parts.get_partnership(partnership_id)
        names = {"body_id": dict(bodies.list_names(language()))}
        return _form(found, **came_back(found, version, names=names))
    except DomainError as problem:
        found = bodies_parts.get_partnership(partnership_id)
        return _form(found, typed_again(), 422, errors=errors_of(problem))
    flash(translate("The partnership is saved."), "good")
    return redirect(url_for("bodies.partners"), code=303)


@blueprint.post("/partners/<int:partnership_id>/move")
@commits
def move_partner(partnership_id: int) -> Response:
    up = Answers().raw("direction") == "up"
    bodies_parts.move_partnership(actor(), partnership_id, up=up, now=clock.now())
    return redirect(url_for("bodies.partners", _anchor=f"partner-{partnership_id}"), code=303)


@blueprint.get("/partners/<int:partnership_id>/remove")
def confirm_remove_partner(partnership_id: int) -> str:
    check_may_edit_all(actor())
    found = bodies_parts.get_partnership(partnership_id)
    return render_template("bodies/partner_remove.html", partnership=found)


@blueprint.post("/partners/<int:partnership_id>/remove")
@commits
def remove_partner(partnership_id: int) -> Response:
    bodies_parts.remove_partnership(actor(), partnership_id, now=clock.now())
    flash(translate("The partnership is removed. The body's record stays."), "good")
    return redirect(url_for("bodies.partners"), code=303)
