"""Counting people from grouped cells: what is counted, by what it is split, and the names that go with the codes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeVar

from eventapp.errors import Refused, message
from eventapp.rules.text import shown
from eventapp.rules.vocabulary import REGISTERED_STATES, REGISTRATION_STATES

Texts = Mapping[str, str]
K = TypeVar("K")

# What is counted, and from which states: every number is shown with this basis.
MEASURES: Final[Mapping[str, frozenset[str]]] = {
    "received": frozenset(REGISTRATION_STATES),
    "registered": frozenset(REGISTERED_STATES),
    "approved": frozenset({"approved"}),
}
BASES: Final[Mapping[str, str]] = {
    "received": message("everything ever submitted"),
    "registered": message("submitted, approved or on the waiting list now"),
    "approved": message("approved now"),
}
DIMENSIONS: Final = ("sector", "main_sector", "country", "country_basis", "region", "state")
NO_COUNTRY: Final = message("No country")
UNASSIGNED: Final = message("Unassigned")
NONE = ""  # the code of "no country" inside tables; written as an empty field, or as null in JSON
UNASSIGNED_REGION = "unassigned"


class Cell(NamedTuple):
    """How many registrations share sector, counted country, basis of that country and state."""

    sector: str
    country: str | None
    basis: str
    state: str
    people: int


class Tally(NamedTuple):
    """The measures side by side."""

    received: int = 0
    registered: int = 0
    approved: int = 0

    def of(self, measure: str) -> int:
        """The number of one measure."""
        return self[_PLACES[measure]]


_PLACES: Final = {measure: place for place, measure in enumerate(Tally._fields)}


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Names, order and membership of sectors, countries and regions, as a count needs them."""

    country_names: Mapping[str, Texts] = field(default_factory=dict)
    country_statuses: Mapping[str, str] = field(default_factory=dict)
    sector_names: Mapping[str, Texts] = field(default_factory=dict)  # in their order
    sector_parents: Mapping[str, str | None] = field(default_factory=dict)
    region_names: Mapping[str, Texts] = field(default_factory=dict)  # in their order, both levels
    regions: Mapping[str, str] = field(default_factory=dict)  # country -> region
    subregions: Mapping[str, str] = field(default_factory=dict)  # country -> subregion

    def main_sector(self, code: str) -> str:
        """The upper level of a sector."""
        return self.sector_parents.get(code) or code

    def region(self, country: str | None) -> str:
        """The region of a counted country, of nobody's country, or of one that stands in no region."""
        return NONE if not country else self.regions.get(country, UNASSIGNED_REGION)

    def subregion(self, country: str | None) -> str:
        """The subregion, or the region where there is none."""
        return NONE if not country else self.subregions.get(country, self.region(country))


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Everything that was counted for one edition at one moment, with or without the host country."""

    ordinal: int
    taken_at: datetime
    cells: Sequence[Cell]
    with_host: bool
    host: str | None
    host_people: Tally
    reference: Reference

    @cached_property
    def merged(self) -> Mapping[tuple[str, str | None, str], Tally]:
        """(sector, country, basis) -> the measures; what most tables are made from."""
        return tally(self.cells, lambda cell: cell[:3])

    @cached_property
    def total(self) -> Tally:
        """The measures of the whole edition."""
        return add(self.merged.values())

    @cached_property
    def states(self) -> Mapping[str, int]:
        """How many registrations stand in each state; every state is named."""
        found = dict.fromkeys(REGISTRATION_STATES, 0)
        for cell in self.cells:
            found[cell.state] += cell.people
        return found


@dataclass(frozen=True, kw_only=True)
class Represented:
    """What "so many countries" means: states that sent a delegation, and apart from them what else there is."""

    countries: int  # states with a delegation
    territories: int  # territories with a delegation
    seat_only: int  # countries from which only organisations came
    without_country: int  # people of international organizations and the like


def add(tallies: Iterable[Tally]) -> Tally:
    """The sum of tallies."""
    columns = list(zip(*tallies, strict=True))
    return Tally(*(sum(column) for column in columns)) if columns else Tally()


def tally(cells: Iterable[Cell], key: Callable[[Cell], K]) -> dict[K, Tally]:
    """Add up cells that share a key, all measures at once."""
    sums: dict[K, list[int]] = {}
    registered, approved = MEASURES["registered"], MEASURES["approved"]
    for cell in cells:
        numbers = sums.setdefault(key(cell), [0, 0, 0])
        count = cell.people
        numbers[0] += count
        if cell.state in registered:
            numbers[1] += count
            if cell.state in approved:
                numbers[2] += count
    return {one: Tally(*numbers) for one, numbers in sums.items()}


def represented(counts: Counts, measure: str) -> Represented:
    """Count the countries behind a measure; organisations and territories never count as countries."""
    delegations: set[str] = set()
    seats: set[str] = set()
    without = 0
    for (_, country, basis), numbers in counts.merged.items():
        people = numbers.of(measure)
        if not people:
            continue
        if country is None:
            without += people
        else:
            (delegations if basis == "state" else seats).add(country)
    statuses = counts.reference.country_statuses
    territories = {code for code in delegations if statuses.get(code) == "territory"}
    return Represented(
        countries=len(delegations - territories),
        territories=len(territories),
        seat_only=len(seats - delegations),
        without_country=without,
    )


def check_dimensions(names: Sequence[str]) -> tuple[str, ...]:
    """The dimensions to split by; refuses an unknown one, one named twice and none. A country brings its basis along."""
    if not names:
        raise Refused("Say by what to count: %(known)s.", code="dimension", known=", ".join(DIMENSIONS))
    for name in names:
        if name not in DIMENSIONS:
            raise Refused(
                'Nothing is counted by "%(name)s". Known are: %(known)s.',
                code="dimension",
                name=name,
                known=", ".join(DIMENSIONS),
            )
    if len(set(names)) != len(names):
        raise Refused("Something to count by is named twice.", code="dimension")
    wanted = list(names)
    if "country" in wanted and "country_basis" not in wanted:
        wanted.insert(wanted.index("country") + 1, "country_basis")
    return tuple(wanted)


def check_measures(name: str | None) -> tuple[str, ...]:
    """All measures, or the named one; refuses an unknown one."""
    if not name:
        return tuple(MEASURES)
    if name not in MEASURES:
        raise Refused(
            'There is no measure "%(name)s". Known are: %(known)s.',
            code="measure",
            name=name,
            known=", ".join(MEASURES),
        )
    return (name,)


def _readers(reference: Reference) -> Mapping[str, Callable[[Cell], str | None]]:
    return {
        "sector": lambda cell: cell.sector,
        "main_sector": lambda cell: reference.main_sector(cell.sector),
        "country": lambda cell: cell.country,
        "country_basis": lambda cell: cell.basis,
        "region": lambda cell: reference.region(cell.country) or None,
        "state": lambda cell: cell.state,
    }


def name_of(
    reference: Reference, dimension: str, code: str | None, language: str, words: Texts
) -> str | None:
    """The name that goes with a code; None for codes that are words themselves (state, basis)."""
    if dimension in ("country", "region") and not code:
        return words["no_country"]
    if dimension == "region" and code == UNASSIGNED_REGION:
        return words["unassigned"]
    names = {
        "sector": reference.sector_names,
        "main_sector": reference.sector_names,
        "country": reference.country_names,
        "region": reference.region_names,
    }.get(dimension)
    return None if names is None or code is None else shown(names.get(code), language).text or code


def long_rows(
    counts: Counts, by: Sequence[str], measures: Sequence[str], *, language: str, words: Texts
) -> list[dict[str, Any]]:
    """One row for each combination that occurs, codes with names beside them, in the order of sectors and codes."""
    reference = counts.reference
    readers = [_readers(reference)[name] for name in by]
    if by == ("sector", "country", "country_basis"):
        found: dict[tuple[str | None, ...], Tally] = dict(counts.merged.items())
    else:
        found = tally(counts.cells, lambda cell: tuple(read(cell) for read in readers))
    ranks = {code: place for place, code in enumerate(reference.sector_names)}
    rows = []
    for key in sorted(found, key=lambda one: [(ranks.get(code or "", 0), code or "~") for code in one]):
        numbers = {measure: found[key].of(measure) for measure in measures}
        if not any(numbers.values()):
            continue
        row: dict[str, Any] = {}
        for dimension, code in zip(by, key, strict=True):
            row[dimension] = code
            if dimension not in ("country_basis", "state"):
                row[f"{dimension}_name"] = name_of(reference, dimension, code, language, words)
        rows.append(row | numbers)
    return rows
