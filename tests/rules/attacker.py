"""Two readers who try to work out what is withheld: one solves the sums with a solver, one tries every possibility.

Neither knows the network of the rules: they write down the sums of the published tables as anybody would.
"""

import itertools

import highspy

from eventapp.rules.suppression_layer import State
from eventapp.rules.suppression_network import TOTAL

LARGE = 10**6


def sums(trees, crossing):
    """Every equation a reader can write down: (whole, its parts)."""
    found = []
    for tree in trees:
        parts = {}
        for key, parent in tree.items():
            parts.setdefault(parent or TOTAL, []).append(key)
        found += parts.items()
    lines = {}
    for (row, column), key in (crossing or {}).items():
        lines.setdefault(row, []).append(key)
        lines.setdefault(column, []).append(key)
    return found + list(lines.items())


def cells_in_danger(table):
    return [
        (number, place)
        for number, layer in enumerate(table.layers)
        for place in range(len(table.network.arcs))
        if layer.is_in_danger(place)
    ]


def solved(table, trees, crossing=None, *, whole=True):
    """The withheld cells that have one value only, by integer linear programming over all layers at once."""
    solver = _solver(table, trees, crossing, whole=whole)
    width = len(table.network.arcs)
    column = {spot: spot[0] * width + spot[1] for spot in cells_in_danger(table)}
    true = {spot: table.layers[spot[0]].values[spot[1]] for spot in column}
    open_spots = dict(column)

    def ask(costs, sense):
        for spot, cost in costs.items():
            solver.changeColCost(column[spot], cost)
        solver.changeObjectiveSense(sense)
        solver.run()
        assert solver.getModelStatus() in (
            highspy.HighsModelStatus.kOptimal,
            highspy.HighsModelStatus.kUnbounded,
        )
        values = solver.getSolution().col_value
        for spot in costs:
            solver.changeColCost(column[spot], 0)
        for spot in list(open_spots):
            found = values[column[spot]]
            if abs(found - true[spot]) > 0.5:
                if not whole:
                    assert abs(found - round(found)) < 1e-6
                del open_spots[spot]

    for turn in range(6):  # one answer often shows another value for many cells at once
        wanted = {
            spot: 1 if (place * 7 + turn * 3) % (turn + 2) else -1 for place, spot in enumerate(open_spots)
        }
        if wanted:
            ask(wanted, highspy.ObjSense.kMaximize if turn % 2 else highspy.ObjSense.kMinimize)
    exact = []
    for spot in list(open_spots):
        if spot in open_spots:
            ask({spot: 1}, highspy.ObjSense.kMinimize)
        if spot in open_spots:
            ask({spot: 1}, highspy.ObjSense.kMaximize)
        if spot in open_spots:
            exact.append(spot)
    return exact


def _solver(table, trees, crossing, *, whole):
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    width = len(table.network.arcs)
    places = table.network.places
    for number, layer in enumerate(table.layers):
        for place in range(width):
            low, high = layer.bounds(place)
            solver.addVar(low, min(high, LARGE))
            if whole:
                solver.changeColIntegrality(number * width + place, highspy.HighsVarType.kInteger)
        for one, parts in sums(trees, crossing):
            at = [number * width + places[one], *(number * width + places[part] for part in parts)]
            solver.addRow(0, 0, len(at), at, [1, *[-1] * len(parts)])
    for relation in table.relations:
        for place in relation.places:
            at = [relation.high * width + place, relation.low * width + place]
            solver.addRow(0, solver.inf, 2, at, [1, -1])
    return solver


def tried(table, trees, crossing=None):
    """The same for one layer and few cells, by trying all values of the parts within two of the truth and adding up."""
    [layer] = table.layers
    places = table.network.places
    equations = sums(trees, crossing)
    wholes = {whole for whole, _ in equations}
    leaves = [key for key in places if key not in wholes]
    ranges = []
    for key in leaves:
        low, high = layer.bounds(places[key])
        true = layer.values[places[key]]
        ranges.append(range(max(low, true - 2), int(min(high, true + 2)) + 1))
    possible = {place: set() for _, place in cells_in_danger(table)}
    for values in itertools.product(*ranges):
        found = dict(zip(leaves, values))
        if _add_up(found, equations) and all(
            layer.bounds(places[key])[0] <= value <= layer.bounds(places[key])[1]
            for key, value in found.items()
        ):
            for place, seen in possible.items():
                seen.add(found[table.network.arcs[place].key])
    return [(0, place) for place, seen in possible.items() if len(seen) < 2]


def _add_up(found, equations):
    """Fill in the sums from below; False where two ways to one sum disagree."""
    open_equations = list(equations)
    while open_equations:
        rest = []
        for whole, parts in open_equations:
            if any(part not in found for part in parts):
                rest.append((whole, parts))
                continue
            value = sum(found[part] for part in parts)
            if found.setdefault(whole, value) != value:
                return False
        if len(rest) == len(open_equations):
            raise ValueError("the sums go round in a circle")
        open_equations = rest
    return True


def states_of(table, layer=0):
    return {arc.key: table.layers[layer].states[place] for place, arc in enumerate(table.network.arcs)}


def withheld(table, layer=0):
    return {key for key, state in states_of(table, layer).items() if state in (State.SMALL, State.PROTECTS)}
