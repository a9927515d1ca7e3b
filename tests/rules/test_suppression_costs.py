"""What a step costs is kept from one trial to the next: whatever is told, it is what a new start would find."""

import random

import pytest

from eventapp.rules.publication import MEASURES, Detail, Plan, Snapshot
from eventapp.rules.publication_check import build_table, prepare
from eventapp.rules.suppression_follow import Followed
from eventapp.rules.suppression_layer import State, Table

PLAN = Plan(measures=MEASURES[:2], sectors="both", places="country", is_crossed=True)


def growing_publications(rng, weeks):
    """The table of the last of several publications of an edition whose people grow by a few."""
    people, earlier = {}, []
    for number in range(1, weeks + 1):
        for _ in range(rng.randint(4, 12)):
            key = (rng.choice(("S1", "S2", "T")), rng.choice(("AA", "BB", "CC", "DD", "")))
            numbers = people.setdefault(key, dict.fromkeys(MEASURES, 0))
            numbers["registered"] += 1
            numbers["approved"] += rng.random() < 0.7
        detail = Detail(
            people={key: dict(numbers) for key, numbers in people.items()},
            sector_parents={"S": None, "S1": "S", "S2": "S", "T": None},
            regions={"AA": "1", "BB": "1", "CC": "2", "DD": "2"},
        )
        if number == weeks:
            values = {measure: detail.numbers(measure) for measure in PLAN.measures}
            return build_table(PLAN, detail, values, earlier)
        made = prepare(PLAN, detail, earlier)
        earlier = [Snapshot(number=number, threshold=3, values=made.values, states=made.states), *earlier]
    raise AssertionError


def costs_of(table, followed):
    chains = [(one.alone, one.leading, one.after, one.before) for one in followed.chains]
    return [one.costs for one in table.choices], chains


@pytest.mark.parametrize("seed", range(20))
def test_costs_that_are_kept_are_those_of_a_new_start(seed):
    rng = random.Random(seed)
    table, owners = growing_publications(rng, rng.randint(2, 4))
    followed = Followed(table, owners)
    new = [number for number, layer in enumerate(table.layers) if not layer.is_frozen]
    for trial in range(12):
        layers = range(len(table.layers)) if trial % 4 == 3 else new  # those that are frozen, too
        changes = [
            (rng.choice(layers), rng.randrange(len(table.network.arcs)), rng.choice(list(State)))
            for _ in range(rng.randint(1, 9))
        ]
        followed.refresh(table.set_states(changes), {layer for layer, _, _ in changes})
        again = Table(table.network, table.layers, table.relations, [one.layers for one in table.choices])
        assert costs_of(table, followed) == costs_of(again, Followed(again, owners))
