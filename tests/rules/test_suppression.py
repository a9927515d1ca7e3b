"""No number that is withheld can be worked out from what is published, and no more is withheld than that needs."""

import random

import pytest

from eventapp.rules.suppression import exposed, protect
from eventapp.rules.suppression_layer import Layer, Relation, State, Table, first_state
from eventapp.rules.suppression_network import TOTAL, build_network
from tests.rules.attacker import cells_in_danger, solved, states_of, tried, withheld

FLAT = {"a": None, "b": None, "c": None}


def make_table(trees, *values, crossing=None, threshold=3, frozen=(), relations=()):
    """A table from the values of its leaves; one dict a layer."""
    network = build_network(trees, crossing)
    layers = []
    for number, known in enumerate(values):
        full = add_up(trees, crossing, known)
        row = [full[arc.key] for arc in network.arcs]
        layers.append(
            Layer(str(number), threshold, row, [first_state(one, threshold) for one in row], number in frozen)
        )
    everywhere = frozenset(range(len(network.arcs)))
    return Table(network, layers, [Relation(low, high, everywhere) for low, high in relations])


def add_up(trees, crossing, known):
    full = dict(known)
    for (row, column), key in (crossing or {}).items():
        full[row] = full.get(row, 0) + full[key]
        full[column] = full.get(column, 0) + full[key]
    for tree in trees:
        for key in reversed(tree):  # parents stand before their parts
            if (parent := tree[key]) and (
                parent not in known and parent not in dict.fromkeys(crossed(crossing))
            ):
                full[parent] = full.get(parent, 0) + full[key]
    full[TOTAL] = sum(full[key] for key, parent in trees[0].items() if parent is None)
    return full


def crossed(crossing):
    return [key for pair in crossing or {} for key in pair]


def test_one_small_number_takes_its_smallest_sibling_with_it():
    table = make_table([FLAT], {"a": 2, "b": 40, "c": 9})
    assert exposed(table) == [(0, table.network.places["a"])]
    assert not protect(table).exposed
    assert withheld(table) == {"a", "c"}
    assert not exposed(table)


def test_zero_is_shown_and_protects_nothing():
    table = make_table([FLAT], {"a": 2, "b": 0, "c": 9})
    assert not protect(table).exposed
    assert states_of(table)["b"] is State.SHOWN
    assert withheld(table) == {"a", "c"}


def test_two_small_siblings_protect_each_other_where_their_sum_allows_it():
    table = make_table([FLAT], {"a": 1, "b": 2, "c": 50})
    assert not exposed(table)
    assert not protect(table).exposed
    assert withheld(table) == {"a", "b"}


@pytest.mark.parametrize("pair", [(1, 1), (2, 2)])
def test_two_small_siblings_whose_sum_has_one_solution_need_a_third(pair):
    """1 + 1 is the only way to 2, and below 3 nothing but 2 + 2 makes 4."""
    table = make_table([FLAT], {"a": pair[0], "b": pair[1], "c": 50})
    assert len(exposed(table)) == 2
    assert not protect(table).exposed
    assert withheld(table) == {"a", "b", "c"}
    assert not solved(table, [FLAT])


def test_a_sibling_at_the_threshold_cannot_become_smaller():
    """Who knows that it is not withheld for being small knows that it is at least 3: 1 + 3 has one solution."""
    table = make_table([FLAT], {"a": 1, "b": 3, "c": 50})
    assert not protect(table).exposed
    assert withheld(table) == {"a", "c"}


def test_a_lone_small_number_moves_with_the_sums_above_it():
    tree = {"x": None, "y": None, "z": None, "x1": "x", "y1": "y", "y2": "y", "z1": "z"}
    table = make_table([tree], {"x1": 2, "y1": 20, "y2": 30, "z1": 9})
    assert not protect(table).exposed
    assert withheld(table) == {"x", "x1", "z", "z1"}
    assert not solved(table, [tree])


def test_where_everything_is_small_the_breakdown_is_left_out():
    table = make_table([FLAT], {"a": 1, "b": 1, "c": 1})
    assert not protect(table).exposed
    states = states_of(table)
    assert states.pop(TOTAL) is State.SHOWN
    assert set(states.values()) == {State.FOLDED}
    assert not solved(table, [FLAT])


def test_a_small_total_is_withheld_with_all_that_would_tell_it():
    table = make_table([FLAT, {"n": None}], {"a": 1, "b": 0, "c": 1, "n": 2})
    assert not protect(table).exposed
    assert states_of(table)[TOTAL] is State.SMALL
    assert not solved(table, [FLAT, {"n": None}])


def test_two_parts_of_a_small_sum_are_left_out_with_each_other():
    """x is 1 or 2; were its two parts told to be at least 1 each, it would be 2."""
    tree = {"x": None, "y": None, "x1": "x", "x2": "x", "y1": "y"}
    table = make_table([tree], {"x1": 1, "x2": 1, "y1": 30})
    assert not protect(table).exposed
    assert states_of(table)["x1"] is states_of(table)["x2"] is State.FOLDED
    assert not solved(table, [tree])


