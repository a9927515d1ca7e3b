"""What an edition tells the public of its counts: which measures, by what, and the numbers under keys that stay the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from eventapp.errors import DomainError, Invalid, Refused
from eventapp.rules.suppression_layer import LEAST_THRESHOLD, State
from eventapp.rules.suppression_network import TOTAL

MEASURES: Final = (
    "registered",
    "approved",
    "checked_in",
)  # each lies within the one before, as far as that is so
SECTORS: Final = ("none", "main", "both")
PLACES: Final = ("none", "region", "country")
USUAL_THRESHOLD: Final = 3
LARGEST_THRESHOLD: Final = 50
NO_PLACE: Final = "p|"  # people without a country

Numbers = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the organiser chose to publish."""

    measures: tuple[str, ...] = ("registered",)
    sectors: str = "main"
    places: str = "country"
    is_crossed: bool = False  # main sector by region
    without_host: bool = False  # the total without the host country beside the total
    threshold: int = USUAL_THRESHOLD
    scheme: str = "m49"


def check_plan(plan: Plan, schemes: Iterable[str], earlier_scheme: str | None) -> None:
    """Refuse what cannot be published, or not safely beside what was published earlier."""
    problems: dict[str, DomainError] = {}
    if not plan.measures or not set(plan.measures) <= set(MEASURES):
        problems["measures"] = Refused("Please choose at least one of the measures.")
    if not LEAST_THRESHOLD <= plan.threshold <= LARGEST_THRESHOLD:
        problems["threshold"] = Refused(
            "Please give a number from %(least)s to %(largest)s.",
            least=LEAST_THRESHOLD,
            largest=LARGEST_THRESHOLD,
        )
    if plan.sectors not in SECTORS:
        problems["sectors"] = Refused("Please choose one of the options.")
    if plan.places not in PLACES:
        problems["places"] = Refused("Please choose one of the options.")
    if plan.is_crossed and "none" in (plan.sectors, plan.places):
        problems["is_crossed"] = Refused("Sectors by regions need both sectors and regions.")
    if plan.scheme not in schemes:
        problems["scheme"] = Refused("Please choose one of the options.")
    elif earlier_scheme not in (None, plan.scheme):
        problems["scheme"] = Refused(
            "Earlier figures of this edition were published by other regions. Side by side, two ways to part the world"
            " can give small numbers away."
        )
    if problems:
        raise Invalid(problems)


@dataclass(frozen=True, kw_only=True)
class Detail:
    """The counts in full: people by sector and country, and what these are part of."""

    people: Mapping[tuple[str, str], Numbers]  # (sector, country or "") -> measure -> people
    sector_parents: Mapping[str, str | None]
    regions: Mapping[str, str]  # country -> region; whoever is missing stands in "unassigned"
    host: str | None = None

    def keys(self, sector: str, country: str) -> tuple[str, ...]:
        """Every number a person of this sector and country is counted in."""
        main = self.sector_parents.get(sector) or sector
        region = self.region(country)
        found = [TOTAL, f"s|{main}", f"p|{region}", f"x|{main}|{region}"]
        if sector != main or main in self.sector_parents.values():
            found.append(f"s|{main}|{sector}")
        if country:
            found.append(f"p|{region}|{country}")
        return tuple(found)

    def region(self, country: str) -> str:
        """The region of a country, "" for nobody's."""
        return self.regions.get(country, "unassigned") if country else ""

    @property
    def host_key(self) -> str | None:
        """The number of the host country."""
        return f"p|{self.region(self.host)}|{self.host}" if self.host else None

    def numbers(self, measure: str) -> dict[str, int]:
        """All numbers of a measure; what is zero is left out, the total is not."""
        found = {TOTAL: 0}
        for (sector, country), people in self.people.items():
            if number := people[measure]:
                for key in self.keys(sector, country):
                    found[key] = found.get(key, 0) + number
        return found


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """An earlier publication as it was kept: all true numbers by measure, and what was told of each."""

    number: int
    threshold: int
    values: Mapping[str, Numbers]
    states: Mapping[str, Mapping[str, State]]  # ABSENT for what was not published

    @property
    def is_crossed(self) -> bool:
        """Whether sectors by regions were published."""
        return any(
            key.startswith("x|") and state is not State.ABSENT
            for states in self.states.values()
            for key, state in states.items()
        )

    def told(self, measure: str, key: str) -> State:
        """What was told of a number; one that was zero everywhere, and so is not kept, was told like its siblings."""
        state = self.states[measure].get(key)
        if state is not None:
            return state
        siblings = self._families[measure].get(_family(key), set())
        if not siblings or State.ABSENT in siblings:
            return State.ABSENT
        return State.FOLDED if State.FOLDED in siblings else State.SHOWN

    @cached_property
    def _families(self) -> Mapping[str, Mapping[str, set[State]]]:
        found: dict[str, dict[str, set[State]]] = {}
        for measure, states in self.states.items():
            families = found.setdefault(measure, {})
            for key, state in states.items():
                families.setdefault(_family(key), set()).add(state)
        return found


def is_published(plan: Plan, key: str, host_key: str | None) -> bool:
    """Whether a plan holds the table in which a number stands."""
    if key == TOTAL:
        return True
    if key == host_key and plan.without_host:
        return True
    kind, depth = key[0], key.count("|")
    if kind == "x":
        return plan.is_crossed
    if kind == "s":
        return plan.sectors == "both" or (plan.sectors == "main" and depth == 1)
    return plan.places == "country" or (plan.places == "region" and depth == 1)


def _parent(key: str) -> str | None:
    above, _, _ = key.rpartition("|")
    return above if "|" in above else None


def _family(key: str) -> str:
    """What siblings share: the sum they are parts of, or the row of the crossing; they are left out together."""
    return key.rpartition("|")[0]


def trees_of(keys: Iterable[str]) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """Sectors and places as hierarchies, a sum before its parts."""
    trees: dict[str, dict[str, str | None]] = {"s": {}, "p": {}}
    for key in sorted(keys, key=lambda one: (one.count("|"), one)):
        if key[0] in trees:
            trees[key[0]][key] = _parent(key)
    return trees["s"], trees["p"]


def crossing_of(keys: Iterable[str]) -> dict[tuple[str, str], str]:
    """The cells where main sectors and regions cross."""
    found = {}
    for key in sorted(keys):
        if key.startswith("x|"):
            _, main, region = key.split("|")
            found[f"s|{main}", f"p|{region}"] = key
    return found


def complete(numbers: Sequence[dict[str, int]]) -> list[str]:
    """Bring several sets of numbers to the same keys: zero where one has none, the rest of a sum that was not parted then.

    Changes the sets; gives the keys.
    """
    keys = set(chain.from_iterable(numbers))
    parents = {parent for key in keys if key[0] != "x" and (parent := _parent(key))}
    for parent in parents:
        rest = f"{parent}|{parent.rpartition('|')[2]}"
        for known in numbers:
            parts = sum(value for key, value in known.items() if key[0] != "x" and _parent(key) == parent)
            if left := known.get(parent, 0) - parts:
                known[rest] = known.get(rest, 0) + left
                keys.add(rest)
    for known in numbers:
        for key in keys:
            known.setdefault(key, 0)
    return sorted(keys)
