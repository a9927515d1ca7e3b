"""What the page of counts shows: table, bars, filters, and the table as CSV."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import getitem

from markupsafe import Markup

from eventapp.blueprints.statistics.fields import Fields
from eventapp.blueprints.statistics.naming import names_of
from eventapp.blueprints.statistics.question import Asked
from eventapp.rules.crosstab import Counts, Question, check_question, represented
from eventapp.rules.crosstab_table import (
    Classes,
    Group,
    Line,
    Table,
    bars,
    build_table,
    heat,
    heat_classes,
    known_columns,
)
from eventapp.rules.dimension import Reference, columns_of, known_dimensions
from eventapp.rules.spreadsheet import csv_text, stamp
from eventapp.web.count_charts import row_head
from eventapp.web.counting_words import bases
from eventapp.web.filters import babel_locale, number_in
from eventapp.web.labels import label
from eventapp.web.options import chosen, option_lines
from eventapp.web.typed import translate

OVERVIEW = ("sector", "country")
GROUPED = {
    "country": "region",
    "subregion": "region",
    "sector": "main_sector",
}  # rows that stand in groups of these


@dataclass(frozen=True)
class Chip:
    """One filter in force, and the address without it."""

    text: str
    args: dict[str, str]


class CountsPage:
    """One question answered: an overview by sector and country, and the table that was asked for."""

    def __init__(
        self,
        asked: Asked,
        reference: Reference,
        count: Callable[[Question], Counts],
        *,
        with_all_filters: bool = False,
    ) -> None:
        self.asked = asked
        ask = partial(check_question, where=asked.where, reference=reference, with_host=asked.with_host)
        self.overview = count(ask(OVERVIEW))
        self.counts = self.overview
        if not set(columns_of(asked.by)) <= set(self.overview.columns):
            self.counts = count(ask(asked.by))
        self.name = names_of(self.counts.reference)
        self.table: Table = build_table(
            self.counts,
            rows=asked.rows,
            columns=asked.columns,
            measure=asked.measure,
            name=self.name,
        )
        self.represented = represented(self.overview, asked.measure)
        self.outer, self.inner = bar_measures(asked.measure)
        self.sectors = bars(self.overview, "main_sector", self.outer, self.inner)
        self.regions = bars(self.overview, "region", self.outer, self.inner)
        self.total = self.overview.all_of(asked.measure)
        # The table of several editions may hold people where this one has nobody.
        self.spans_editions = "edition" in asked.by and "edition" not in asked.where
        # whoever was ever received stands in a cell
        self.is_empty = not self.overview.cells and not self.counts.cells
        self.basis = bases()[asked.measure]
        self.shades = heat_classes(self.table)
        fields = Fields(asked, self.name, count)
        self.filters = fields.usual()
        self.wants_all_filters = (
            with_all_filters  # those in force stand below the form, where they are taken away
        )
        self.other_filters = fields.others() if with_all_filters or fields.is_narrow() else []
        self._locale = babel_locale()
        self._shaded, self._plain = self._columns(is_shaded=True), self._columns(is_shaded=False)

    @staticmethod
    def basis_of(measure: str) -> str:
        """What a measure counts, in the reader's language."""
        return bases()[measure]

    @property
    def host_people(self) -> int | None:
        """People under the host country; None where they have been left out, so that nobody counted them."""
        if not self.asked.with_host:
            return None
        host = self.overview.host
        return self.overview.people(self.asked.measure, "country").get((host,), 0) if host else 0

    @property
    def moves_erased(self) -> bool:
        """Whether the erased stand under no body and no language here: they are kept counted by either of them alone."""
        asked = {*self.asked.by, *self.asked.where} - {"state", "edition"}
        return bool(asked & {"body", "language"}) and (len(asked) > 1 or not self.asked.with_host)

    @property
    def measures(self) -> Markup:
        """The measures that mean something now, as options."""
        named = ((one, label("measure", one)) for one in self.overview.measures)
        return chosen(option_lines(named), self.asked.measure)

    @property
    def row_choices(self) -> Markup:
        """Everything that can stand in rows, as options."""
        return chosen(self.name.options(known_dimensions(self.counts.reference)), self.asked.rows)

    @property
    def column_choices(self) -> Markup:
        """Everything that can stand in columns, as options."""
        return chosen(self.name.options(known_columns(self.counts.reference)), self.asked.columns)

    @property
    def chips(self) -> list[Chip]:
        """The filters in force."""
        return [
            Chip(
                f"{self.name.of(name)}: {', '.join(self.name(name, code) for code in codes)}",
                self.asked.without(name).args(),
            )
            for name, codes in self.asked.where.items()
        ]

    def column_group(self, code: str) -> str:
        """The name above several columns; empty where columns stand in no groups."""
        return label("basis_group", code) if code else ""

    def group(self, code: str) -> str:
        """The name of a group of rows."""
        return self.name(GROUPED.get(self.asked.rows, self.asked.rows), code)

    def lines(self, group: Group) -> Markup:
        """The rows of a group as table rows; made here, since a page has hundreds of them with thousands of numbers."""
        made = []
        if group.subtotal:
            # Without groups a row is a row like all others.
            kind = "region" if self.asked.rows in GROUPED else ""
            made.append(self._row(kind, self.group(group.code), group.subtotal, is_shaded=not group.lines))
        names = self.name.all_of(self.asked.rows)
        made += [self._row("", names[line.code], line, is_shaded=True) for line in group.lines]
        return Markup("\n".join(made))  # noqa: S704 - escaped names, numbers and our own classes

    def totals(self) -> Markup:
        """The last row."""
        return Markup(self._row("", translate("All"), self.table.totals, is_shaded=False))  # noqa: S704 - as above

    def _row(self, kind: str, name: str, line: Line, *, is_shaded: bool) -> str:
        made = "".join(map(getitem, self._shaded if is_shaded else self._plain, line.numbers))
        total = f'<td class="sum{" gap" if made else ""}">{number_in(line.total, self._locale)}</td>'
        opened = f'<tr class="{kind}">' if kind else "<tr>"
        return f"{opened}{row_head(name)}{made}{total}</tr>"

    def _columns(self, *, is_shaded: bool) -> list["_Cells"]:
        """For each column the cells of its numbers; columns alike share them."""
        shades = self.shades if is_shaded else ()
        usual, first = (_Cells(self._locale, shades, starts=starts) for starts in (False, True))
        starts = self.table.starts
        return [first if place in starts else usual for place in range(len(self.table.columns))]

    def csv(self) -> str:
        """The table as it stands on the page, subtotals and totals included."""
        total, rows = translate("All"), self.asked.rows
        heads = [
            " · ".join(filter(None, (self.column_group(g), self.name(self.asked.columns, c))))
            for g, c in self.table.columns
        ]
        above = GROUPED.get(rows)
        lines: list[list[object]] = []
        for group in self.table.groups:
            if group.subtotal:
                lines.append([self.group(group.code), "", *group.subtotal.numbers, group.subtotal.total])
            lines.extend(
                [self.group(group.code), self.name(rows, one.code), *one.numbers, one.total]
                for one in group.lines
            )
        lines.append([total, "", *self.table.totals.numbers, self.table.totals.total])
        if not above:  # a row is its own group: one column names it
            lines = [[line[0], *line[2:]] for line in lines]
        names = [*([self.name.of(above)] if above else []), self.name.of(rows)]
        same = self._same_for_all()
        return csv_text([*names, *heads, total, *same], ([*line, *same.values()] for line in lines))

    def _same_for_all(self) -> dict[str, object]:
        """What the numbers are of, beside every line: a file that is passed on says so by itself."""
        return {
            translate("Edition"): self.counts.ordinal,
            translate("Basis"): f"{label('measure', self.asked.measure)}: {self.basis}",
            translate("Only"): "; ".join(chip.text for chip in self.chips) or translate("everybody"),
            translate("With the host country"): translate("yes") if self.asked.with_host else translate("no"),
            translate("Taken at"): stamp(self.counts.taken_at),
        }


