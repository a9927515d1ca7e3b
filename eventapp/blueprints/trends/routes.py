"""The trend of one edition, the figures of all editions, and both as CSV."""

from flask import Blueprint, Response, render_template, request

from eventapp.blueprints.trends.view import SeriesPage, TrendPage
from eventapp.rules.spreadsheet import BYTE_ORDER_MARK
from eventapp.services import statistics, statistics_trend
from eventapp.web import clock
from eventapp.web.sign_in import actor

blueprint = Blueprint("trends", __name__, url_prefix="/dashboard")


@blueprint.get("/editions/<int(max=9999):ordinal>/trend")
def edition(ordinal: int) -> str:
    now = clock.now()
    page = TrendPage(statistics_trend.trend_of(actor(), ordinal, now=now))
    is_over = statistics.is_over(page.edition, now)
    return render_template("trends/edition.html", edition=page.edition, page=page, is_over=is_over)


@blueprint.get("/editions/<int(max=9999):ordinal>/trend.csv")
def edition_csv(ordinal: int) -> Response:
    page = TrendPage(statistics_trend.trend_of(actor(), ordinal, now=clock.now()))
    return _csv(page.csv(), f"registrations-per-day-{ordinal}.csv")


@blueprint.get("/figures")
def figures() -> str:
    now = clock.now()
    page = SeriesPage(statistics_trend.list_series(actor(), now=now), now)
    return render_template("trends/figures.html", edition=None, page=page)


@blueprint.get("/figures.csv")
def figures_csv() -> Response:
    now = clock.now()
    page = SeriesPage(statistics_trend.list_series(actor(), now=now), now)
    return _csv(page.csv(), "figures-of-all-editions.csv")


def _csv(text: str, name: str) -> Response:
    mark = BYTE_ORDER_MARK if request.args.get("bom") == "1" else ""
    response = Response(mark + text)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
