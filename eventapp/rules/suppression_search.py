"""The cheapest cycle through a number: what would have to be withheld so that the number could be another one."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eventapp.rules.suppression_layer import NEVER, Table
from eventapp.rules.suppression_network import Network

Costs = Mapping[int, Sequence[float]]  # step, up (1) or down (-1) -> cost at each place
Steps = Sequence[tuple[int, int]]  # (place, step)


@dataclass(frozen=True)
class Cycle:
    """Numbers that can move by one together, as (layer, place)."""

    spots: tuple[tuple[int, int], ...]
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
            steps = round_trip(table.network, choice.costs, place, step, limit)
            if steps is None:
                continue
            limit = sum(choice.costs[way][one] for one, way in steps)
            best = Cycle(tuple((one, at) for one in choice.layers for at, _ in steps), limit)
            if not limit:
                return best
    return best


def round_trip(network: Network, costs: Costs, place: int, step: int, limit: float) -> Steps | None:
    """The cheapest cycle that begins with a step at a place, in its order."""
    own = costs[step][place]
    if own >= limit:
        return None
    start, goal = ends(network, place, step)[::-1]
    path = cheapest_path(network, costs, start, goal, limit=limit - own, closed={place})
    return None if path is None else [(place, step), *path]


def ends(network: Network, place: int, step: int) -> tuple[int, int]:
    """Where a step comes from and where it leads."""
    arc = network.arcs[place]
    return (arc.tail, arc.head) if step > 0 else (arc.head, arc.tail)


def cheapest_path(
    network: Network, costs: Costs, start: int, goal: int, *, limit: float, closed: set[int]
) -> Steps | None:
    """Dijkstra from one sum to another, not over the closed places."""
    up, down = costs[1], costs[-1]
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
        for one, other, along in network.steps[node]:
            reached = cost + (up[one] if along else down[one])
            if reached < limit and one not in closed and reached < known.get(other, NEVER):
                known[other] = reached
                came[other] = (node, one, 1 if along else -1)
                heapq.heappush(queue, (reached, other))
    return None


def _walk_back(came: Mapping[int, tuple[int, int, int]], start: int, goal: int) -> list[tuple[int, int]]:
    found = []
    node = goal
    while node != start:
        node, one, way = came[node]
        found.append((one, way))
    return found[::-1]
