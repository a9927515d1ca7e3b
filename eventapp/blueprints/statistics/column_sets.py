"""Sets of columns for the list of delegates: kept under a name, changed, removed."""

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.blueprints.statistics.base import blueprint
from eventapp.blueprints.statistics.delegates import column_choices
from eventapp.errors import DomainError, Refused
from eventapp.models import ColumnSet
from eventapp.rules.delegate_list import DEFAULT
from eventapp.services import editions, exports_columns
from eventapp.web import clock
from eventapp.web.csrf import checks_csrf
from eventapp.web.desk_forms import Answers, errors_of, typed_again
from eventapp.web.errors import error_text
from eventapp.web.sign_in import actor
from eventapp.web.transaction import commits, writing
from eventapp.web.typed import translate

Page = tuple[str, int]


@blueprint.get("/delegates/sets/new")
def new_column_set(ordinal: int) -> Page:
    return _form(ordinal, None, {}, DEFAULT)


@blueprint.post("/delegates/sets/new")
@checks_csrf
def create_column_set(ordinal: int) -> Response | Page:
    who, now = actor(), clock.now()
    editions.get_edition_to_edit(who, ordinal)
    try:
        name, columns, for_all = _read()
        with writing():
            edition = editions.get_edition_to_edit(who, ordinal)
            made = exports_columns.add_set(who, edition, name=name, columns=columns, for_all=for_all, now=now)
            number = made.id
    except DomainError as problem:
        return _form(ordinal, None, typed_again(), _ticked(), errors=_errors(problem), status=422)
    return _back(ordinal, translate("The set of columns is kept."), number)


@blueprint.get("/delegates/sets/<int(max=999999999):number>")
def edit_column_set(ordinal: int, number: int) -> Page:
    kept = _get(ordinal, number)
    return _form(ordinal, kept, {"name": kept.name}, kept.columns)


@blueprint.post("/delegates/sets/<int(max=999999999):number>")
@checks_csrf
def save_column_set(ordinal: int, number: int) -> Response | Page:
    who, now = actor(), clock.now()
    _get(ordinal, number)
    try:
        name, columns, _ = _read()
        with writing():
            edition = editions.get_edition_to_edit(who, ordinal)
            exports_columns.edit_set(who, edition, number, name=name, columns=columns, now=now)
    except DomainError as problem:
        return _form(
            ordinal, _get(ordinal, number), typed_again(), _ticked(), errors=_errors(problem), status=422
        )
    return _back(ordinal, translate("The set of columns is kept."), number)


@blueprint.get("/delegates/sets/<int(max=999999999):number>/remove")
def confirm_remove_column_set(ordinal: int, number: int) -> str:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    return render_template("statistics/column_set_remove.html", edition=edition, kept=_get(ordinal, number))


@blueprint.post("/delegates/sets/<int(max=999999999):number>/remove")
@commits
def remove_column_set(ordinal: int, number: int) -> Response:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    exports_columns.remove_set(actor(), edition, number, now=clock.now())
    return _back(ordinal, translate("The set of columns is removed."))


def _get(ordinal: int, number: int) -> ColumnSet:
    return exports_columns.get_set(actor(), editions.get_edition_to_edit(actor(), ordinal), number)


def _ticked() -> list[str]:
    return request.form.getlist("columns")


def _read() -> tuple[str, list[str], bool]:
    answers = Answers()
    name = answers.line("name", 100)
    answers.require("name", name)
    if not _ticked():
        answers.problems["columns"] = Refused("Choose at least one column.", code="column")
    answers.check()
    return name, _ticked(), answers.flag("for_all")


def _errors(problem: DomainError) -> dict[str, str]:
    return {"columns": error_text(problem)} if problem.code == "column" else errors_of(problem)


def _form(
    ordinal: int,
    kept: ColumnSet | None,
    typed: Mapping[str, str],
    columns: Sequence[str],
    *,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Page:
    return render_template(
        "statistics/column_set.html",
        edition=editions.get_edition_to_edit(actor(), ordinal),
        kept=kept,
        typed=typed,
        columns=columns,
        choices=column_choices(),
        may_edit_all=actor().may_edit_all,
        errors=errors or {},
    ), status


def _back(ordinal: int, text: str, number: int | None = None) -> Response:
    flash(text, "good")
    return redirect(url_for("statistics.delegates", ordinal=ordinal, set=number), code=303)
