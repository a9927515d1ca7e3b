"""Withholding small numbers in 1,000 random tables of 10 x 30, each checked against a reader who solves the sums."""

import random
import statistics
import time
from pathlib import Path

from benchmarks.measure import Row
from eventapp.rules.suppression import protect
from eventapp.rules.suppression_layer import Layer, State, Table, first_state
from eventapp.rules.suppression_network import TOTAL, build_network
from tests.rules.attacker import solved

TABLES = 1_000
ROWS, COLUMNS = 10, 30
THRESHOLD = 3
MILLISECONDS = 50  # what an organiser waits for a preview of one such table


def run(folder: Path) -> list[Row]:
    del folder
    trees = [{f"r{one}": None for one in range(ROWS)}, {f"c{one}": None for one in range(COLUMNS)}]
    crossing = {(row, column): f"{row}|{column}" for row in trees[0] for column in trees[1]}
    network = build_network(trees, crossing)
    seconds, small, protecting, folded, exact, before = [], 0, 0, 0, 0, 0
    for seed in range(TABLES):
        table = make_table(network, trees, crossing, random.Random(seed))
        if seed < 50:
            before += len(solved(table, trees, crossing, whole=False))
        begun = time.perf_counter()
        left = protect(table).exposed
        seconds.append(time.perf_counter() - begun)
        states = table.layers[0].states
        small += states.count(State.SMALL)
        protecting += states.count(State.PROTECTS)
        exact += len(solved(table, trees, crossing, whole=False)) + len(left)
        folded += State.FOLDED in states
        if states[network.places[TOTAL]] is not State.SHOWN:
            raise RuntimeError("a table of this kind keeps its total")
    if not before:
        raise RuntimeError("nothing could be worked out before, so nothing was measured")
    milliseconds = statistics.median(seconds) * 1000
    return [
        Row(
            name=f"numbers a reader can work out in {TABLES:,} tables of {ROWS} x {COLUMNS}",
            measured=f"{exact}",
            yardstick=f"{before} in 50 of them with only the small ones withheld",
            value=exact,
            bound=0,
            unit="cells",
            note=f"withheld in a table: {small / TABLES:.1f} small, {protecting / TABLES:.1f} to protect them,"
            f" of {ROWS * COLUMNS + ROWS + COLUMNS + 1}; a row left out in {folded} tables",
        ),
        Row(
            name=f"withholding in one table of {ROWS} x {COLUMNS}",
            measured=f"{milliseconds:.0f} ms",
            value=milliseconds,
            bound=MILLISECONDS,
            unit="ms",
            note=f"the slowest of {TABLES:,}: {max(seconds) * 1000:.0f} ms",
        ),
    ]


def make_table(network, trees, crossing, rng):
    """Sectors and countries of very different size, as they are; about a third of the cells is empty."""
    weights = {key: rng.lognormvariate(0, 1) for tree in trees for key in tree}
    known = {
        key: int(weights[row] * weights[column] * rng.expovariate(1 / 6))
        for (row, column), key in crossing.items()
    }
    for (row, column), key in crossing.items():
        known[row] = known.get(row, 0) + known[key]
        known[column] = known.get(column, 0) + known[key]
    known[TOTAL] = sum(known[row] for row in trees[0])
    values = [known[arc.key] for arc in network.arcs]
    return Table(
        network, [Layer("table", THRESHOLD, values, [first_state(value, THRESHOLD) for value in values])]
    )
