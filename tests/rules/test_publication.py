"""What is published together with what was published before: nothing small comes out, and the organiser is told."""

import random

import pytest

from eventapp.errors import Invalid
from eventapp.rules.publication import Detail, Plan, Snapshot, check_plan, complete, crossing_of, trees_of
from eventapp.rules.publication_check import build_table, may_tell_countries, prepare
from eventapp.rules.suppression import protect
from eventapp.rules.suppression_layer import WITHHELD, State
from tests.rules.attacker import solved

SECTORS = {"GOV": None, "POL": "GOV", "MIN": "GOV", "NGO": None, "IGO": None}
REGIONS = {"FR": "150", "DE": "150", "IT": "150", "NG": "002", "ET": "002", "NA": "002", "AR": "019"}


def make_detail(cells, **more):
    """cells: (sector, country, registered[, approved[, checked in]])."""
    people = {}
    for sector, country, *numbers in cells:
        padded = [*numbers, *[0] * (3 - len(numbers))]
        people[sector, country] = dict(zip(("registered", "approved", "checked_in"), padded))
    return Detail(people=people, sector_parents=SECTORS, regions=REGIONS, **more)


def snapshot_of(number, prepared):
    return Snapshot(
        number=number,
        threshold=prepared.plan.threshold,
        values=prepared.values,
        states=prepared.states,
    )


USUAL = make_detail(
    [("POL", "FR", 30), ("POL", "DE", 12), ("MIN", "IT", 2), ("MIN", "NG", 20), ("NGO", "NG", 2),
     ("NGO", "FR", 4), ("IGO", "", 8), ("GOV", "AR", 40)],
)  # fmt: skip


def test_a_person_is_counted_in_every_sum_above():
    detail = make_detail([("POL", "FR", 5), ("GOV", "FR", 3), ("NGO", "", 1)])
    assert detail.numbers("registered") == {
        "total": 9, "s|GOV": 8, "s|GOV|POL": 5, "s|GOV|GOV": 3, "s|NGO": 1,
        "p|150": 8, "p|150|FR": 8, "p|": 1, "x|GOV|150": 8, "x|NGO|": 1,
    }  # fmt: skip


def test_what_is_small_is_withheld_and_nothing_else_is_needed():
    prepared = prepare(Plan(sectors="both", places="country"), USUAL, [])
    states = prepared.states["registered"]
    assert not prepared.exposed
    assert not [key for key in states if key.startswith("x|")]
    assert {key for key, state in states.items() if state in WITHHELD} == {"p|150|IT", "p|150|DE"}


def test_the_crossing_is_looked_at_with_the_margins():
    prepared = prepare(Plan(sectors="main", places="region", is_crossed=True), USUAL, [])
    states = prepared.states["registered"]
    assert states["x|NGO|002"] is State.SMALL
    assert {states["x|NGO|150"], states["x|GOV|002"], states["x|GOV|150"]} == {State.PROTECTS}
    assert states["s|GOV|POL"] is State.ABSENT


def test_the_host_stands_alone_where_countries_are_not_published():
    few = make_detail([("POL", "FR", 30), ("POL", "DE", 12), ("POL", "NG", 9)], host="DE")
    states = prepare(Plan(places="region", without_host=True), few, []).states["registered"]
    assert (states["p|150|DE"], states["p|150|FR"]) == (State.SHOWN, State.ABSENT)
    few = make_detail([("POL", "FR", 30), ("POL", "DE", 2), ("POL", "NG", 9)], host="DE")
    assert (
        prepare(Plan(places="region", without_host=True), few, []).states["registered"]["p|150|DE"]
        is State.SMALL
    )


def test_equal_measures_are_withheld_alike():
    cells = [
        ("POL", "FR", 30, 30, 25),
        ("POL", "DE", 2, 2, 2),
        ("MIN", "IT", 9, 9, 9),
        ("MIN", "NG", 20, 20, 20),
    ]
    plan = Plan(measures=("registered", "approved", "checked_in"), places="country")
    prepared = prepare(plan, make_detail(cells), [])
    assert not prepared.exposed
    for measure in plan.measures:
        told = {key for key, state in prepared.states[measure].items() if state in ("small", "protects")}
        assert told == {"p|150|DE", "p|150|IT"}


