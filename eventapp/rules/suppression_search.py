"""The cheapest cycle through a number: what would have to be withheld so that the number could be another one."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from eventapp.rules.suppression_layer import NEVER, Table, Together


@dataclass(frozen=True)
class Cycle:
    """Numbers that can move by one together, each up (1) or down (-1), in all of these layers."""

    layers: tuple[int, ...]
    steps: tuple[tuple[int, int], ...]
    cost: float


def cheapest_cycle(table: Table, layer: int, place: int, limit: float = NEVER) -> Cycle | None:
    """The cheapest way to let a number of a layer move, at less than the limit; None where there is none.

    The number itself and its own way back are no cycle: another way must lead from one end to the other.
    """
    best: Cycle | None = None
    for choice in table.choices:
        if layer not in choice.layers:
            continue
        for step in (1, -1):
            own = choice.costs[step][place]
            if own >= limit:
                continue
            steps = _path(table, choice, place, step, limit - own)
            if steps is None:
                continue
            cost = own + sum(choice.costs[way][one] for one, way in steps)
            best, limit = Cycle(choice.layers, ((place, step), *steps), cost), cost
            if not cost:
                return best
    return best


def _path(
    table: Table, choice: Together, place: int, step: int, limit: float
) -> Sequence[tuple[int, int]] | None:
    """Dijkstra from where the moved number leads to where it comes from, not over the number itself."""
    arc = table.network.arcs[place]
    start, goal = (arc.head, arc.tail) if step > 0 else (arc.tail, arc.head)
    up, down = choice.costs[1], choice.costs[-1]
    steps = table.network.steps
    known: dict[int, float] = {start: 0}
    came: dict[int, tuple[int, int, int]] = {}
    done: set[int] = set()
    queue: list[tuple[float, int]] = [(0, start)]
    while queue:
        cost, node = heapq.heappop(queue)
        if node == goal:
            return _walk_back(came, start, goal)
        if node in done:
            continue
        done.add(node)
        for one, other, along in steps[node]:
            reached = cost + (up[one] if along else down[one])
            if reached < limit and one != place and reached < known.get(other, NEVER):
                known[other] = reached
                came[other] = (node, one, 1 if along else -1)
                heapq.heappush(queue, (reached, other))
    return None


def _walk_back(came: dict[int, tuple[int, int, int]], start: int, goal: int) -> list[tuple[int, int]]:
    found = []
    node = goal
    while node != start:
        node, one, way = came[node]
        found.append((one, way))
    return found
