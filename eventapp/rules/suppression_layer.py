"""What the reader is told about each number, and in which direction the truth could lie from where it is.

A layer is one measure in one publication. Several layers are looked at together: the measures that are published now, and
what was published before. What joins them is a relation: nowhere more people approved than registered, and a number that
is the same as before counts as known to be the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Final

from eventapp.rules.suppression_network import TOTAL, Network

NEVER: Final = float("inf")
LEAST_THRESHOLD: Final = 3  # with 2, a number that is withheld because it is small could only be 1
# What readers look at first is withheld last.
_WEIGHT_OF_SUM: Final = 4.0
_WEIGHT_OF_TOTAL: Final = 1e12


class State(StrEnum):
    """What the reader is told."""

    SHOWN = "shown"
    SMALL = "small"  # withheld because it is small
    PROTECTS = "protects"  # withheld because a small one could be worked out from it
    FOLDED = "folded"  # left out with all its siblings: not even told whether it is zero
    ABSENT = "absent"  # not part of this publication


WITHHELD: Final = frozenset({State.SMALL, State.PROTECTS})
UNKNOWN: Final = frozenset({State.FOLDED, State.ABSENT})


@dataclass
class Layer:
    """One measure of one publication: the true numbers and what is told of each; a frozen one was published before."""

    name: str
    threshold: int
    values: Sequence[int]
    states: list[State]
    is_frozen: bool = False

    def bounds(self, place: int) -> tuple[int, float]:
        """Least and largest value a reader must think possible who knows the threshold and why each is withheld."""
        state, value = self.states[place], self.values[place]
        if state is State.SHOWN:
            return value, value
        if state is State.SMALL:
            return 1, self.threshold - 1
        return (self.threshold if state is State.PROTECTS else 0), NEVER

    def is_in_danger(self, place: int) -> bool:
        """Whether it would matter if this number came out; of an earlier publication only what is small does."""
        state = self.states[place]
        if state is State.PROTECTS:
            return not self.is_frozen
        return state is State.SMALL or (state is State.FOLDED and 0 < self.values[place] < self.threshold)

    def cost(self, place: int, step: int, weight: float) -> float:
        """What it costs to let the number move by one: nothing if it is withheld, its weighed people if it is shown."""
        state, value = self.states[place], self.values[place]
        if state is State.SHOWN:
            if self.is_frozen or not value or value + step < self.threshold:
                return NEVER
            return value * weight
        low, high = self.bounds(place)
        return 0 if low <= value + step <= high else NEVER


def first_state(value: int, threshold: int) -> State:
    """Small numbers are withheld, zero is shown as zero."""
    return State.SMALL if 0 < value < threshold else State.SHOWN


@dataclass(frozen=True)
class Relation:
    """The reader may rely on it that one layer is nowhere above the other, at these places."""

    low: int
    high: int
    places: frozenset[int]


@dataclass(frozen=True)
class Together:
    """Layers that move in lockstep, with what each step costs at each place; NEVER where a bound or a relation forbids it.

    Layers outside stand at their true values. So whatever moves inside is a state of things that the reader cannot
    exclude, although he may know the others exactly.
    """

    layers: tuple[int, ...]
    stuck: Mapping[int, frozenset[int]]  # step -> places that a relation to a layer outside holds
    costs: Mapping[int, list[float]] = field(default_factory=lambda: {1: [], -1: []})
    closed: dict[int, set[int]] = field(
        default_factory=dict
    )  # step -> places where no new layer can change that


class Table:
    """A network with its layers, and the choices of layers that may move together: every one, unless they are named."""

    def __init__(
        self,
        network: Network,
        layers: Sequence[Layer],
        relations: Sequence[Relation] = (),
        choices: Iterable[tuple[int, ...]] | None = None,
    ) -> None:
        for layer in layers:
            if layer.threshold < LEAST_THRESHOLD:
                raise ValueError(f"a threshold below {LEAST_THRESHOLD} hides nothing")
            if network.wrong_sums(layer.values):
                raise ValueError(f"the numbers of {layer.name} do not add up")
        self.network = network
        self.layers = layers
        self.relations = relations
        self._weights = [
            1 if place in network.leaves else _WEIGHT_OF_SUM for place in range(len(network.arcs))
        ]
        self._weights[network.places[TOTAL]] = _WEIGHT_OF_TOTAL
        self._costs = [{step: [NEVER] * len(network.arcs) for step in (1, -1)} for _ in layers]
        self._tight = [(one, self._tight_places(one)) for one in relations]
        numbers = range(len(layers))
        every = (chosen for size in numbers for chosen in combinations(numbers, size + 1))
        self.choices = [self._together(chosen) for chosen in (every if choices is None else choices)]
        self.refresh()

    def _tight_places(self, relation: Relation) -> set[int]:
        low, high = self.layers[relation.low].values, self.layers[relation.high].values
        return {place for place in relation.places if low[place] == high[place]}

    def _together(self, chosen: tuple[int, ...]) -> Together:
        stuck: dict[int, set[int]] = {1: set(), -1: set()}
        for relation, tight in self._tight:
            if relation.low in chosen and relation.high not in chosen:
                stuck[1] |= tight
            if relation.high in chosen and relation.low not in chosen:
                stuck[-1] |= tight
        return Together(chosen, {step: frozenset(places) for step, places in stuck.items()})

    def refresh(self) -> None:
        """Work out all costs anew, after states were set from outside."""
        places = range(len(self.network.arcs))
        for one in range(len(self.layers)):
            for place in places:
                self._refresh_layer(one, place)
        held = {
            (one, step): {place for place, cost in enumerate(costs) if cost == NEVER}
            for one, known in enumerate(self._costs)
            if self.layers[one].is_frozen
            for step, costs in known.items()
        }
        for choice in self.choices:
            for step, costs in choice.costs.items():
                costs[:] = [NEVER] * len(places)
                closed = choice.closed[step] = set(choice.stuck[step])
                closed.update(*(held.get((one, step), ()) for one in choice.layers))
        self._refresh_choices(set(places), self.choices)

    def set_state(self, layer: int, place: int, state: State) -> None:
        """Change what is told of one number."""
        self.set_states([(layer, place, state)])

    def set_states(self, changes: Iterable[tuple[int, int, State]]) -> set[int]:
        """Change what is told of several numbers; gives their places."""
        places, touched = set(), set()
        for layer, place, state in changes:
            self.layers[layer].states[place] = state
            self._refresh_layer(layer, place)
            places.add(place)
            touched.add(layer)
        if any(self.layers[one].is_frozen for one in touched):
            self.refresh()
        else:
            self._refresh_choices(places, [one for one in self.choices if not touched.isdisjoint(one.layers)])
        return places

    def _refresh_layer(self, layer: int, place: int) -> None:
        for step, costs in self._costs[layer].items():
            costs[place] = self.layers[layer].cost(place, step, self._weights[place])

    def _refresh_choices(self, places: set[int], choices: Iterable[Together]) -> None:
        """Where a choice is not closed its frozen layers cost nothing: what was withheld stays so."""
        for choice in choices:
            moving = [self._costs[one] for one in choice.layers if not self.layers[one].is_frozen]
            for step, costs in choice.costs.items():
                known = [layer[step] for layer in moving]
                for place in places - choice.closed[step]:
                    costs[place] = sum_at(known, place)

    def cost_of(self, layers: Iterable[int], place: int, step: int) -> float:
        """What it costs to let a number move in several layers at once."""
        return sum_at([self._costs[one][step] for one in layers], place)


def sum_at(costs: Iterable[Sequence[float]], place: int) -> float:
    """The sum at a place; most are NEVER, and known to be so early."""
    total = 0.0
    for known in costs:
        cost = known[place]
        if cost == NEVER:
            return NEVER
        total += cost
    return total
