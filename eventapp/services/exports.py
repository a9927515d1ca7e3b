"""Counts by any dimension as a file, in every form with the same names and numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from eventapp.rules.access import Actor
from eventapp.rules.crosstab import Counts, Represented, long_columns, long_rows, represented
from eventapp.rules.dimension import NOBODYS, Texts
from eventapp.rules.measure import BASES, check_measures
from eventapp.rules.spreadsheet import csv_text, stamp
from eventapp.services import statistics


@dataclass(frozen=True, kw_only=True)
class CountsExport:
    """Counts split by some dimensions, ready to be written in either form with the same names and numbers."""

    counts: Counts
    by: tuple[str, ...]
    measures: tuple[str, ...]
    rows: Sequence[Mapping[str, Any]]
    countries: Mapping[str, Represented]  # by measure
    bases: Texts = field(default_factory=lambda: BASES)  # what each measure counts

    def document(self) -> dict[str, Any]:
        """The JSON form."""
        counts = self.counts
        return {
            "edition": counts.ordinal,
            "taken_at": stamp(counts.taken_at),
            "by": list(self.by),
            "where": {name: list(codes) for name, codes in counts.question.where.items()},
            "with_host_country": counts.question.with_host,
            "host_country": counts.host,
            "measures": {measure: self.bases[measure] for measure in self.measures},
            "totals": {measure: counts.total.of(measure) for measure in self.measures},
            "countries": {measure: vars(found) for measure, found in self.countries.items()},
            "rows": [dict(row) for row in self.rows],
        }

    @property
    def header(self) -> list[str]:
        """The columns of CSV and workbook."""
        return [*long_columns(self.by), *self.measures, *self._same_for_all]

    @property
    def lines(self) -> list[list[Any]]:
        """One line for each combination; what holds for all of them stands in the last columns."""
        tail = self._same_for_all.values()
        return [[*row.values(), *tail] for row in self.rows]

    @property
    def _same_for_all(self) -> dict[str, Any]:
        """What the numbers are of: a file that is passed on says so by itself."""
        counts = self.counts
        told = {
            "edition": counts.ordinal,
            "with_host_country": counts.question.with_host,
            "taken_at": stamp(counts.taken_at),
            "filters": "; ".join(
                f"{name}={','.join(code or NOBODYS for code in codes)}"
                for name, codes in counts.question.where.items()
            ),
            "basis": "; ".join(f"{measure}: {self.bases[measure]}" for measure in self.measures),
        }
        return {name: value for name, value in told.items() if name not in self.by}

    def csv(self) -> str:
        """The CSV form."""
        return csv_text(self.header, self.lines)


def export_counts(
    actor: Actor,
    ordinal: int,
    *,
    by: Sequence[str],
    measure: str | None,
    where: statistics.Filters | None = None,
    now: datetime,
    words: Texts,
    bases: Texts = BASES,
    language: str = "en",
    with_host: bool = True,
) -> CountsExport:
    """Count an edition split by dimensions; refuses unknown dimensions and measures, and whoever may not look at it."""
    question = statistics.ask(by, where, with_host=with_host)
    counts = statistics.count_of(actor, ordinal, question, now=now)
    measures = check_measures(measure, is_over=counts.is_over)
    rows = long_rows(counts, measures, language=language, words=words)
    return CountsExport(
        counts=counts,
        by=question.by,
        measures=measures,
        rows=rows,
        countries=_countries(actor, counts, measures),
        bases=bases,
    )


def _countries(actor: Actor, counts: Counts, measures: Sequence[str]) -> dict[str, Represented]:
    """How many countries stand behind each measure, whatever the count is split by."""
    if not {"country", "basis"} <= set(counts.columns):
        asked = replace(counts.question, by=("country", "country_basis"))
        counts = statistics.count_of(actor, counts.ordinal, asked, now=counts.taken_at)
    return {measure: represented(counts, measure) for measure in measures}