def test_the_same_published_again_withholds_the_same():
    few = make_detail([("POL", "FR", 30), ("POL", "DE", 2), ("POL", "IT", 9), ("POL", "NG", 20)])
    first = prepare(Plan(), few, [])
    again = prepare(Plan(), few, [snapshot_of(1, first)])
    assert again.states == first.states
    assert not again.exposed and not again.differences and not again.known


def test_small_differences_between_two_publications_are_told():
    before = make_detail([("POL", "FR", 30), ("POL", "DE", 12), ("POL", "NG", 20)])
    after = make_detail([("POL", "FR", 31), ("POL", "DE", 12), ("POL", "NG", 24)])
    first = snapshot_of(1, prepare(Plan(), before, []))
    found = {(one.key, one.old, one.new) for one in prepare(Plan(), after, [first]).differences}
    assert found == {("p|150|FR", 30, 31), ("p|150", 42, 43)}


def test_what_was_shown_before_cannot_protect():
    """All the rest of the region is known from before, so that the region itself must protect."""
    before = make_detail([("POL", "FR", 30), ("POL", "DE", 12), ("POL", "NG", 20), ("POL", "ET", 20)])
    after = make_detail([("POL", "FR", 30), ("POL", "DE", 2), ("POL", "NG", 26), ("POL", "ET", 24)])
    first = snapshot_of(1, prepare(Plan(), before, []))
    prepared = prepare(Plan(), after, [first])
    states = prepared.states["registered"]
    assert not prepared.exposed
    assert states["p|150|FR"] is State.SHOWN
    assert states["p|150"] is State.PROTECTS
    assert states["p|002"] is State.PROTECTS


def test_a_higher_threshold_cannot_take_back_what_was_shown():
    few = make_detail([("POL", "FR", 30), ("POL", "DE", 4), ("POL", "NG", 20)])
    first = snapshot_of(1, prepare(Plan(threshold=3), few, []))
    prepared = prepare(Plan(threshold=6), few, [first])
    assert [(one.number, one.key) for one in prepared.known] == [(1, "p|150|DE")]
    assert not prepared.exposed


def test_what_an_earlier_publication_withheld_does_not_come_out_by_a_later_one():
    """DE is small, and IT protected it. Without DE in the way, IT would be shown now and the old DE known."""
    before = make_detail([("POL", "FR", 30), ("POL", "DE", 2), ("POL", "IT", 9), ("POL", "NG", 20)])
    after = make_detail([("POL", "FR", 30), ("POL", "DE", 7), ("POL", "IT", 9), ("POL", "NG", 20)])
    first = snapshot_of(1, prepare(Plan(), before, []))
    assert first.states["registered"]["p|150|IT"] is State.PROTECTS
    prepared = prepare(Plan(), after, [first])
    assert not prepared.exposed
    assert prepared.states["registered"]["p|150|IT"] is State.PROTECTS


def test_a_later_publication_closes_its_cycle_over_numbers_of_its_own():
    """DE was small and IT protected it; IT is the same now and must move in both, DE is 3 now and cannot be less."""
    before = make_detail([("POL", "FR", 30), ("POL", "DE", 2), ("POL", "IT", 5), ("POL", "NG", 20)])
    after = make_detail([("POL", "FR", 31), ("POL", "DE", 3), ("POL", "IT", 5), ("POL", "NG", 20)])
    first = snapshot_of(1, prepare(Plan(), before, []))
    prepared = prepare(Plan(), after, [first])
    assert not prepared.exposed
    told = prepared.states["registered"]
    assert (told["p|150|IT"], told["p|150|FR"], told["p|150|DE"]) == (
        State.PROTECTS, State.PROTECTS, State.SHOWN,
    )  # fmt: skip
    assert not worked_out(Plan(), after, prepared, [first])


def test_the_number_of_countries():
    everybody_alone = make_detail([("POL", "FR", 1), ("POL", "DE", 1), ("POL", "NG", 1)])
    plan = Plan(places="none", sectors="none")
    assert not may_tell_countries(prepare(plan, everybody_alone, []), "registered", 3)
    assert may_tell_countries(prepare(plan, USUAL, []), "registered", 5)
    folded = make_detail([("POL", "FR", 1), ("POL", "DE", 1), ("POL", "NG", 30)])
    prepared = prepare(Plan(), folded, [])
    assert prepared.states["registered"]["p|150|FR"] is State.FOLDED
    assert not may_tell_countries(prepared, "registered", 3)


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (Plan(measures=()), "measures"),
        (Plan(measures=("received",)), "measures"),
        (Plan(threshold=2), "threshold"),
        (Plan(sectors="x"), "sectors"),
        (Plan(places="x"), "places"),
        (Plan(places="none", is_crossed=True), "is_crossed"),
        (Plan(scheme="x"), "scheme"),
        (Plan(scheme="un"), "scheme"),
    ],
)
def test_plans_that_are_refused(plan, field):
    with pytest.raises(Invalid) as caught:
        check_plan(plan, ("m49", "un"), "m49")
    assert set(caught.value.problems) == {field}


