"""The page of counts, and the same as CSV, JSON and workbook."""

from functools import partial

from flask import jsonify, render_template, request
from werkzeug.wrappers import Response

from eventapp.blueprints.statistics.base import blueprint
from eventapp.blueprints.statistics.charts import CountCharts
from eventapp.blueprints.statistics.question import read_question
from eventapp.blueprints.statistics.view import CountsPage
from eventapp.models import Edition
from eventapp.rules.crosstab_table import known_columns
from eventapp.rules.dimension import known_dimensions
from eventapp.rules.measure import MEASURES, measures_for
from eventapp.rules.spreadsheet import BYTE_ORDER_MARK
from eventapp.services import editions, exports, statistics
from eventapp.services.exports import CountsExport
from eventapp.services.exports_report import get_report
from eventapp.services.exports_workbook import write_counts_sheet
from eventapp.services.statistics_reference import get_reference
from eventapp.web import clock
from eventapp.web.counting_words import bases, words
from eventapp.web.labels import edition_name
from eventapp.web.locale import language
from eventapp.web.made_files import PDF, XLSX, attached
from eventapp.web.report import write as write_report
from eventapp.web.sign_in import actor
from eventapp.web.typed import translate


@blueprint.get("/counts")
def counts(ordinal: int) -> str:
    edition = editions.get_edition(actor(), ordinal)
    page = _page(edition)
    return render_template(
        "statistics/counts.html",
        edition=edition,
        question=page.asked,
        page=page,
        charts=CountCharts(edition, page),
        may_export=actor().may_edit(edition.id),
    )


@blueprint.get("/counts.csv")
def counts_csv(ordinal: int) -> Response:
    """One line for each combination; with layout=table the table of the page as it stands."""
    if request.args.get("layout") == "table":
        page = _page(editions.get_edition(actor(), ordinal))
        return _csv(page.csv(), f"counts-{ordinal}-table.csv")
    return _csv(_export(ordinal).csv(), f"counts-{ordinal}.csv")


@blueprint.get("/counts.json")
def counts_json(ordinal: int) -> Response:
    return jsonify(_export(ordinal).document())


@blueprint.get("/counts.xlsx")
def counts_xlsx(ordinal: int) -> Response:
    """The same rows as real numbers with a chart, made by a process of its own."""
    export, title = _export(ordinal), f"{translate('Counts')} · {edition_name(ordinal)}"
    make = partial(write_counts_sheet, export, title=title, language=language(), words=words(), say=translate)
    return attached(make, f"counts-{ordinal}.xlsx", XLSX)


@blueprint.get("/report.pdf")
def report_pdf(ordinal: int) -> Response:
    """The figures of the edition on a few pages, for whoever may look at them."""
    report = get_report(actor(), ordinal, now=clock.now(), language=language(), words=words())
    return attached(partial(write_report, report), f"report-{ordinal}.pdf", PDF)


def _page(edition: Edition) -> CountsPage:
    now = clock.now()
    measures = measures_for(is_over=statistics.is_over(edition, now))
    reference = get_reference()
    asked = read_question(
        request.args, known_dimensions(reference), measures, column_words=known_columns(reference)
    )
    count = partial(statistics.count_for, actor(), edition, now=now, reference=reference)
    return CountsPage(asked, reference, count, with_all_filters=bool(request.args.get("more")))


def _export(ordinal: int) -> CountsExport:
    reference = get_reference()
    dimensions, column_words = known_dimensions(reference), known_columns(reference)
    asked = read_question(request.args, dimensions, MEASURES, column_words=column_words)
    by = request.args.get("by")
    return exports.export_counts(
        actor(),
        ordinal,
        by=by.split(",") if by is not None else asked.plain_by,
        where=asked.where,
        measure=request.args.get("measure"),
        now=clock.now(),
        words=words(),
        bases=bases(),
        language=language(),
        with_host=asked.with_host,
    )


def _wants_mark() -> bool:
    return request.args.get("bom") == "1"


def _csv(text: str, name: str) -> Response:
    response = Response((BYTE_ORDER_MARK if _wants_mark() else "") + text)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
