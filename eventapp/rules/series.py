"""All editions beside each other: what was published about each, and what its own registrations add up to."""

from collections.abc import Mapping
from dataclasses import dataclass

from eventapp.rules.figure import Claim
from eventapp.rules.measure import Tally, add


@dataclass(frozen=True, kw_only=True)
class Computed:
    """What the registrations of an edition add up to; countries are states that sent a delegation, of those registered."""

    registered: int
    approved: int
    checked_in: int
    countries: int


@dataclass(frozen=True, kw_only=True)
class SeriesRow:
    """An edition of the series: claims as published, figures as computed; either may be missing."""

    ordinal: int
    participants: Claim | None
    countries: Claim | None
    computed: Computed | None


def add_up(cells: Mapping[tuple[str, ...], Tally], territories: frozenset[str]) -> Mapping[int, Computed]:
    """The computed figures of each edition, from cells by edition, counted country and basis of that country.

    Territories never count as countries, and neither does the seat of an organisation.
    """
    people: dict[int, list[Tally]] = {}
    countries: dict[int, set[str]] = {}
    for (edition, country, basis), numbers in cells.items():
        people.setdefault(int(edition), []).append(numbers)
        if numbers.registered and basis == "state" and country and country not in territories:
            countries.setdefault(int(edition), set()).add(country)
    computed = {}
    for ordinal, tallies in people.items():
        total = add(tallies)
        computed[ordinal] = Computed(
            registered=total.registered,
            approved=total.approved,
            checked_in=total.checked_in,
            countries=len(countries.get(ordinal, ())),
        )
    return computed