def bar_measures(measure: str) -> tuple[str, str]:
    """What bars show beside each other: the wider measure, and the people among them who are further on."""
    return {
        "received": ("received", "approved"),
        "checked_in": ("checked_in", "checked_in"),
        "no_show": ("approved", "no_show"),
        "endorsed": ("registered", "endorsed"),
    }.get(measure, ("registered", "approved"))


class _Cells(dict[int, str]):
    """The cells of one kind of column by their number, made as numbers come; most of thousands are empty or small."""

    def __init__(self, locale: str, shades: Classes, *, starts: bool) -> None:
        begins = ' class="gap"' if starts else ""
        super().__init__({0: f'<td{begins}><span class="quiet" aria-label="0">·</span></td>'})
        self._locale, self._shades, self._starts = locale, shades, starts

    def __missing__(self, people: int) -> str:
        made = self[people] = _cell(people, self._locale, heat(people, self._shades), self._starts)
        return made


@lru_cache(maxsize=8192)
def _cell(people: int, locale: str, shade: int, starts: bool) -> str:
    classes = " ".join(filter(None, (f"heat-{shade}" if shade else "", "gap" if starts else "")))
    inside = number_in(people, locale)
    return f'<td class="{classes}">{inside}</td>' if classes else f"<td>{inside}</td>"
