"""What the page of counts shows: the question as it stands in the address, and names for every code of the table."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from eventapp.rules.crosstab import BASES, MEASURES, NO_COUNTRY, UNASSIGNED, Counts, name_of, represented
from eventapp.rules.crosstab_table import (
    COLUMNS,
    HEAT,
    ROWS,
    Table,
    bars_by_region,
    bars_by_sector,
    build_table,
    fitting_columns,
    heat,
)
from eventapp.rules.spreadsheet import csv_text
from eventapp.web.labels import label
from eventapp.web.locale import language
from eventapp.web.typed import translate

WITHOUT: Final = "without"


@dataclass(frozen=True, kw_only=True)
class Question:
    """What to count, by what, and whether the host country is left out; words nobody knows fall back to the usual."""

    measure: str = "registered"
    rows: str = "country"
    columns: str = "main_sector"
    host: str = ""

    @property
    def with_host(self) -> bool:
        return self.host != WITHOUT

    @property
    def by(self) -> list[str]:
        """The same question as dimensions of an export."""
        return [self.columns, self.rows]

    def args(self) -> dict[str, str]:
        """The question as it stands in an address; what is as usual is left out."""
        usual = asdict(Question())
        return {name: value for name, value in asdict(self).items() if value != usual[name]}


def read_question(args: Mapping[str, str]) -> Question:
    """The question of an address."""
    usual = Question()
    rows = args.get("rows", "") if args.get("rows") in ROWS else usual.rows
    columns = args.get("columns", "") if args.get("columns") in COLUMNS else usual.columns
    return Question(
        measure=args.get("measure", "") if args.get("measure") in MEASURES else usual.measure,
        rows=rows,
        columns=fitting_columns(rows, columns),
        host=WITHOUT if args.get("host") == WITHOUT else "",
    )


def words() -> dict[str, str]:
    """What stands for codes that have no record."""
    return {"no_country": translate(NO_COUNTRY), "unassigned": translate(UNASSIGNED)}


def bases() -> dict[str, str]:
    """What each measure counts, in the reader's language."""
    return {measure: translate(text) for measure, text in BASES.items()}


class CountsPage:
    """Table, bars and names for the template."""

    def __init__(self, counts: Counts, question: Question) -> None:
        self.counts = counts
        self.question = question
        self.table: Table = build_table(
            counts,
            rows=question.rows,
            columns=question.columns,
            measure=question.measure,
            language=language(),
        )
        self.outer = "received" if question.measure == "received" else "registered"
        self.sectors = bars_by_sector(counts, self.outer)
        self.regions = bars_by_region(counts, self.outer)
        self.represented = represented(counts, question.measure)
        self.total = counts.total.of(question.measure)
        self.basis = bases()[question.measure]
        self.heat = heat
        self.shades = HEAT
        self._words = words()

    def _name(self, dimension: str, code: str) -> str:
        return name_of(self.counts.reference, dimension, code, language(), self._words) or code

    def sector(self, code: str) -> str:
        """The name of a sector of either level."""
        return self._name("sector", code)

    def region(self, code: str) -> str:
        """The name of a region or subregion, of nobody's country or of a country in no region."""
        return self._name("region", code)

    def group(self, code: str) -> str:
        """The name of a group of rows."""
        return self.sector(code) if self.question.rows in ("sector", "main_sector") else self.region(code)

    def row(self, code: str) -> str:
        """The name of a row inside a group."""
        return self._name("country", code) if self.question.rows == "country" else self.group(code)

    def column(self, code: str) -> str:
        """The name of a column."""
        match self.question.columns:
            case "country_basis":
                return label("basis_group", code)
            case "state":
                return label("registration_state", code)
        return self.sector(code)

    def column_group(self, code: str) -> str:
        """The name above several columns; empty where columns stand in no groups."""
        return label("basis_group", code) if code else ""

    def csv(self) -> str:
        """The table as it stands on the page, subtotals and totals included."""
        total = translate("All")
        heads = [
            " · ".join(filter(None, (self.column_group(g), self.column(c)))) for g, c in self.table.columns
        ]
        lines: list[list[object]] = []
        for group in self.table.groups:
            if group.subtotal:
                lines.append([self.group(group.code), "", *group.subtotal.numbers, group.subtotal.total])
            lines.extend(
                [self.group(group.code), self.row(one.code), *one.numbers, one.total] for one in group.lines
            )
        lines.append([total, "", *self.table.totals.numbers, self.table.totals.total])
        first = label("counted_by", "region" if self.question.rows == "country" else self.question.rows)
        return csv_text([first, label("counted_by", self.question.rows), *heads, total], lines)
