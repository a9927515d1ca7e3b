"""Which numbers are withheld so that no small one can be worked out from what is published.

The reader we assume knows the threshold, why each number is withheld, and the true numbers of every other measure and of
earlier publications wherever nothing changed. He still has two possible values for each number that is withheld.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from eventapp.rules.suppression_layer import State, Table
from eventapp.rules.suppression_search import Cycle, cheapest_cycle

_ANYTHING_BUT_THE_TOTAL: Final = 1e11
Spot = tuple[int, int]  # layer, place


@dataclass(frozen=True)
class Outcome:
    """What could not be protected, whatever is withheld; empty if all is well."""

    exposed: tuple[Spot, ...]


def exposed(table: Table) -> list[Spot]:
    """Every number in danger that can be told exactly, or whose protection cannot be shown."""
    safe: set[Spot] = set()
    found = []
    for spot in _in_danger(table):
        if spot in safe:
            continue
        cycle = cheapest_cycle(table, *spot, limit=1)
        if cycle is None:
            found.append(spot)
        else:
            safe.update(_spots(cycle))
    return found


def protect(table: Table) -> Outcome:
    """Withhold more until nothing is exposed: the cheapest cycle through each number, at last whole breakdowns.

    Frozen layers stay as they are; what is exposed in them alone is reported. Withholding more never exposes anything,
    so one round is enough; a second one shows again what turned out not to be needed.
    """
    left = []
    proofs: dict[Spot, Cycle] = {}
    for spot in sorted(_in_danger(table), key=lambda one: -table.layers[one[0]].values[one[1]]):
        if spot in proofs:
            continue
        cycle = cheapest_cycle(table, *spot, limit=_ANYTHING_BUT_THE_TOTAL)
        cycle = cycle or _fold(table, spot) or cheapest_cycle(table, *spot)
        if cycle is None:
            left.append(spot)
            continue
        _withhold(table, cycle)
        for one in _spots(cycle):
            proofs.setdefault(one, cycle)
    _release(table, proofs)
    return Outcome(tuple(left))


def _release(table: Table, proofs: dict[Spot, Cycle]) -> None:
    """Show again what protects nothing any more because later cycles took over, the largest first."""
    protecting = [
        (layer.values[place], number, place)
        for number, layer in enumerate(table.layers)
        for place, state in enumerate(layer.states)
        if state is State.PROTECTS and not layer.is_frozen
    ]
    for _, number, place in sorted(protecting, reverse=True):
        table.set_state(number, place, State.SHOWN)
        found: dict[Spot, Cycle] = {}
        for spot in [spot for spot, cycle in proofs.items() if (number, place) in set(_spots(cycle))]:
            if not table.layers[spot[0]].is_in_danger(spot[1]):
                continue
            cycle = cheapest_cycle(table, *spot, limit=1)
            if cycle is None:
                table.set_state(number, place, State.PROTECTS)
                break
            found[spot] = cycle
        else:
            proofs.update(found)


def _in_danger(table: Table) -> Iterator[Spot]:
    for number, layer in enumerate(table.layers):
        for place in range(len(table.network.arcs)):
            if layer.is_in_danger(place):
                yield number, place


def _spots(cycle: Cycle) -> Iterator[Spot]:
    return ((layer, place) for layer in cycle.layers for place, _ in cycle.steps)


def _withhold(table: Table, cycle: Cycle) -> None:
    for layer, place in _spots(cycle):
        if table.layers[layer].states[place] is State.SHOWN:
            table.set_state(layer, place, State.PROTECTS)


def _fold(table: Table, spot: Spot) -> Cycle | None:
    """Leave out the least breakdown around a number that gives it room, first in its own layer, then in all new ones."""
    layer, place = spot
    new = [number for number, one in enumerate(table.layers) if not one.is_frozen]
    ways = [[layer], new] if layer in new and len(new) > 1 else [new]
    for group in table.network.folds[place]:
        for way in ways:
            before = [(one, at, table.layers[one].states[at]) for one in way for at in group]
            for one, at, state in before:
                if state is not State.ABSENT:
                    table.set_state(one, at, State.FOLDED)
            cycle = cheapest_cycle(table, layer, place, limit=_ANYTHING_BUT_THE_TOTAL)
            if cycle is not None:
                return cycle
            for one, at, state in before:
                table.set_state(one, at, state)
    return None
