"""Counts as a workbook: the rows of the CSV, a chart of the first dimension, and a sheet that says what was counted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from eventapp.adapters.workbooks import Chart, Sheet, write_workbook
from eventapp.errors import message
from eventapp.rules.crosstab import Counts
from eventapp.rules.dimension import Texts, name_of, order_in
from eventapp.rules.measure import BASES
from eventapp.rules.spreadsheet import stamp
from eventapp.services.exports import CountsExport

MOST_BARS: Final = 25  # more cannot be told apart
Say = Callable[[str], str]

_SHEETS: Final = (message("Counts"), message("Chart"), message("About these numbers"))
_ABOUT_LIST: Final = message("About this list")
_HEAD: Final = (message("What"), message("Value"), message("Explanation"))
_EDITION: Final = message("Edition")
_TAKEN_AT: Final = message("Taken at")
_CLOCK: Final = message("the server's clock, in UTC")
_COUNTED_BY: Final = message("Counted by")
_ONLY: Final = message("Only")
_EVERYBODY: Final = message("everybody")
_COLUMNS: Final = message("Columns")
_PEOPLE: Final = message("People")
_LISTED: Final = message("whatever the state of their registration; erased people are left out")
_WITH_HOST: Final = message("With the host country")
_YES: Final = message("yes")
_NO: Final = message("no")
_SMALL: Final = message("Small numbers can point to one person. Think before you publish them.")
_COUNTRIES: Final = {
    "countries": message("countries that sent a delegation"),
    "territories": message("territories that sent a delegation"),
    "seat_only": message("more countries by the seat of an organisation only"),
    "without_country": message("people without a country"),
}


def write_counts_sheet(
    export: CountsExport, target: Path, *, title: str, language: str, words: Texts, say: Say
) -> None:
    """Write the workbook, whole or not at all; `say` translates its own words, column names stay as in CSV and JSON."""
    counts, chart, about = (say(text) for text in _SHEETS)
    rows = _summary(export, language, words)
    series: list[str] = [name for name in ("registered", "approved") if name in export.measures] or [
        export.measures[0]
    ]
    shown = min(len(rows), MOST_BARS)
    places = tuple(2 + export.measures.index(name) for name in series)
    sheets = [
        Sheet(
            name=counts,
            head=export.header,
            batches=[[[_cell(one) for one in line] for line in export.lines]],
            widths=[28 if name.endswith("_name") else 16 for name in export.header],
        ),
        Sheet(
            name=chart,
            head=[export.by[0], f"{export.by[0]}_name", *export.measures],
            batches=[rows],
            widths=[14, 34, *[12] * len(export.measures)],
            chart=Chart(title=title, rows=shown, names=1, series=places) if rows else None,
        ),
        Sheet(
            name=about,
            head=[say(text) for text in _HEAD],
            batches=[_about(export, say)],
            widths=[34, 30, 80],
            wraps=True,
        ),
    ]
    write_workbook(target, sheets, title=title, made_at=export.counts.taken_at, is_rtl=language == "ar")


def list_sheet(
    *,
    ordinal: int,
    taken_at: datetime,
    where: Mapping[str, str],
    columns: Sequence[str],
    people: Callable[[], int],
    say: Say,
) -> Sheet:
    """What a list of people is: of which edition and moment, and whom; read once they stand, when their number is known."""
    lines: list[list[Any]] = [
        [say(_EDITION), ordinal, None],
        [say(_TAKEN_AT), stamp(taken_at), say(_CLOCK)],
    ]
    only = [[f"{say(_ONLY)}: {name}", value, None] for name, value in where.items()]
    lines += only or [[say(_ONLY), say(_EVERYBODY), say(_LISTED)]]
    lines.append([say(_COLUMNS), ", ".join(columns), None])
    total = say(_PEOPLE)

    def batches() -> Iterator[list[list[Any]]]:
        yield [*lines, [total, people(), None]]

    return Sheet(
        name=say(_ABOUT_LIST),
        head=[say(text) for text in _HEAD],
        batches=batches(),
        widths=[34, 60, 60],
        wraps=True,
    )


def _cell(value: Any) -> Any:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _summary(export: CountsExport, language: str, words: Texts) -> list[list[Any]]:
    """The people by the first dimension alone, each person once in a row: codes with an order keep it, others by size."""
    counts, first = export.counts, export.by[0]
    found = {code: numbers for (code,), numbers in _of_first(counts, first).items()}
    ranks = order_in(counts.reference, first)
    measure = export.measures[0]
    codes = sorted(found, key=lambda code: (ranks.get(code, 0), -found[code].of(measure), code))
    rows: list[list[Any]] = []
    for code in codes:
        numbers = [found[code].of(one) for one in export.measures]
        if any(numbers):
            name = name_of(counts.reference, first, code, language, words) or code
            rows.append([code or None, name, *numbers])
    return rows


def _of_first(counts: Counts, first: str) -> dict[tuple[str, ...], Any]:
    """Whoever came on several days stands once in a row of anything but days."""
    source = counts.once if counts.once and first != "check_in_day" else counts
    return source.by(first)


def _about(export: CountsExport, say: Say) -> Sequence[Sequence[Any]]:
    document = export.document()
    host = document["host_country"]
    with_host = say(_YES) if document["with_host_country"] else say(_NO)
    lines: list[list[Any]] = [
        [say(_EDITION), document["edition"], None],
        [say(_TAKEN_AT), document["taken_at"], say(_CLOCK)],
        [say(_COUNTED_BY), ", ".join(export.by), None],
    ]
    lines += [
        [f"{say(_ONLY)}: {name}", ", ".join(code or "none" for code in codes), None]
        for name, codes in document["where"].items()
    ] or [[say(_ONLY), say(_EVERYBODY), None]]
    lines.append([say(_WITH_HOST), with_host, host])
    lines += [[measure, document["totals"][measure], say(BASES[measure])] for measure in export.measures]
    lines += [
        [f"{measure}: {name}", number, say(_COUNTRIES[name])]
        for measure, found in document["countries"].items()
        for name, number in found.items()
    ]
    lines.append([None, None, say(_SMALL)])
    return lines
