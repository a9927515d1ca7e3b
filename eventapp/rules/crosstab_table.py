"""The table of two dimensions as a page shows it: rows in groups with subtotals, columns in groups, totals both ways."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from eventapp.rules.chart_classes import classes_of
from eventapp.rules.crosstab import Counts
from eventapp.rules.dimension import (
    DIMENSIONS,
    LOWER,
    NONE,
    Codes,
    Reference,
    added_schemes,
    order_in,
    regions,
)
from eventapp.rules.text import sort_key
from eventapp.rules.vocabulary import COUNTRY_BASES

# Whatever has few codes can stand in columns; "none" leaves the total alone.
COLUMNS: Final = (
    "main_sector",
    "sector",
    "country_basis",
    "region",
    "body_kind",
    "role",
    "badge_category",
    "language",
    "state",
    "edition",
    "none",
)
Classes = Sequence[tuple[int, int | None]]
LARGEST_USUAL: Final = 100
HEAT: Final[Classes] = ((1, 2), (3, 5), (6, 12), (13, 25), (26, None))  # people in a cell, by five classes
# Rows that are read largest first; the others have an order of their own.
BY_SIZE: Final = frozenset({"country", "subregion", "body"})

Place = tuple[str, str]  # (group, code)


class Line(NamedTuple):
    """One row of numbers, in the order of the columns; the total counts each person once."""

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


class Bar(NamedTuple):
    """A bar inside a table: the measure, and a part of the people within it; shares of the longest bar in percent."""

    code: str
    outer: int
    inner: int
    outer_share: float
    inner_share: float


def heat_classes(table: Table) -> Classes:
    """The usual classes, or for a table of large numbers, of which most would be the darkest, classes up to its largest."""
    rows = [line for group in table.groups for line in group.lines or (group.subtotal,) if line]
    largest = max((max(line.numbers, default=0) for line in rows), default=0)
    return HEAT if largest <= LARGEST_USUAL else classes_of([largest])


def heat(people: int, classes: Classes = HEAT) -> int:
    """The class of shade of a cell, 0 for an empty one."""
    for place, (low, high) in enumerate(classes, start=1):
        if people >= low and (high is None or people <= high):
            return place
    return 0


def known_columns(reference: Reference) -> tuple[str, ...]:
    """Everything that can stand in columns, the schemes of regions that the administrator added among them."""
    *usual, none = COLUMNS
    return (*usual, *added_schemes(reference), none)


def fitting_columns(rows: str, columns: str) -> str:
    """The columns that make sense beside these rows: nothing is crossed with itself or with its other level."""
    families = ({"sector", "main_sector"}, {"region", "subregion", "country"})
    is_same = rows.removesuffix(LOWER) == columns.removesuffix(LOWER) or any(
        {rows, columns} <= family for family in families
    )
    is_same = is_same or (rows == "country" and columns not in (*DIMENSIONS, "none"))
    return ("none" if rows == "country_basis" else "country_basis") if is_same else columns


def dimensions_for(rows: str, columns: str) -> tuple[str, ...]:
    """What has to be counted for such a table; sectors stand apart by the basis of the country."""
    wanted = [rows]
    if columns != "none":
        wanted.append(columns)
    if columns in ("sector", "main_sector"):
        wanted.append("country_basis")
    return tuple(wanted)


def build_table(
    counts: Counts, *, rows: str, columns: str, measure: str, name: Callable[[str, str], str]
) -> Table:
    """Cross two dimensions of the counted cells; rows of a group in their order, else by size and `name(dimension, code)`."""
    wanted = (
        rows,
        *reversed(dimensions_for(rows, columns)[1:]),
    )  # the row, then its place: group before code
    found = counts.people(measure, *wanted)
    tails = _tails(counts.reference, columns, {codes[1:] for codes in found})
    lines = _lines(found, tails)
    places = [(tail[0] if len(tail) > 1 else NONE, tail[-1]) for tail in tails if tail]
    return Table(
        rows=rows,
        columns_by=columns,
        measure=measure,
        columns=tuple(places),
        groups=_groups(
            counts.reference,
            rows,
            lines,
            has_columns=columns != "none",
            name=name,
        ),
        totals=_totals(counts, places, columns, measure),
    )


def _lines(found: Mapping[Codes, int], tails: Sequence[Codes]) -> list[Line]:
    """The numbers of each row, in the order of what may follow its code."""
    at = {tail: place for place, tail in enumerate(tails)}
    sums: dict[str, list[int]] = {}
    for codes, people in found.items():
        numbers = sums.get(codes[0])
        if numbers is None:
            numbers = sums[codes[0]] = [0] * len(tails)
        numbers[at[codes[1:]]] = people
    return [Line(code, tuple(numbers), sum(numbers)) for code, numbers in sums.items()]


def _tails(reference: Reference, columns: str, found: Iterable[Codes]) -> list[Codes]:
    """What follows the code of a row, in the order of the columns: (group, code), (code), or nothing without columns."""
    bases, codes = {code: place for place, code in enumerate(COUNTRY_BASES)}, order_in(reference, columns)

    def order(tail: Codes) -> tuple[int, int, list[tuple[int, int, str]]]:
        first = bases.get(tail[0], 0) if len(tail) > 1 else 0
        return first, codes.get(tail[-1], len(codes)), [_number_or_text(code) for code in tail]

    return sorted(found, key=order) if columns != "none" else list(found)


def _totals(counts: Counts, places: Sequence[Place], columns: str, measure: str) -> Line:
    """The last line: each person once, also where a person stands in several rows."""
    source = counts.once or counts
    _, *dimensions = dimensions_for("", columns)
    found: dict[Place, int] = {}
    for codes, people in source.people(measure, *dimensions).items() if dimensions else ():
        found[codes[1] if len(codes) > 1 else NONE, codes[0]] = people
    return Line(NONE, tuple(found.get(place, 0) for place in places), source.all_of(measure))


def _sum(code: str, lines: Sequence[Line], width: int) -> Line:
    numbers = tuple(map(sum, zip(*[line.numbers for line in lines], strict=True))) if lines else (0,) * width
    return Line(code, numbers, sum(line.total for line in lines))


def _group_of(reference: Reference, rows: str) -> Callable[[str], str]:
    """In which group a row stands; most dimensions have one row a group."""
    if rows == "country":
        return regions(reference).__getitem__
    if rows == "subregion":
        uppers = {
            reference.m49.lower.get(country, region): region
            for country, region in reference.m49.upper.items()
        }
        return lambda code: uppers.get(code, code)
    if rows == "sector":
        return reference.main_sector
    return lambda code: code


def _groups(
    reference: Reference,
    rows: str,
    lines: Sequence[Line],
    *,
    has_columns: bool,
    name: Callable[[str, str], str],
) -> tuple[Group, ...]:
    """Groups in their order, "none" last; a group that is its own only row has no subtotal."""
    group_of = _group_of(reference, rows)
    ranks = order_in(reference, rows)
    group_ranks = order_in(reference, "region") if rows in ("country", "subregion") else ranks
    width = len(lines[0].numbers) if lines and has_columns else 0
    kept = lines if has_columns else [Line(one.code, (), one.total) for one in lines]

    def order(line: Line) -> tuple[object, ...]:
        if rows not in BY_SIZE:
            return (ranks.get(line.code, 0), _number_or_text(line.code))
        return (not line.code, -line.total, sort_key(name(rows, line.code)), line.code)

    members: dict[str, list[Line]] = {}
    for line in sorted(kept, key=order):
        members.setdefault(group_of(line.code), []).append(line)
    codes = list(members)
    if rows in ("country", "subregion", "sector"):
        codes.sort(key=lambda code: group_ranks.get(code, len(group_ranks)))
    return tuple(
        Group(
            code,
            _sum(code, members[code], width),
            () if [one.code for one in members[code]] == [code] else tuple(members[code]),
        )
        for code in codes
    )


def _number_or_text(code: str) -> tuple[int, int, str]:
    """Numbers by their size, then texts."""
    return (0, int(code), "") if code.isdecimal() else (1, 0, code)


def bars(counts: Counts, dimension: str, outer: str, inner: str) -> list[Bar]:
    """Bars of one dimension: `outer` people, and the `inner` ones among them; longest first."""
    wide, within = counts.people(outer, dimension), counts.people(inner, dimension)
    longest = max(wide.values(), default=0) or 1

    def bar(key: tuple[str, ...]) -> Bar:
        people, some = wide[key], within.get(key, 0)
        return Bar(key[0], people, some, round(100 * people / longest, 1), round(100 * some / longest, 1))

    return [bar(key) for key in sorted(wide, key=lambda key: (-wide[key], key))]
