"""The list of delegates as a file: columns are chosen on a page, the audit row is committed before the first byte."""

from collections.abc import Sequence

from flask import Response, redirect, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response as BaseResponse

from eventapp.blueprints.statistics.base import blueprint
from eventapp.errors import DomainError, Refused
from eventapp.rules.delegate_list import COLUMNS, DEFAULT, MOST_AT_ONCE, NEEDS
from eventapp.rules.listing import Filter, check_changed_since, read_filter
from eventapp.services import editions, exports_columns, exports_delegates, exports_jobs
from eventapp.services.exports_delegates import DelegateList
from eventapp.web import clock
from eventapp.web.csrf import check_token, checks_csrf
from eventapp.web.errors import error_text
from eventapp.web.labels import edition_name, label
from eventapp.web.locale import language
from eventapp.web.made_files import XLSX, attached
from eventapp.web.sending import check_place, in_a_place
from eventapp.web.sign_in import actor
from eventapp.web.taken_along import mark, marked
from eventapp.web.transaction import writing
from eventapp.web.typed import translate

Page = tuple[str, int]


@blueprint.get("/delegates")
def delegates(ordinal: int) -> Page:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    try:
        check_changed_since(request.args)
    except Refused as problem:
        return again(ordinal, problem)
    number = request.args.get("set", "")
    if number.isascii() and number.isdigit() and len(number) < 10:
        return _page(ordinal, exports_columns.get_set(actor(), edition, int(number)).columns)
    return _page(ordinal, DEFAULT)


@blueprint.post("/delegates.csv")
@checks_csrf
def delegates_csv(ordinal: int) -> Response | Page:
    """The rows stream from a reading transaction."""
    check_place()
    try:
        wanted = _begin(ordinal, "csv")
    except DomainError as problem:
        return again(ordinal, problem)
    rows = marked(
        exports_delegates.stream_csv(wanted, with_mark=request.args.get("bom") == "1"), wanted.taken
    )
    response = Response(in_a_place(stream_with_context(rows)), content_type="text/csv; charset=utf-8")
    return _named(response, f"delegates-{ordinal}.csv")


@blueprint.post("/delegates.json")
@checks_csrf
def delegates_json(ordinal: int) -> Response | Page:
    """The same for programs."""
    check_place()
    try:
        wanted = _begin(ordinal, "json")
    except DomainError as problem:
        return again(ordinal, problem)
    rows = marked(exports_delegates.stream_json(wanted), wanted.taken)
    response = Response(in_a_place(stream_with_context(rows)), content_type="application/json")
    return _named(response, f"delegates-{ordinal}.json")


@blueprint.post("/delegates.xlsx")
@checks_csrf
def delegates_xlsx(ordinal: int) -> BaseResponse | Page:
    """The workbook is whole before its first byte goes out; a long one is made meanwhile and fetched from its own page."""
    edition = editions.get_edition_to_edit(actor(), ordinal)
    if exports_delegates.count_people(edition.id, read_filter(request.args)) > MOST_AT_ONCE:
        return make_later(ordinal, "xlsx")
    check_place()
    try:
        wanted = _begin(ordinal, "xlsx")
    except DomainError as problem:
        return again(ordinal, problem)
    title = f"{translate('List of delegates')} · {edition_name(ordinal)}"
    return attached(
        lambda path: exports_delegates.write_sheet(wanted, path, title=title, say=translate),
        f"delegates-{ordinal}.xlsx",
        XLSX,
        then=lambda: mark(wanted.taken),
    )


def make_later(ordinal: int, form: str) -> BaseResponse | Page:
    """Have the list made by the worker, and go to the page that shows how far it is."""
    who, lang, columns = actor(), language(), chosen_columns()
    try:
        check_token()
        where = _where()
        with writing():
            job = exports_jobs.ask(
                who, ordinal, form=form, columns=columns, where=where, language=lang, now=clock.now()
            )
            number = job.public_id
    except DomainError as problem:
        return again(ordinal, problem)
    return redirect(url_for("statistics.export_job", ordinal=ordinal, public_id=number), code=303)


def column_choices() -> list[tuple[str, str]]:
    """The columns that the reader may take, with the names that stand in the files."""
    every = [name for name in COLUMNS if name not in NEEDS or actor().may_see_needs]
    return [(name, f"{label('delegate_column', name)} ({name})") for name in every]


def _begin(ordinal: int, form: str) -> DelegateList:
    who, lang, columns = actor(), language(), chosen_columns()
    check_token()
    where = _where()
    with writing():
        return exports_delegates.begin_delegates(
            who, ordinal, now=clock.now(), form=form, columns=columns, where=where, language=lang
        )


def _where() -> Filter:
    check_changed_since(request.args)
    return read_filter(request.args)


def chosen_columns() -> Sequence[str]:
    """The boxes that were ticked; the usual columns for a bare button that offers none."""
    return request.form.getlist("columns") if "chosen" in request.form else DEFAULT


def again(ordinal: int, problem: DomainError) -> Page:
    """The page with the boxes as they were ticked; refusals that no other box would help come as they are."""
    if problem.code not in ("csrf", "column", "too-many", "changed-since"):
        raise problem
    page, _ = _page(ordinal, chosen_columns(), errors={problem.field or "columns": error_text(problem)})
    return page, 400 if problem.code == "csrf" else 422


def _page(ordinal: int, columns: Sequence[str], *, errors: dict[str, str] | None = None) -> Page:
    edition = editions.get_edition_to_edit(actor(), ordinal)
    where = read_filter(request.args)
    return render_template(
        "statistics/delegates.html",
        edition=edition,
        columns=columns,
        choices=column_choices(),
        sets=exports_columns.list_sets(actor(), edition),
        jobs=exports_jobs.list_jobs(actor(), edition),
        may_edit_all=actor().may_edit_all,
        may_see_needs=actor().may_see_needs,
        where=where.args(),
        typed=request.args.get("changed_since", "")[:60],
        people=exports_delegates.count_people(edition.id, where),
        most_at_once=MOST_AT_ONCE,
        errors=errors or {},
    ), 200


def _named(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
