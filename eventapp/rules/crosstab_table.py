"""The table of two dimensions as a page shows it: rows in groups with subtotals, columns in groups, totals both ways."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from eventapp.rules.crosstab import MEASURES, NONE, UNASSIGNED_REGION, Cell, Counts, Tally, add
from eventapp.rules.text import shown, sort_key
from eventapp.rules.vocabulary import COUNTRY_BASES, REGISTRATION_STATES

ROWS: Final = ("country", "region", "main_sector", "sector")
COLUMNS: Final = ("main_sector", "sector", "country_basis", "state")
HEAT: Final = ((1, 2), (3, 5), (6, 12), (13, 25), (26, None))  # people in a cell, by five classes

Place = tuple[str, str]  # (group, code)


@dataclass(frozen=True)
class Line:
    """One row of numbers, in the order of the columns."""

    code: str
    numbers: tuple[int, ...]
    total: int


@dataclass(frozen=True)
class Group:
    """Rows that belong together; `subtotal` stands alone where the group has no rows below it."""

    code: str
    subtotal: Line | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """What stands on the page: columns as (group, code), groups of rows, and the line of totals."""

    rows: str
    columns_by: str
    measure: str
    columns: tuple[Place, ...]
    groups: tuple[Group, ...]
    totals: Line

    @property
    def column_groups(self) -> list[tuple[str, int]]:
        """Each group of columns with its width, in order."""
        found: dict[str, int] = {}
        for group, _ in self.columns:
            found[group] = found.get(group, 0) + 1
        return list(found.items())

    @property
    def starts(self) -> frozenset[int]:
        """The columns at which a group begins, the first one left out."""
        return frozenset(
            place
            for place in range(1, len(self.columns))
            if self.columns[place][0] != self.columns[place - 1][0]
        )


@dataclass(frozen=True)
class Bar:
    """A bar inside a table: the measure, and the approved people within it; shares of the longest bar in percent."""

    code: str
    outer: int
    inner: int
    outer_share: float
    inner_share: float


def heat(people: int) -> int:
    """The class of shade of a cell, 0 for an empty one."""
    for place, (low, high) in enumerate(HEAT, start=1):
        if people >= low and (high is None or people <= high):
            return place
    return 0


def fitting_columns(rows: str, columns: str) -> str:
    """The columns that make sense beside these rows: a sector is never crossed with itself."""
    return (
        "country_basis"
        if rows in ("sector", "main_sector") and columns in ("sector", "main_sector")
        else columns
    )


def build_table(counts: Counts, *, rows: str, columns: str, measure: str, language: str) -> Table:
    """Cross two dimensions of the counted cells; rows of a group by size, then by name in the given language."""
    row_of, column_of = _row(counts, rows), _column(counts, columns)
    sums: dict[tuple[Place, Place], int] = {}
    for cell in _cells(counts, columns, measure):
        key = row_of(cell), column_of(cell)
        sums[key] = sums.get(key, 0) + cell.people
    order = _column_order(counts)
    places = tuple(sorted({column for _, column in sums}, key=lambda one: (order[one[0]], order[one[1]])))
    by_row: dict[Place, dict[Place, int]] = {}
    for (row, column), people in sums.items():
        by_row.setdefault(row, {})[column] = people
    lines = [
        (row, _line(row[1], [numbers.get(place, 0) for place in places])) for row, numbers in by_row.items()
    ]
    return Table(
        rows=rows,
        columns_by=columns,
        measure=measure,
        columns=places,
        groups=_groups(counts, rows, lines, language),
        totals=_sum("", [line for _, line in lines], len(places)),
    )


def _cells(counts: Counts, columns: str, measure: str) -> Iterator[Cell]:
    """The cells of one measure; merged over the states, unless the columns are the states."""
    if columns == "state":
        yield from (cell for cell in counts.cells if cell.state in MEASURES[measure])
        return
    for key, numbers in counts.merged.items():
        if people := numbers.of(measure):
            yield Cell(*key, "", people)


def _line(code: str, numbers: Sequence[int]) -> Line:
    return Line(code, tuple(numbers), sum(numbers))


def _sum(code: str, lines: Sequence[Line], width: int) -> Line:
    return _line(code, [sum(line.numbers[place] for line in lines) for place in range(width)])


def _row(counts: Counts, rows: str) -> Callable[[Cell], Place]:
    reference = counts.reference
    if rows == "country":
        return lambda cell: (reference.region(cell.country), cell.country or NONE)
    if rows == "region":
        return lambda cell: (reference.region(cell.country), reference.subregion(cell.country))
    if rows == "sector":
        return lambda cell: (reference.main_sector(cell.sector), cell.sector)
    return lambda cell: (reference.main_sector(cell.sector), reference.main_sector(cell.sector))


def _column(counts: Counts, columns: str) -> Callable[[Cell], Place]:
    reference = counts.reference
    if columns == "sector":
        return lambda cell: (cell.basis, cell.sector)
    if columns == "main_sector":
        return lambda cell: (cell.basis, reference.main_sector(cell.sector))
    if columns == "country_basis":
        return lambda cell: (NONE, cell.basis)
    return lambda cell: (NONE, cell.state)


def _column_order(counts: Counts) -> Mapping[str, int]:
    codes = (NONE, *COUNTRY_BASES, *REGISTRATION_STATES, *counts.reference.sector_names)
    return {code: place for place, code in enumerate(codes)}


def _groups(
    counts: Counts, rows: str, lines: Sequence[tuple[Place, Line]], language: str
) -> tuple[Group, ...]:
    """Groups in the order of regions or sectors, "no country" last; a group that is its own only row has no subtotal."""
    reference = counts.reference
    names = reference.country_names if rows == "country" else reference.region_names
    order = [*reference.sector_names, *reference.region_names, UNASSIGNED_REGION, NONE]
    members: dict[str, list[Line]] = {}
    for (group, _), line in lines:
        members.setdefault(group, []).append(line)
    made = []
    for group in sorted(members, key=order.index):
        inside = sorted(
            members[group],
            key=(lambda line: order.index(line.code))
            if rows in ("sector", "main_sector")
            else (
                lambda line: (-line.total, sort_key(shown(names.get(line.code), language).text), line.code)
            ),
        )
        is_single = len(inside) == 1 and inside[0].code == group
        subtotal = _sum(group, inside, len(inside[0].numbers))
        made.append(Group(group, subtotal, () if is_single else tuple(inside)))
    return tuple(made)


def _bars(counts: Counts, key: Callable[[str, str | None], str], outer: str) -> list[Bar]:
    """Approved people within a measure for each key of (sector, country), longest first."""
    parts: dict[str, list[Tally]] = {}
    for (sector, country, _), numbers in counts.merged.items():
        parts.setdefault(key(sector, country), []).append(numbers)
    found = {code: add(tallies) for code, tallies in parts.items()}
    longest = max((numbers.of(outer) for numbers in found.values()), default=0) or 1
    ordered = sorted(found.items(), key=lambda one: (-one[1].of(outer), one[0]))
    return [
        Bar(
            code,
            numbers.of(outer),
            numbers.approved,
            round(100 * numbers.of(outer) / longest, 1),
            round(100 * numbers.approved / longest, 1),
        )
        for code, numbers in ordered
        if numbers.of(outer)
    ]


def bars_by_sector(counts: Counts, outer: str) -> list[Bar]:
    """Bars of the upper level of sectors."""
    return _bars(counts, lambda sector, _: counts.reference.main_sector(sector), outer)


def bars_by_region(counts: Counts, outer: str) -> list[Bar]:
    """Bars of the regions, people without a country among them."""
    return _bars(counts, lambda _, country: counts.reference.region(country), outer)
