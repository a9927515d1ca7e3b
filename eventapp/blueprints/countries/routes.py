"""Countries and territories: the list with its search, the form, and deletion of what nothing uses."""

from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.errors import DomainError, Stale
from eventapp.models import Country
from eventapp.rules.country import is_offered
from eventapp.rules.vocabulary import COUNTRY_STATUSES
from eventapp.services import countries, regions
from eventapp.web import clock
from eventapp.web.changes import came_back
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, showable, typed_again, typed_texts
from eventapp.web.labels import labels
from eventapp.web.locale import language
from eventapp.web.paging import Paging
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate

PAGE: Final = 50

blueprint = Blueprint("countries", __name__, url_prefix="/dashboard/countries")


@blueprint.get("")
def index() -> str:
    text, status = showable(request.args.get("q", ""))[:300], request.args.get("status", "")
    status = status if status in COUNTRY_STATUSES else ""
    found = countries.search(text, status, language())
    paging = Paging(request.args.get("page", 1, type=int), PAGE, len(found))
    today = clock.now().date()
    rows = found[paging.offset : paging.offset + PAGE]
    return render_template(
        "countries/index.html",
        rows=rows,
        closed={one.code for one in rows if not is_offered(one.active_from, one.active_to, today)},
        paging=paging,
        typed={"q": text, "status": status},
        statuses=labels("country_status"),
    )


def _form(country: Country | None, typed: dict[str, str], status: int = 200, **more: Any) -> tuple[str, int]:
    page = render_template(
        "countries/form.html",
        country=country,
        typed=typed,
        statuses=labels("country_status"),
        uses=countries.list_uses(country.code) if country else None,
        places=regions.list_places_of(country.code) if country else [],
        **more,
    )
    return page, status


def _typed(country: Country) -> dict[str, str]:
    return {
        **typed_texts("names", country.names),
        "footnote": country.footnote,
        "status": country.status,
        "active_from": country.active_from.isoformat() if country.active_from else "",
        "active_to": country.active_to.isoformat() if country.active_to else "",
        "version": str(country.version),
    }


def _read(answers: Answers) -> dict[str, Any]:
    values = {
        "names": answers.texts("names", limit=200),
        "footnote": answers.prose("footnote", 1000),
        "status": answers.choice("status", COUNTRY_STATUSES),
        "active_from": answers.day("active_from"),
        "active_to": answers.day("active_to"),
    }
    if not any(name.startswith("names") for name in answers.problems):
        answers.require("names", values["names"])
    answers.require("status", values["status"])
    return values


def _back(text: str, code: str = "") -> Response:
    flash(text, "good")
    return redirect(url_for("countries.index", q=code or None), code=303)


@blueprint.get("/new")
def new_country() -> tuple[str, int]:
    return _form(None, {"status": "other"})


@blueprint.post("/new")
@checks_csrf
def create() -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    try:
        values = _read(answers) | {name: answers.line(name, 10) for name in ("code", "alpha3", "m49")}
        answers.require("code", values["code"])
        answers.require("alpha3", values["alpha3"])
        answers.check()
        with writing():
            code = countries.create(who, values, now=now).code
    except DomainError as problem:
        return _form(None, typed_again(), 422, errors=errors_of(problem))
    return _back(translate("The country is saved."), code)


@blueprint.get("/<code>")
def edit(code: str) -> tuple[str, int]:
    country = countries.get_country(code)
    return _form(country, _typed(country))


@blueprint.post("/<code>")
@checks_csrf
def save(code: str) -> tuple[str, int] | Response:
    who, now, answers = actor(), clock.now(), Answers()
    version = answers.version()
    countries.get_country(code)
    try:
        values = _read(answers)
        answers.check()
        with writing():
            countries.edit(who, code, values, version=version, now=now)
    except Stale:
        country = countries.get_country(code)
        return _form(country, **came_back(country, version))
    except DomainError as problem:
        return _form(countries.get_country(code), typed_again(), 422, errors=errors_of(problem))
    return _back(translate("The country is saved."), code)


@blueprint.get("/<code>/delete")
def confirm_delete(code: str) -> str:
    return render_template(
        "countries/delete.html", country=countries.get_country(code), uses=countries.list_uses(code)
    )


@blueprint.post("/<code>/delete")
@commits
def delete(code: str) -> Response:
    countries.delete(actor(), code, now=clock.now())
    return _back(translate("The country is deleted."))
