"""Which numbers are withheld so that no small one can be worked out from what is published.

The reader we assume knows the threshold, why each number is withheld, and the true numbers of every other measure and of
earlier publications wherever nothing changed. He still has two possible values for each number that is withheld.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from eventapp.rules.suppression_follow import Followed, Owner
from eventapp.rules.suppression_layer import NEVER, UNKNOWN, Layer, State, Table
from eventapp.rules.suppression_search import Cycle, cheapest_cycle

_ANYTHING_BUT_THE_TOTAL: Final = 1e11
_MOST_TRIALS: Final = 8
Spot = tuple[int, int]  # layer, place


@dataclass(frozen=True)
class Outcome:
    """What could not be protected, whatever is withheld; empty if all is well."""

    exposed: tuple[Spot, ...]


class _Search:
    """Looks for cycles: in one publication, or in several of which one leads the others."""

    def __init__(self, table: Table, owners: Sequence[Owner]) -> None:
        self.table = table
        is_needed = len({publication for publication, _ in owners}) > 1
        self.followed = Followed(table, owners) if is_needed else None

    def find(self, spot: Spot, limit: float = NEVER) -> Cycle | None:
        """The cheapest cycle known through a number."""
        best = cheapest_cycle(self.table, *spot, limit)
        if self.followed is None or (best is not None and not best.cost):
            return best
        return self.followed.cheapest(*spot, best.cost if best else limit) or best

    def tell(self, changes: Sequence[tuple[int, int, State]]) -> None:
        """Change what is told of some numbers: layer, place, state."""
        places = self.table.set_states(changes)
        if self.followed is not None:
            self.followed.refresh(places, {layer for layer, _, _ in changes})


def exposed(table: Table, owners: Sequence[Owner] = ()) -> list[Spot]:
    """Every number in danger that can be told exactly, or whose protection cannot be shown."""
    search = _Search(table, owners)
    safe: set[Spot] = set()
    found = []
    for spot in _in_danger(table):
        if spot in safe:
            continue
        cycle = search.find(spot, limit=1)
        if cycle is None:
            found.append(spot)
        else:
            safe.update(cycle.spots)
    return found


def protect(table: Table, owners: Sequence[Owner] = (), known: Container[Spot] = ()) -> Outcome:
    """Withhold more until nothing is exposed: the cheapest cycle through each number, at last whole breakdowns.

    Frozen layers stay as they are; what is exposed in them alone is reported. Withholding more never exposes anything,
    so one round is enough; a second one shows again what turned out not to be needed. `owners` names publication and
    measure of each layer where there are several publications; for what is `known` already nothing is withheld.
    """
    search = _Search(table, owners)
    proofs: dict[Spot, Cycle] = {}
    waiting = []
    for spot in sorted(_in_danger(table), key=lambda one: -table.layers[one[0]].values[one[1]]):
        if spot not in proofs and spot not in known:
            cycle = search.find(spot, _ANYTHING_BUT_THE_TOTAL)
            if cycle is None:
                waiting.append(spot)
            else:
                _withhold(search, cycle, proofs)
    left = _leave_out(search, waiting, proofs)
    _release(search, proofs)
    return Outcome(tuple(left))


def _withhold(search: _Search, cycle: Cycle, proofs: dict[Spot, Cycle]) -> None:
    layers = search.table.layers
    shown = [spot for spot in dict.fromkeys(cycle.spots) if layers[spot[0]].states[spot[1]] is State.SHOWN]
    search.tell([(*spot, State.PROTECTS) for spot in shown])
    for one in cycle.spots:
        proofs.setdefault(one, cycle)


def _leave_out(search: _Search, waiting: Sequence[Spot], proofs: dict[Spot, Cycle]) -> list[Spot]:
    """Leave out breakdowns, the smallest that helps first, since one may help several numbers; at last the total."""
    left: list[Spot] = []
    open_spots = list(waiting)
    while open_spots:
        still = []
        for spot in open_spots:
            cycle = None if spot in proofs else search.find(spot, _ANYTHING_BUT_THE_TOTAL)
            if cycle is not None:
                _withhold(search, cycle, proofs)
            elif spot not in proofs:
                still.append(spot)
        open_spots = still
        trials = [(spot, _fold(search, spot)) for spot in still[:_MOST_TRIALS]]
        known = [(len(fold), spot, fold) for spot, fold in trials if fold]
        if known:
            search.tell([(*one, State.FOLDED) for one in min(known, key=lambda one: one[0])[2]])
            continue
        for spot, _ in trials:
            open_spots.remove(spot)
            cycle = search.find(spot)
            if cycle is None:
                left.append(spot)
            else:
                _withhold(search, cycle, proofs)
    return left


def _release(search: _Search, proofs: dict[Spot, Cycle]) -> None:
    """Show again what protects nothing any more because later cycles took over, the largest first."""
    layers = search.table.layers
    protecting = [
        (layer.values[place], number, place)
        for number, layer in enumerate(layers)
        for place, state in enumerate(layer.states)
        if state is State.PROTECTS and not layer.is_frozen
    ]
    for _, number, place in sorted(protecting, reverse=True):
        search.tell([(number, place, State.SHOWN)])
        found: dict[Spot, Cycle] = {}
        for spot in [spot for spot, cycle in proofs.items() if (number, place) in cycle.spots]:
            if not layers[spot[0]].is_in_danger(spot[1]):
                continue
            cycle = search.find(spot, limit=1)
            if cycle is None:
                search.tell([(number, place, State.PROTECTS)])
                break
            found[spot] = cycle
        else:
            proofs.update(found)


def _in_danger(table: Table) -> Iterator[Spot]:
    for number, layer in enumerate(table.layers):
        for place in range(len(table.network.arcs)):
            if layer.is_in_danger(place):
                yield number, place


def _fold(search: _Search, spot: Spot) -> list[Spot]:
    """The least that may be left out around a number to give it room, in its own layer or in all new ones; empty if none."""
    layer, place = spot
    layers = search.table.layers
    new = [number for number, one in enumerate(layers) if not one.is_frozen]
    ways = [[layer], new] if layer in new and len(new) > 1 else [new]
    groups = search.table.network.folds[place]
    if not _helps(search, spot, _shown_in(layers, new, groups[-1])):
        return []
    for group in groups:
        for way in ways:
            spots = _shown_in(layers, way, group)
            if _helps(search, spot, spots):
                return spots
    return []


def _shown_in(layers: Sequence[Layer], numbers: Sequence[int], places: frozenset[int]) -> list[Spot]:
    return [(one, at) for one in numbers for at in places if layers[one].states[at] not in UNKNOWN]


def _helps(search: _Search, spot: Spot, fold: Sequence[Spot]) -> bool:
    """Whether a number could move if these were left out; tried and taken back."""
    before = [(one, at, search.table.layers[one].states[at]) for one, at in fold]
    search.tell([(*one, State.FOLDED) for one in fold])
    found = search.find(spot, _ANYTHING_BUT_THE_TOTAL) is not None
    search.tell(before)
    return found
