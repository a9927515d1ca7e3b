"""Counts of people as they come from the rows: cells of codes with their tallies, split again by any dimension."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import repeat
from operator import itemgetter
from typing import Any, Final

from eventapp.rules.dimension import (
    NONE,
    PLAIN,
    Codes,
    Reference,
    Texts,
    check_codes,
    check_dimensions,
    columns_of,
    known_dimensions,
    name_of,
    order_in,
    read_all,
)
from eventapp.rules.measure import MEASURES, Tally, add, gather, measures_for
from eventapp.rules.vocabulary import REGISTRATION_STATES

# Codes that are words of the field: files carry no name beside them.
WORDS: Final = frozenset(
    {"country_basis", "state", "role", "body_kind", "language", "day", "check_in_day", "edition"}
)


@dataclass(frozen=True, kw_only=True)
class Question:
    """By what to count, who among the people, and whether those counted under the host country are among them."""

    by: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # dimension -> codes, any of them
    with_host: bool = True

    @property
    def spans_editions(self) -> bool:
        """Whether it asks about other editions than the one it is put to."""
        return "edition" in self.by or "edition" in self.where


def check_question(
    by: Sequence[str], where: Mapping[str, Sequence[str]], reference: Reference, *, with_host: bool = True
) -> Question:
    """A question that can be answered; refuses unknown dimensions. Filters without a code ask for everybody."""
    known = known_dimensions(reference)
    asked = {name: tuple(dict.fromkeys(codes)) for name, codes in where.items() if codes}
    if asked:
        check_dimensions(tuple(asked), known)
        check_codes(asked, reference)
    return Question(by=check_dimensions(by, known), where=asked, with_host=with_host)


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Everything that was counted at one moment: cells by the codes of `columns`, each with all measures."""

    ordinal: int
    taken_at: datetime
    question: Question
    columns: tuple[str, ...]
    cells: Mapping[Codes, Tally]
    host: str | None
    is_over: bool
    reference: Reference
    # The same people without the day of a check-in: who came on three days is one person.
    once: "Counts | None" = None

    @cached_property
    def total(self) -> Tally:
        """The measures of everybody counted, each person once."""
        return self.once.total if self.once else add(self.cells.values())

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that mean something for these people now."""
        return measures_for(is_over=self.is_over)

    def by(self, *dimensions: str) -> dict[tuple[str, ...], Tally]:
        """The tallies by the codes of some dimensions; raises ValueError for one whose columns were not read."""
        keys = self._keys(dimensions, self.columns, self.cells)
        return gather(zip(keys, self.cells.values(), strict=False))

    def people(self, measure: str, *dimensions: str) -> dict[tuple[str, ...], int]:
        """The people of one measure by the codes of some dimensions, those without anybody left out."""
        columns = columns_of(dimensions)
        found = self._people(measure, columns)
        if tuple(PLAIN.get(name, "") for name in dimensions) == columns:
            return found
        return _sum_by(self._keys(dimensions, columns, found), found.values())

    def all_of(self, measure: str) -> int:
        """Everybody under one measure, each person once."""
        return self.once.all_of(measure) if self.once else self.people(measure).get((), 0)

    def _people(self, measure: str, columns: tuple[str, ...]) -> dict[Codes, int]:
        """The people of one measure by some columns, added up from the fewest that hold them: a page asks again and again."""
        if (known := self._kept.get((measure, columns))) is not None:
            return known
        if columns == self.columns:
            place = MEASURES.index(measure)
            found = {codes: numbers[place] for codes, numbers in self.cells.items() if numbers[place]}
        else:
            fitting = [held for word, held in self._kept if word == measure and set(columns) < set(held)]
            source = min(fitting, key=lambda held: len(self._kept[measure, held]), default=self.columns)
            wider = self._people(measure, source)
            picked = [map(itemgetter(source.index(column)), wider) for column in columns]
            found = _sum_by(_side_by_side(picked), wider.values())
        self._kept[measure, columns] = found
        return found

    @cached_property
    def _kept(self) -> dict[tuple[str, tuple[str, ...]], dict[Codes, int]]:
        return {}

    def _keys(
        self, dimensions: Sequence[str], columns: Sequence[str], cells: Collection[Codes]
    ) -> Iterator[Codes]:
        """The codes of some dimensions for each cell, whose codes are those of columns."""
        return _side_by_side([read_all(name, self.reference, columns, cells) for name in dimensions])

    @cached_property
    def states(self) -> Mapping[str, int]:
        """How many registrations stand in each state; every state is named."""
        found = self.people("received", "state")
        return {state: found.get((state,), 0) for state in REGISTRATION_STATES}


def _sum_by(keys: Iterator[Codes], people: Iterable[int]) -> dict[Codes, int]:
    found: defaultdict[Codes, int] = defaultdict(int)
    for key, count in zip(keys, people, strict=False):  # the key of everybody has no end
        found[key] += count
    return dict(found)


def _side_by_side(codes: Sequence[Iterator[str]]) -> Iterator[Codes]:
    """One tuple for each cell; the empty one again and again where nothing tells people apart."""
    return zip(*codes, strict=True) if codes else repeat(())


@dataclass(frozen=True, kw_only=True)
class Represented:
    """What "so many countries" means: states that sent a delegation, and apart from them what else there is."""

    countries: int  # states with a delegation
    territories: int  # territories with a delegation
    seat_only: int  # countries from which only organisations came
    without_country: int  # people of international organizations and the like


def represented(counts: Counts, measure: str) -> Represented:
    """Count the countries behind a measure; organisations and territories never count as countries."""
    delegations: set[str] = set()
    seats: set[str] = set()
    without = 0
    for (country, basis), people in counts.people(measure, "country", "country_basis").items():
        if not country:
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


def long_columns(by: Sequence[str]) -> list[str]:
    """The columns before the numbers, whether there are rows or not: each dimension, its name beside it."""
    return [name for one in by for name in ((one,) if one in WORDS else (one, f"{one}_name"))]


def long_rows(
    counts: Counts, measures: Sequence[str], *, language: str, words: Texts
) -> list[dict[str, Any]]:
    """One row for each combination that occurs, codes with names beside them, in the order of sectors and codes."""
    reference, by = counts.reference, counts.question.by
    ranks = [order_in(reference, name) for name in by]

    def order(codes: Codes) -> list[tuple[int, str]]:
        return [(rank.get(code, 0), code or "~") for rank, code in zip(ranks, codes, strict=True)]

    found = counts.by(*by)
    rows = []
    for codes in sorted(found, key=order):
        numbers = {measure: found[codes].of(measure) for measure in measures}
        if not any(numbers.values()):
            continue
        row: dict[str, Any] = {}
        for dimension, code in zip(by, codes, strict=True):
            row[dimension] = None if code == NONE else code
            if dimension not in WORDS:
                row[f"{dimension}_name"] = name_of(reference, dimension, code, language, words)
        rows.append(row | numbers)
    return rows
