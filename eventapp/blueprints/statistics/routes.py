"""The page of counts, the same as CSV and JSON, and the list of delegates."""

from flask import Blueprint, jsonify, render_template, request, stream_with_context
from werkzeug.wrappers import Response

from eventapp.blueprints.statistics.view import CountsPage, bases, read_question, words
from eventapp.rules.spreadsheet import BYTE_ORDER_MARK
from eventapp.services import editions, exports, statistics
from eventapp.services.exports import CountsExport
from eventapp.web import clock
from eventapp.web.locale import language
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing

blueprint = Blueprint("statistics", __name__, url_prefix="/dashboard/editions/<int:ordinal>")


@blueprint.get("/counts")
def counts(ordinal: int) -> str:
    edition = editions.get_edition(actor(), ordinal)
    question = read_question(request.args)
    found = statistics.count(edition, now=clock.now(), with_host=question.with_host)
    return render_template(
        "statistics/counts.html",
        edition=edition,
        question=question,
        page=CountsPage(found, question),
        may_export=actor().may_edit(edition.id),
    )


@blueprint.get("/counts.csv")
def counts_csv(ordinal: int) -> Response:
    """One line for each combination; with layout=table the table of the page as it stands."""
    if request.args.get("layout") == "table":
        question = read_question(request.args)
        found = statistics.count_of(actor(), ordinal, now=clock.now(), with_host=question.with_host)
        return _csv(CountsPage(found, question).csv(), f"counts-{ordinal}-table.csv")
    return _csv(_export(ordinal).csv(), f"counts-{ordinal}.csv")


@blueprint.get("/counts.json")
def counts_json(ordinal: int) -> Response:
    return jsonify(_export(ordinal).document(bases()))


@blueprint.post("/delegates.csv")
def delegates_csv(ordinal: int) -> Response:
    """The audit row is committed before the first byte; the rows then stream from a reading transaction."""
    who, lang = actor(), language()
    with writing():
        edition_id = exports.begin_delegates(who, ordinal, now=clock.now())
    rows = exports.stream_delegates(edition_id, language=lang, with_mark=_wants_mark())
    return _attached(Response(stream_with_context(rows)), f"delegates-{ordinal}.csv")


def _export(ordinal: int) -> CountsExport:
    question = read_question(request.args)
    by = request.args.get("by")
    return exports.export_counts(
        actor(),
        ordinal,
        by=by.split(",") if by is not None else question.by,
        measure=request.args.get("measure"),
        now=clock.now(),
        words=words(),
        language=language(),
        with_host=question.with_host,
    )


def _wants_mark() -> bool:
    return request.args.get("bom") == "1"


def _csv(text: str, name: str) -> Response:
    return _attached(Response((BYTE_ORDER_MARK if _wants_mark() else "") + text), name)


def _attached(response: Response, name: str) -> Response:
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
