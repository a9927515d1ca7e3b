"""Withholding small numbers in 1,000 random tables of 10 x 30, each checked against a reader who solves the sums."""

import random
import statistics
import time
from collections import Counter
from pathlib import Path

from benchmarks.measure import Row
from eventapp.rules.publication import MEASURES, Detail, Plan, Snapshot
from eventapp.rules.publication_check import prepare
from eventapp.rules.suppression import protect
from eventapp.rules.suppression_layer import Layer, State, Table, first_state
from eventapp.rules.suppression_network import TOTAL, build_network
from tests.rules.attacker import solved

TABLES = 1_000
ROWS, COLUMNS = 10, 30
THRESHOLD = 3
SLOWEST = 5_000
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
        third_publication(random.Random(3)),
    ]


def third_publication(rng) -> Row:
    """The hardest preview: everything published, of an edition that published everything twice while people came in."""
    sectors = {
        "GOV": None,
        **{f"G{one}": "GOV" for one in range(6)},
        **dict.fromkeys(("IGO", "NGO", "ACA", "MED")),
    }
    regions = {f"C{one}": f"R{one % 6}" for one in range(130)}
    sizes = {country: rng.lognormvariate(0, 1.2) for country in regions} | {"": 5}
    leaves = [sector for sector in sectors if sector != "GOV"]
    people: dict[tuple[str, str], dict[str, int]] = {}
    earlier: list[Snapshot] = []
    for number, more in ((1, 1_500), (2, 120), (3, 120)):
        people = {key: dict(known) for key, known in people.items()}
        for country in rng.choices(list(sizes), list(sizes.values()), k=more):
            known = people.setdefault((rng.choice(leaves), country), dict.fromkeys(MEASURES, 0))
            for measure in MEASURES[: rng.choice((1, 2, 2, 3, 3, 3))]:
                known[measure] += 1
        plan = Plan(measures=MEASURES, sectors="both", is_crossed=True, without_host=True)
        begun = time.perf_counter()
        detail = Detail(people=people, sector_parents=sectors, regions=regions, host="C3")
        prepared = prepare(plan, detail, earlier)
        milliseconds = (time.perf_counter() - begun) * 1000
        if prepared.exposed:
            raise RuntimeError("a publication would be refused")
        earlier.append(Snapshot(number=number, threshold=3, values=prepared.values, states=prepared.states))
    states = Counter(str(state) for told in prepared.states.values() for state in told.values())
    return Row(
        name="the third publication of everything, 130 countries",
        measured=f"{milliseconds:.0f} ms",
        value=milliseconds,
        bound=SLOWEST,
        unit="ms",
        note=", ".join(f"{count} {state}" for state, count in states.items()),
    )


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
