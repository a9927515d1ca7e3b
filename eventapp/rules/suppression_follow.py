"""Cycles over several publications: one leads, the others follow where nothing changed and go ways of their own elsewhere.

Where a number is the same in two publications it is one unknown, and must move in both. Where it is not, each publication
may close its cycle over numbers that are only its own. The publications stand in the order of time; what one moves on
its own way, the next ones share as far as nothing changed since.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from eventapp.rules.suppression_layer import NEVER, Table, sum_at
from eventapp.rules.suppression_search import Cycle, Steps, cheapest_path, ends, round_trip

Owner = tuple[int, str]  # publication, 0 for the latest; measure
Span = tuple[int, int]
_STEPS: Final = (1, -1)


@dataclass
class Chain:
    """The publications of some measures, in the order of time, these measures of each moving in lockstep."""

    layers: list[tuple[int, ...]]  # of each publication
    stuck: list[dict[int, set[int]]]  # of each publication: step -> places that another measure holds
    spans: list[list[Span | None]]  # of each place, for each publication: from which to which it is the same
    alone: list[dict[int, list[float]]] = field(
        default_factory=list
    )  # what each step costs in one publication
    leading: list[dict[int, list[float]]] = field(default_factory=list)
    after: list[dict[int, list[float]]] = field(
        default_factory=list
    )  # on a way of its own, later ones following
    before: list[dict[int, list[float]]] = field(default_factory=list)  # the same, earlier ones following


class Followed:
    """Which chains there are, and what each step costs in them."""

    def __init__(self, table: Table, owners: Sequence[Owner]) -> None:
        self.table = table
        self.owners = owners
        self.width = len(table.network.arcs)
        numbers = sorted({number for number, _ in owners}, key=lambda number: number or float("inf"))
        measures = sorted({measure for _, measure in owners})
        self.chains: list[Chain] = []
        for size in range(1, len(measures) + 1):
            for chosen in map(frozenset, combinations(measures, size)):
                layers = [self._layers(number, chosen) for number in numbers]
                self.chains.append(self._chain([one for one in layers if one]))

    def _layers(self, number: int, measures: frozenset[str]) -> tuple[int, ...]:
        return tuple(
            layer for layer, (one, measure) in enumerate(self.owners) if one == number and measure in measures
        )

    def _chain(self, layers: list[tuple[int, ...]]) -> Chain:
        chain = Chain(
            layers,
            [self._stuck(one) for one in layers],
            [self._spans(layers, place) for place in range(self.width)],
        )
        for costs in (chain.alone, chain.leading, chain.after, chain.before):
            costs += [{step: [NEVER] * self.width for step in _STEPS} for _ in layers]
        self._refresh(chain, range(self.width), range(len(layers)))
        return chain

    def _stuck(self, layers: tuple[int, ...]) -> dict[int, set[int]]:
        """Where another measure of the same publication holds these at their true values."""
        stuck: dict[int, set[int]] = {1: set(), -1: set()}
        for relation in self.table.relations:
            if self.owners[relation.low][0] != self.owners[relation.high][0]:
                continue
            low, high = (self.table.layers[one].values for one in (relation.low, relation.high))
            tight = {place for place in relation.places if low[place] == high[place]}
            if relation.low in layers and relation.high not in layers:
                stuck[1] |= tight
            if relation.high in layers and relation.low not in layers:
                stuck[-1] |= tight
        return stuck

    def _spans(self, layers: list[tuple[int, ...]], place: int) -> list[Span | None]:
        """For each publication the first and last that must move with it; None where these do not follow each other."""
        known = [
            {self.owners[layer][1]: self.table.layers[layer].values[place] for layer in one} for one in layers
        ]
        ends_at = list(range(len(known)))
        for one, mine in enumerate(known):
            for other in range(one + 1, len(known)):
                if any(known[other].get(measure) == value for measure, value in mine.items()):
                    ends_at[one] = other
        spans: list[Span | None] = []
        start = 0
        while start < len(known):
            end, at = ends_at[start], start
            while at <= end:
                end = max(end, ends_at[at])
                at += 1
            linked = all(self._is_same(known[one], known[one + 1]) for one in range(start, end))
            spans += [(start, end) if linked else None] * (end - start + 1)
            start = end + 1
        return spans

    @staticmethod
    def _is_same(one: dict[str, int], other: dict[str, int]) -> bool:
        return any(other.get(measure) == value for measure, value in one.items())

    def refresh(self, places: Collection[int], changed: Collection[int]) -> None:
        """Work out the costs at some places anew, after what is told there has changed in some layers."""
        for chain in self.chains:
            moved = [one for one, layers in enumerate(chain.layers) if not set(layers).isdisjoint(changed)]
            if moved:
                self._refresh(chain, places, moved)

    def _refresh(self, chain: Chain, places: Iterable[int], moved: Sequence[int]) -> None:
        """A step is taken by all publications in which a number is the same, so that it costs the same in each of them."""
        cost_of = self.table.cost_of
        for step in _STEPS:
            alone = [costs[step] for costs in chain.alone]
            for place in places:
                changed = []
                for one in moved:
                    is_stuck = place in chain.stuck[one][step]
                    cost = NEVER if is_stuck else cost_of(chain.layers[one], place, step)
                    if cost != alone[one][place]:
                        alone[one][place] = cost
                        changed.append(one)
                for span in {chain.spans[place][one] for one in changed}:
                    if span is None:
                        continue
                    first, last = span
                    cost = sum_at(alone[first : last + 1], place)
                    for costs in chain.leading[first : last + 1]:
                        costs[step][place] = cost
                    chain.after[first][step][place] = chain.before[last][step][place] = cost

    def cheapest(self, layer: int, place: int, limit: float) -> Cycle | None:
        """The cheapest way found to let a number move, its publication leading; it is not always the cheapest there is."""
        best: Cycle | None = None
        for chain in self.chains:
            for leader, layers in enumerate(chain.layers):
                if layer not in layers:
                    continue
                for step in _STEPS:
                    steps = round_trip(self.table.network, chain.leading[leader], place, step, limit)
                    found = steps and self._closed(chain, leader, steps, limit)
                    if found:
                        best, limit = found, found.cost
                        if not limit:
                            return best
        return best

    def _closed(self, chain: Chain, leader: int, steps: Steps, limit: float) -> Cycle | None:
        """The cycle with the ways of the others, or None where one of them cannot close its own."""
        cost = sum(chain.leading[leader][step][place] for place, step in steps)
        spots = [(layer, place) for layer in chain.layers[leader] for place, _ in steps]
        for others in (range(leader + 1, len(chain.layers)), range(leader - 1, -1, -1)):
            walk, last = steps, leader
            for other in others:
                shared = [_spans_over(chain.spans[place][last], other) for place, _ in walk]
                costs = chain.after[other] if other > leader else chain.before[other]
                closed = self._close(costs, walk, shared, limit - cost)
                if closed is None:
                    return None
                walk, extra = closed
                cost += extra
                spots += [(layer, place) for layer in chain.layers[other] for place, _ in walk]
                last = other
                if not walk:
                    break
        return Cycle(tuple(spots), cost) if cost < limit else None

    def _close(
        self, costs: dict[int, list[float]], steps: Steps, shared: Sequence[bool], limit: float
    ) -> tuple[Steps, float] | None:
        """What a publication shares of a walk, with ways of its own in the place of the rest; and what these cost."""
        network = self.table.network
        walk: list[tuple[int, int]] = []
        taken: set[int] = set()
        extra = 0.0
        for stretch, following in _stretches(steps, shared):
            walk += stretch
            start, goal = ends(network, *stretch[-1])[1], ends(network, *following[0])[0]
            if start == goal:
                continue
            way = cheapest_path(network, costs, start, goal, limit=limit - extra, closed=taken)
            if way is None:
                return None
            walk += way
            taken |= {place for place, _ in way}
            extra += sum(costs[step][place] for place, step in way)
        return walk, extra


def _spans_over(span: Span | None, other: int) -> bool:
    return span is not None and span[0] <= other <= span[1]


def _stretches(steps: Steps, shared: Sequence[bool]) -> Iterator[tuple[Steps, Steps]]:
    """The shared stretches of a closed walk, each with the next one; the first follows the last."""
    found: list[list[tuple[int, int]]] = []
    for place, (step, is_shared) in enumerate(zip(steps, shared, strict=True)):
        if is_shared:
            if place and shared[place - 1]:
                found[-1].append(step)
            else:
                found.append([step])
    if len(found) > 1 and shared[0] and shared[-1]:
        found[0] = [*found.pop(), *found[0]]
    for number, stretch in enumerate(found):
        yield stretch, found[(number + 1) % len(found)]