def test_a_sum_that_was_not_parted_then_has_a_rest():
    numbers = [{"total": 5, "s|GOV": 5, "s|GOV|POL": 5}, {"total": 4, "s|GOV": 4}]
    assert complete(numbers) == ["s|GOV", "s|GOV|GOV", "s|GOV|POL", "total"]
    assert numbers[1]["s|GOV|GOV"] == 4


def random_detail(rng, before=None):
    """Some hundred people, or those of before with some who came and went."""
    people = {key: dict(numbers) for key, numbers in (before.people if before else {}).items()}
    for _ in range(rng.randint(1, 25) if before else rng.randint(8, 60)):
        key = rng.choice(("POL", "MIN", "GOV", "NGO", "IGO")), rng.choice((*REGIONS, "", "XK"))
        numbers = people.setdefault(key, dict.fromkeys(("registered", "approved", "checked_in"), 0))
        many = rng.choice((1, 1, 2, 5))
        depth = rng.randint(1, 3)
        for measure in ("registered", "approved", "checked_in")[:depth]:
            numbers[measure] += many
    return Detail(people=people, sector_parents=SECTORS, regions=REGIONS, host="AR")


def random_plan(rng):
    sectors, places = rng.choice(("none", "main", "both")), rng.choice(("none", "region", "country"))
    measures = ("registered", "approved", "checked_in")[: rng.randint(1, 3)]
    return Plan(
        measures=measures if rng.random() < 0.7 else (measures[-1],),
        sectors=sectors,
        places=places,
        is_crossed="none" not in (sectors, places) and rng.random() < 0.4,
        without_host=rng.random() < 0.3,
        threshold=rng.choice((3, 3, 5)),
    )


def worked_out(plan, detail, prepared, earlier):
    """What the solver finds in all publications together, the one prepared as number 0."""
    table, owners = build_table(plan, detail, prepared.values if prepared else {}, earlier)
    keys = [arc.key for arc in table.network.arcs]
    for layer, (owner, measure) in enumerate(owners):
        if not owner:
            told = snapshot_of(0, prepared).told
            table.layers[layer].states[:] = [told(measure, key) for key in keys]
    is_crossed = any(key.startswith("x|") for key in keys)
    found = solved(table, trees_of(keys), crossing_of(keys) if is_crossed else None)
    return {(*owners[layer], keys[place]) for layer, place in found}


@pytest.mark.parametrize("seed", range(40))
def test_several_publications_of_one_edition_against_the_solver(seed):
    """Up to three in a row, people coming in between: whatever the rules let pass, the solver works out nothing small."""
    rng = random.Random(seed)
    detail, earlier = None, []
    for number in range(1, rng.randint(2, 4)):
        detail = random_detail(rng, detail) if detail is None or rng.random() < 0.8 else detail
        plan = random_plan(rng)
        prepared = prepare(plan, detail, earlier)
        if prepared.exposed:
            continue
        known = {(0, one.measure, one.key) for one in prepared.known}
        before = worked_out(plan, detail, None, earlier) if earlier else set()
        assert worked_out(plan, detail, prepared, earlier) <= known | before
        earlier.append(snapshot_of(number, prepared))


def test_the_random_publications_are_at_stake():
    """Without protection the solver finds something in most of them."""
    rng = random.Random(5)
    found = 0
    for _ in range(20):
        detail = random_detail(rng)
        plan = Plan(measures=("registered", "approved"), sectors="both", places="country")
        values = {measure: detail.numbers(measure) for measure in plan.measures}
        table, _ = build_table(plan, detail, values, [])
        keys = [arc.key for arc in table.network.arcs]
        found += bool(solved(table, trees_of(keys)))
        assert not protect(table).exposed
    assert found > 15
