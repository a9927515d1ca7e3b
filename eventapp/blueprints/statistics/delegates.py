"""The list of delegates as a file: the audit row is committed before the first byte, whatever its form."""

from flask import Response, request, stream_with_context

from eventapp.blueprints.statistics.base import blueprint
from eventapp.services import exports_delegates
from eventapp.services.exports_delegates import DelegateList
from eventapp.web import clock
from eventapp.web.labels import edition_name
from eventapp.web.locale import language
from eventapp.web.made_files import XLSX, attached
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate


@blueprint.post("/delegates.csv")
def delegates_csv(ordinal: int) -> Response:
    """The rows stream from a reading transaction."""
    wanted = _begin(ordinal, "csv")
    rows = exports_delegates.stream_csv(wanted, with_mark=request.args.get("bom") == "1")
    response = Response(stream_with_context(rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="delegates-{ordinal}.csv"'
    return response


@blueprint.post("/delegates.xlsx")
def delegates_xlsx(ordinal: int) -> Response:
    """The workbook is whole before its first byte goes out."""
    wanted = _begin(ordinal, "xlsx")
    title = f"{translate('List of delegates')} · {edition_name(ordinal)}"
    return attached(
        lambda path: exports_delegates.write_sheet(wanted, path, title=title),
        f"delegates-{ordinal}.xlsx",
        XLSX,
    )


def _begin(ordinal: int, form: str) -> DelegateList:
    who, lang = actor(), language()
    with writing():
        return exports_delegates.begin_delegates(who, ordinal, now=clock.now(), form=form, language=lang)
