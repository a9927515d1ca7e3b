"""All editions beside each other: what was published about each, and what its own registrations add up to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from eventapp.rules.figure import Claim
from eventapp.rules.vocabulary import REGISTERED_STATES


class Group(NamedTuple):
    """How many registrations of one edition share counted country, basis of that country and state."""

    edition_id: int
    country: str | None
    basis: str
    state: str
    people: int


@dataclass(frozen=True)
class Computed:
    """What the registrations of an edition add up to; countries are states that sent a delegation, of those registered."""

    registered: int
    approved: int
    countries: int


@dataclass(frozen=True, kw_only=True)
class SeriesRow:
    """An edition of the series: claims as published, figures as computed; either may be missing."""

    ordinal: int
    participants: Claim | None
    countries: Claim | None
    computed: Computed | None


def add_up(groups: Iterable[Group], territories: frozenset[str]) -> Mapping[int, Computed]:
    """The computed figures of each edition that has any registration; territories never count as countries."""
    people: dict[int, list[int]] = {}
    countries: dict[int, set[str]] = {}
    for group in groups:
        numbers = people.setdefault(group.edition_id, [0, 0])
        if group.state not in REGISTERED_STATES:
            continue
        numbers[0] += group.people
        numbers[1] += group.people if group.state == "approved" else 0
        if group.basis == "state" and group.country and group.country not in territories:
            countries.setdefault(group.edition_id, set()).add(group.country)
    return {
        edition_id: Computed(registered, approved, len(countries.get(edition_id, ())))
        for edition_id, (registered, approved) in people.items()
    }
