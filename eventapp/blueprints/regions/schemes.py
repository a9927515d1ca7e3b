"""Schemes of regions: side by side, added, renamed, put in order, removed."""

from typing import Any

from flask import render_template
from werkzeug.wrappers import Response

from eventapp.blueprints.regions.base import back_to, blueprint, read_names
from eventapp.errors import DomainError, Stale
from eventapp.models import RegionScheme
from eventapp.rules.region import M49
from eventapp.services import regions, regions_manage
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again, typed_texts
from eventapp.web.errors import error_text
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate


@blueprint.get("")
def index() -> str:
    return render_template("regions/index.html", views=regions.list_views())


@blueprint.get("/<code>")
def show(code: str) -> str:
    view = regions.get_view(code)
    return render_template(
        "regions/show.html", view=view, nowhere=regions.list_unassigned(code), may_remove=code != M49
    )


def _form(
    scheme: RegionScheme | None, typed: dict[str, str], status: int = 200, **more: Any
) -> tuple[str, int]:
    return render_template("regions/scheme.html", scheme=scheme, typed=typed, **more), status


@blueprint.get("/new")
def new_scheme() -> tuple[str, int]:
    return _form(None, {})


@blueprint.post("/new")
@checks_csrf
def create_scheme() -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    try:
        names, code = read_names(answers), answers.line("code", 100)
        answers.require("code", code)
        answers.check()
        with writing():
            made = regions_manage.create_scheme(who, code, names, now=now).code
    except DomainError as problem:
        return _form(None, typed_again(), 422, errors=errors_of(problem))
    return back_to(made, translate("The scheme is saved. Now add its regions."))


@blueprint.get("/<code>/edit")
def edit_scheme(code: str) -> tuple[str, int]:
    scheme = regions.get_scheme(code)
    return _form(scheme, typed_texts("names", scheme.names) | {"version": str(scheme.version)})


@blueprint.post("/<code>/edit")
@checks_csrf
def save_scheme(code: str) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    version = answers.version()
    regions.get_scheme(code)
    try:
        names = read_names(answers)
        answers.check()
        with writing():
            regions_manage.rename_scheme(who, code, names, version=version, now=now)
    except Stale:
        scheme = regions.get_scheme(code)
        return _form(scheme, **came_back(scheme, version))
    except DomainError as problem:
        return _form(regions.get_scheme(code), typed_again(), 422, errors=errors_of(problem))
    return back_to(code, translate("The scheme is saved."))


@blueprint.post("/<code>/move")
@commits
def move_scheme(code: str) -> Response:
    regions_manage.move_scheme(actor(), code, up=Answers().raw("direction") == "up", now=clock.now())
    return back_to(None, anchor=f"scheme-{code}")


@blueprint.get("/<code>/remove")
def confirm_remove_scheme(code: str) -> str:
    view, reason = regions.get_view(code), regions.find_reason_to_keep(code)
    return render_template(
        "regions/remove_scheme.html", view=view, reason=error_text(reason) if reason else ""
    )


@blueprint.post("/<code>/remove")
@commits
def remove_scheme(code: str) -> Response:
    regions_manage.remove_scheme(actor(), code, now=clock.now())
    return back_to(None, translate("The scheme is removed."))