def test_the_total_goes_last():
    table = make_table([{"a": None, "b": None}], {"a": 2, "b": 1000})
    assert not protect(table).exposed
    assert states_of(table)[TOTAL] is State.SHOWN


def test_hierarchies_on_both_sides_and_a_crossing_of_their_upper_levels():
    trees = [
        {"s": None, "t": None, "s1": "s", "s2": "s", "t1": "t"},
        {"n": None, "m": None, "n1": "n", "n2": "n", "m1": "m"},
    ]
    crossing = {("s", "n"): "sn", ("s", "m"): "sm", ("t", "n"): "tn", ("t", "m"): "tm"}
    table = make_table(
        trees,
        {"sn": 2, "sm": 20, "tn": 30, "tm": 11, "s1": 20, "s2": 2, "t1": 41, "n1": 25, "n2": 7, "m1": 31},
        crossing=crossing,
    )
    assert not protect(table).exposed
    assert {"sn", "sm", "tn", "tm", "s1", "s2"} == withheld(table)
    assert not solved(table, trees, crossing)


def test_a_number_under_no_crossing_is_refused():
    with pytest.raises(ValueError, match="must lie under"):
        build_network([{"a": None, "b": None}, {"n": None}], {("a", "n"): "an"})


def test_numbers_that_do_not_add_up_are_refused():
    network = build_network([FLAT])
    with pytest.raises(ValueError, match="do not add up"):
        Table(network, [Layer("x", 3, [1, 2, 3, 7], [State.SHOWN] * 4)])


def test_a_threshold_of_two_is_refused():
    network = build_network([FLAT])
    with pytest.raises(ValueError, match="hides nothing"):
        Table(network, [Layer("x", 2, [1, 2, 3, 6], [State.SHOWN] * 4)])


def test_equal_measures_move_together():
    """Registered and approved are the same everywhere: alone neither could move, together they can."""
    people = {"a": 2, "b": 40, "c": 9}
    table = make_table([FLAT], people, people, relations=[(1, 0)])
    assert not protect(table).exposed
    assert withheld(table, 0) == withheld(table, 1) == {"a", "c"}
    assert not solved(table, [FLAT])


def test_a_measure_that_bounds_another_takes_more_with_it():
    """Approved a and c are at most 1 and 9 of registered; who knows those needs room elsewhere."""
    registered, approved = {"a": 9, "b": 9, "c": 30}, {"a": 2, "b": 9, "c": 30}
    table = make_table([FLAT], registered, approved, relations=[(1, 0)])
    assert not protect(table).exposed
    assert "a" in withheld(table, 1)
    assert not solved(table, [FLAT])


def test_what_was_shown_before_and_is_the_same_does_not_protect():
    network = build_network([FLAT])
    old, new = [4, 40, 9, 53], [2, 40, 9, 51]
    layers = [
        Layer("new", 3, new, [first_state(one, 3) for one in new]),
        Layer("old", 3, old, [State.SHOWN] * 4, is_frozen=True),
    ]
    same = frozenset({1, 2})
    table = Table(network, layers, [Relation(0, 1, same), Relation(1, 0, same)])
    assert not protect(table).exposed
    assert withheld(table) == {"a", TOTAL}
    assert not solved(table, [FLAT])


def test_what_was_withheld_before_stays_withheld_while_it_is_the_same():
    """c protected a before. Were b withheld now in its place, the old a could be worked out."""
    network = build_network([FLAT])
    values = [2, 8, 9, 19]
    old = [State.SMALL, State.SHOWN, State.PROTECTS, State.SHOWN]
    layers = [
        Layer("new", 3, values, [first_state(one, 3) for one in values]),
        Layer("old", 3, values, old, is_frozen=True),
    ]
    everywhere = frozenset(range(4))
    table = Table(network, layers, [Relation(0, 1, everywhere), Relation(1, 0, everywhere)])
    assert not protect(table).exposed
    assert withheld(table) == {"a", "c"}
    assert not solved(table, [FLAT])


# against the two attackers


def random_tree(rng, name, depth):
    tree = {}
    for one in range(rng.randint(1, 4)):
        tree[f"{name}{one}"] = None
    for _ in range(depth - 1):
        for key in [key for key in tree if key not in tree.values()]:
            if rng.random() < 0.7:
                for one in range(rng.randint(1, 3)):
                    tree[f"{key}.{one}"] = key
    return tree


def number(rng):
    return rng.choice((0, 0, 1, 1, 2, 3, 4, rng.randint(5, 30)))


def random_leaves(rng, tree, total):
    """Spread a total over the leaves."""
    leaves = [key for key in tree if key not in tree.values()]
    found = dict.fromkeys(leaves, 0)
    for _ in range(total):
        found[rng.choice(leaves[: max(1, rng.randint(1, len(leaves)))])] += 1
    return found


def random_trees(rng):
    trees = [random_tree(rng, name, rng.randint(1, 3)) for name in ("s", "n")[: rng.randint(1, 2)]]
    total = rng.randint(1, 40)
    known = {}
    for tree in trees:
        known |= random_leaves(rng, tree, total)
    return trees, known


