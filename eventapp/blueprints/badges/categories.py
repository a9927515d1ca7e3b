"""Badge categories: added, renamed, put in order, removed while nothing leads to them."""

from typing import Any

from flask import render_template
from werkzeug.wrappers import Response

from eventapp.blueprints.badges.base import back_to_list, blueprint
from eventapp.errors import DomainError
from eventapp.models import BadgeCategory
from eventapp.services import badges, badges_manage
from eventapp.web import clock
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again, typed_texts
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate


def _form(
    category: BadgeCategory | None, typed: dict[str, str], status: int = 200, **more: Any
) -> tuple[str, int]:
    return render_template("badges/category.html", category=category, typed=typed, **more), status


def _read() -> dict[str, str]:
    answers = Answers()
    names = answers.texts("names", limit=100)
    if not any(name.startswith("names") for name in answers.problems):
        answers.require("names", names)
    answers.check()
    return names


@blueprint.get("/categories/new")
def new_category() -> tuple[str, int]:
    return _form(None, {})


@blueprint.post("/categories/new")
@checks_csrf
def create_category() -> tuple[str, int] | Response:
    who, now = actor(), clock.now()
    try:
        names = _read()
        with writing():
            badges_manage.create_category(who, names, now=now)
    except DomainError as problem:
        return _form(None, typed_again(), 422, errors=errors_of(problem))
    return back_to_list(translate("The category is saved."), "categories")


@blueprint.get("/categories/<code>")
def edit_category(code: str) -> tuple[str, int]:
    category = badges.get_category(code)
    return _form(category, typed_texts("names", category.names))


@blueprint.post("/categories/<code>")
@checks_csrf
def save_category(code: str) -> tuple[str, int] | Response:
    who, now = actor(), clock.now()
    badges.get_category(code)
    try:
        names = _read()
        with writing():
            badges_manage.rename_category(who, code, names, now=now)
    except DomainError as problem:
        return _form(badges.get_category(code), typed_again(), 422, errors=errors_of(problem))
    return back_to_list(translate("The category is saved."), "categories")


@blueprint.post("/categories/<code>/move")
@commits
def move_category(code: str) -> Response:
    badges_manage.move_category(actor(), code, up=Answers().raw("direction") == "up", now=clock.now())
    return back_to_list(anchor=f"category-{code}")


@blueprint.get("/categories/<code>/remove")
def confirm_remove_category(code: str) -> str:
    category = badges.get_category(code)
    return render_template(
        "badges/category_remove.html", category=category, lines=badges_manage.count_lines_of(code)
    )


@blueprint.post("/categories/<code>/remove")
@commits
def remove_category(code: str) -> Response:
    badges_manage.remove_category(actor(), code, now=clock.now())
    return back_to_list(translate("The category is removed."), "categories")
