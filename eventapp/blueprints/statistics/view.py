"""What the page of counts shows: table, bars, filters, and the table as CSV."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from markupsafe import Markup, escape

from eventapp.blueprints.statistics.naming import Names
from eventapp.blueprints.statistics.question import Asked
from eventapp.models import Edition
from eventapp.rules.crosstab import Counts, represented
from eventapp.rules.crosstab_table import HEAT, Group, Line, Table, bars, build_table, heat, known_columns
from eventapp.rules.dimension import LOWER, added_schemes, columns_of, known_dimensions
from eventapp.rules.spreadsheet import csv_text
from eventapp.rules.vocabulary import BODY_KINDS, DELEGATE_ROLES, LANGUAGES, REGISTRATION_STATES
from eventapp.services import statistics
from eventapp.web.counting_words import bases
from eventapp.web.filters import babel_locale, number_in
from eventapp.web.labels import label
from eventapp.web.typed import translate

OVERVIEW = ("sector", "country")
Choice = tuple[str, str]


@dataclass(frozen=True)
class Chip:
    """One filter in force, and the address without it."""

    text: str
    args: dict[str, str]


class CountsPage:
    """One question answered: an overview by sector and country, and the table that was asked for."""

    def __init__(
        self, edition: Edition, asked: Asked, *, now: datetime, count: Callable[..., Counts]
    ) -> None:
        self.asked = asked
        self.overview = count(
            edition, statistics.ask(OVERVIEW, asked.where, with_host=asked.with_host), now=now
        )
        self.counts = self.overview
        if not set(columns_of(asked.by)) <= set(self.overview.columns):
            question = statistics.ask(asked.by, asked.where, with_host=asked.with_host)
            self.counts = count(edition, question, now=now)
        self.name = Names(self.counts.reference)
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
        self.total = self.overview.total.of(asked.measure)
        self.basis = bases()[asked.measure]
        self.shades = HEAT
        self._starts, self._locale = self.table.starts, babel_locale()

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
    def measures(self) -> list[Choice]:
        """The measures that mean something now."""
        return [(one, label("measure", one)) for one in self.overview.measures]

    @property
    def row_choices(self) -> list[Choice]:
        """Everything that can stand in rows."""
        return [(one, self.name.of(one)) for one in known_dimensions(self.counts.reference)]

    @property
    def column_choices(self) -> list[Choice]:
        """Everything that can stand in columns."""
        return [(one, self.name.of(one)) for one in known_columns(self.counts.reference)]

    @property
    def filters(self) -> list[tuple[str, list[Choice]]]:
        """The fields that ask for some of the people: dimension, codes with names; countries stand apart."""
        reference = self.counts.reference
        uppers = [code for code, parent in reference.sector_parents.items() if parent is None]
        lists: dict[str, Sequence[str]] = {
            "main_sector": uppers,
            "region": reference.m49.upper_in_use,
            **{
                name: reference.schemes[name].upper_in_use
                for name in added_schemes(reference)
                if not name.endswith(LOWER)
            },
            "body_kind": BODY_KINDS,
            "role": DELEGATE_ROLES,
            "badge_category": list(reference.category_names),
            "language": LANGUAGES,
            "state": REGISTRATION_STATES,
        }
        return [
            (dimension, [(code, self.name(dimension, code)) for code in codes])
            for dimension, codes in lists.items()
            if codes
        ]

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
        return self.name("region" if self.asked.rows in ("country", "subregion") else self.asked.rows, code)

    def lines(self, group: Group) -> Markup:
        """The rows of a group as table rows; made here, since a page has hundreds of them with thousands of numbers."""
        made = []
        if group.subtotal:
            made.append(
                self._row("region", self.group(group.code), group.subtotal, is_shaded=not group.lines)
            )
        rows = self.asked.rows
        made += [self._row("", self.name(rows, line.code), line, is_shaded=True) for line in group.lines]
        return Markup("\n".join(made))  # noqa: S704 - escaped names, numbers and our own classes

    def totals(self) -> Markup:
        """The last row."""
        return Markup(self._row("", translate("All"), self.table.totals, is_shaded=False))  # noqa: S704 - as above

    def _row(self, kind: str, name: str, line: Line, *, is_shaded: bool) -> str:
        starts, locale = self._starts, self._locale
        made = [
            _cell(people, locale, is_shaded, place in starts) if people else _NOBODY[place in starts]
            for place, people in enumerate(line.numbers)
        ]
        total = f'<td class="sum{" gap" if made else ""}">{number_in(line.total, locale)}</td>'
        opened = f'<tr class="{kind}">' if kind else "<tr>"
        return f'{opened}<th scope="row">{escape(name)}</th>{"".join(made)}{total}</tr>'

    def csv(self) -> str:
        """The table as it stands on the page, subtotals and totals included."""
        total, rows = translate("All"), self.asked.rows
        heads = [
            " · ".join(filter(None, (self.column_group(g), self.name(self.asked.columns, c))))
            for g, c in self.table.columns
        ]
        lines: list[list[object]] = []
        for group in self.table.groups:
            if group.subtotal:
                lines.append([self.group(group.code), "", *group.subtotal.numbers, group.subtotal.total])
            lines.extend(
                [self.group(group.code), self.name(rows, one.code), *one.numbers, one.total]
                for one in group.lines
            )
        lines.append([total, "", *self.table.totals.numbers, self.table.totals.total])
        first = self.name.of("region" if rows == "country" else rows)
        return csv_text([first, self.name.of(rows), *heads, total], lines)


def bar_measures(measure: str) -> tuple[str, str]:
    """What bars show beside each other: the wider measure, and the people among them who are further on."""
    return {
        "received": ("received", "approved"),
        "checked_in": ("checked_in", "checked_in"),
        "no_show": ("approved", "no_show"),
    }.get(measure, ("registered", "approved"))


# Most cells of a table are empty; the second one begins a group of columns.
_NOBODY = tuple(
    f'<td{begins}><span class="quiet" aria-label="0">·</span></td>' for begins in ("", ' class="gap"')
)


@lru_cache(maxsize=8192)
def _cell(people: int, locale: str, is_shaded: bool, starts: bool) -> str:
    shade = heat(people) if is_shaded else 0
    classes = " ".join(filter(None, (f"heat-{shade}" if shade else "", "gap" if starts else "")))
    inside = number_in(people, locale)
    return f'<td class="{classes}">{inside}</td>' if classes else f"<td>{inside}</td>"