def random_crossing(rng, depth=1):
    """Two trees crossed at their tops; below them what a random spread of each top gives."""
    trees = [random_tree(rng, name, 1) for name in ("s", "n")]
    crossing = {(row, column): f"{row}|{column}" for row in trees[0] for column in trees[1]}
    known = {key: number(rng) for key in crossing.values()}
    full = add_up(trees, crossing, known)
    for tree in trees if depth > 1 else ():
        for top in list(tree):
            parts = [f"{top}.{one}" for one in range(rng.randint(0, 3))]
            tree.update(dict.fromkeys(parts, top))
            known |= dict.fromkeys(parts, 0)
            for _ in range(full[top] if parts else 0):
                known[rng.choice(parts)] += 1
    return trees, crossing, known


@pytest.mark.parametrize("seed", range(60))
def test_hierarchies_against_the_solver(seed):
    rng = random.Random(seed)
    trees, known = random_trees(rng)
    table = make_table(trees, known, threshold=rng.choice((3, 3, 5)))
    assert set(solved(table, trees)) == set(exposed(table))  # before: neither too many nor too few
    assert not protect(table).exposed
    assert not exposed(table)
    assert not solved(table, trees)


@pytest.mark.parametrize("seed", range(60))
def test_crossings_against_the_solver(seed):
    rng = random.Random(1000 + seed)
    trees, crossing, known = random_crossing(rng, depth=rng.randint(1, 2))
    table = make_table(trees, known, crossing=crossing, threshold=rng.choice((3, 3, 5)))
    assert set(solved(table, trees, crossing)) == set(exposed(table))
    assert not protect(table).exposed
    assert not exposed(table)
    assert not solved(table, trees, crossing)


@pytest.mark.parametrize("seed", range(60))
def test_small_tables_against_every_possibility(seed):
    rng = random.Random(2000 + seed)
    trees = [{f"r{one}": None for one in range(2)}, {f"c{one}": None for one in range(rng.randint(2, 3))}]
    crossing = {(row, column): f"{row}|{column}" for row in trees[0] for column in trees[1]}
    known = {key: rng.choice((0, 1, 2, 3, 4)) for key in crossing.values()}
    table = make_table(trees, known, crossing=crossing)
    assert set(tried(table, trees, crossing)) == set(exposed(table))
    assert not protect(table).exposed
    assert not tried(table, trees, crossing)


@pytest.mark.parametrize("seed", range(60))
def test_any_pattern_of_withheld_numbers_is_judged_as_the_solver_does(seed):
    rng = random.Random(3000 + seed)
    trees, crossing, known = random_crossing(rng, depth=2)
    table = make_table(trees, known, crossing=crossing)
    for place, value in enumerate(table.layers[0].values):
        if value >= 3 and rng.random() < 0.4:
            table.set_state(0, place, State.PROTECTS)
        elif rng.random() < 0.1:
            table.set_state(0, place, State.FOLDED)
    assert set(solved(table, trees, crossing)) == set(exposed(table))


@pytest.mark.parametrize("seed", range(60))
def test_measures_and_earlier_publications_against_the_solver(seed):
    """Three layers: approved within registered, and registered as it was published before, partly the same."""
    rng = random.Random(4000 + seed)
    trees, known = random_trees(rng)
    approved = thin(rng, trees, known)
    before = thin(rng, trees, known, share=0.9)
    first = make_table(trees, before)
    protect(first)
    table = make_table(trees, known, approved, before, frozen=(2,))
    table.layers[2].states[:] = first.layers[0].states
    now, then = table.layers[0].values, table.layers[2].values
    same = frozenset(place for place, value in enumerate(now) if value == then[place])
    everywhere = frozenset(range(len(now)))
    table = Table(
        table.network,
        table.layers,
        [Relation(1, 0, everywhere), Relation(0, 2, same), Relation(2, 0, same)],
    )
    left = set(protect(table).exposed)
    assert set(solved(table, trees)) <= left
    assert set(exposed(table)) == left
    assert not [spot for spot in left if spot[0] == 1]


def thin(rng, trees, known, share=0.7):
    """The same people with some left out, everywhere the same number of them in each tree."""
    found = dict(known)
    total = sum(known[key] for key in known if key.startswith("s"))
    for _ in range(round(total * (1 - share))):
        for tree in trees:
            there = [key for key in tree if found.get(key)]
            if there:
                found[rng.choice(there)] -= 1
    return found


def test_something_is_at_stake():
    """The random tables do expose numbers before they are protected, and both attackers find them."""
    found = 0
    for seed in range(60):
        rng = random.Random(1000 + seed)
        trees, crossing, known = random_crossing(rng, depth=rng.randint(1, 2))
        found += bool(solved(make_table(trees, known, crossing=crossing), trees, crossing))
    assert found > 40


def test_the_attackers_agree():
    rng = random.Random(7)
    for _ in range(20):
        trees, crossing, known = random_crossing(rng)
        if len(crossing) > 6:
            continue
        table = make_table(trees, known, crossing=crossing)
        assert set(tried(table, trees, crossing)) == set(solved(table, trees, crossing))
        assert len(cells_in_danger(table)) >= len(solved(table, trees, crossing))
