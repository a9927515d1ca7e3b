"""Sectors: both levels in their order, the form, and deletion of what nothing uses."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.errors import DomainError, Stale
from eventapp.models import Sector
from eventapp.services import sectors
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again, typed_texts
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate

blueprint = Blueprint("sectors", __name__, url_prefix="/dashboard/sectors")


@blueprint.get("")
def index() -> str:
    return render_template("sectors/index.html", levels=sectors.list_levels(), may_hold=sectors.may_hold)


def _form(sector: Sector | None, typed: dict[str, str], status: int = 200, **more: Any) -> tuple[str, int]:
    page = render_template(
        "sectors/form.html",
        sector=sector,
        typed=typed,
        uppers=[one for one, _below in sectors.list_levels() if sectors.may_hold(one)],
        uses=sectors.list_uses(sector.code) if sector else None,
        **more,
    )
    return page, status


def _read(answers: Answers) -> dict[str, Any]:
    names = answers.texts("names", limit=200)
    if not any(name.startswith("names") for name in answers.problems):
        answers.require("names", names)
    return {"names": names}


def _back(text: str = "", code: str = "") -> Response:
    if text:
        flash(text, "good")
    return redirect(url_for("sectors.index", _anchor=f"sector-{code}" if code else None), code=303)


@blueprint.get("/new")
def new_sector() -> tuple[str, int]:
    return _form(None, {"parent_code": request.args.get("below", "")})


@blueprint.post("/new")
@checks_csrf
def create() -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    try:
        uppers = [one.code for one, _below in sectors.list_levels()]
        values = _read(answers) | {
            "code": answers.line("code", 100),
            "parent_code": answers.choice("parent_code", uppers) or None,
        }
        answers.require("code", values["code"])
        answers.check()
        with writing():
            code = sectors.create(who, values, now=now).code
    except DomainError as problem:
        return _form(None, typed_again(), 422, errors=errors_of(problem))
    return _back(translate("The sector is saved."), code)


@blueprint.get("/<code>")
def edit(code: str) -> tuple[str, int]:
    sector = sectors.get_sector(code)
    typed = {"is_active": "1" if sector.is_active else "", "version": str(sector.version)}
    return _form(sector, typed_texts("names", sector.names) | typed)


@blueprint.post("/<code>")
@checks_csrf
def save(code: str) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    version = answers.version()
    sectors.get_sector(code)
    try:
        values = _read(answers) | {"is_active": answers.flag("is_active")}
        answers.check()
        with writing():
            sectors.edit(who, code, values, version=version, now=now)
    except Stale:
        sector = sectors.get_sector(code)
        return _form(sector, **came_back(sector, version))
    except DomainError as problem:
        return _form(sectors.get_sector(code), typed_again(), 422, errors=errors_of(problem))
    return _back(translate("The sector is saved."), code)


@blueprint.post("/<code>/move")
@commits
def move(code: str) -> Response:
    sectors.move(actor(), code, up=Answers().raw("direction") == "up", now=clock.now())
    return _back(code=code)


@blueprint.get("/<code>/delete")
def confirm_delete(code: str) -> str:
    return render_template(
        "sectors/delete.html", sector=sectors.get_sector(code), uses=sectors.list_uses(code)
    )


@blueprint.post("/<code>/delete")
@commits
def delete(code: str) -> Response:
    sectors.delete(actor(), code, now=clock.now())
    return _back(translate("The sector is deleted."))
