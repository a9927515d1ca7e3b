"""A publication worked out: what is withheld, what earlier publications change, and what cannot be published at all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eventapp.rules.publication import (
    MEASURES,
    Detail,
    Plan,
    Snapshot,
    complete,
    crossing_of,
    is_published,
    trees_of,
)
from eventapp.rules.suppression import protect
from eventapp.rules.suppression_follow import Owner
from eventapp.rules.suppression_layer import Layer, Relation, State, Table, first_state
from eventapp.rules.suppression_network import Network, build_network


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A number that moved by so little that it tells of a few people."""

    number: int
    measure: str
    key: str
    old: int
    new: int


@dataclass(frozen=True, kw_only=True)
class Exposed:
    """A number that could be worked out whatever is withheld; of publication `number`, 0 for the one prepared."""

    number: int
    measure: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A publication before it is one."""

    plan: Plan
    values: Mapping[str, Mapping[str, int]]
    states: Mapping[str, Mapping[str, State]]  # ABSENT for what is not published
    exposed: tuple[Exposed, ...]  # while there are any, nothing may be published
    known: tuple[Exposed, ...]  # withheld now, but an earlier publication showed the same number
    differences: tuple[Difference, ...]


def prepare(plan: Plan, detail: Detail, earlier: Sequence[Snapshot]) -> Prepared:
    """Work out what a publication would hold, looked at together with everything published earlier."""
    values = {measure: detail.numbers(measure) for measure in plan.measures}
    relevant = _that_share_numbers(values, earlier)
    table, owners = build_table(plan, detail, values, relevant)
    keys = [arc.key for arc in table.network.arcs]
    lost = _given_away(relevant) | _shown_before(values, relevant)
    known = {
        (layer, place)
        for layer, owner in enumerate(owners)
        for place, key in enumerate(keys)
        if (*owner, key) in lost
    }
    spots = [
        Exposed(number=owners[one][0], measure=owners[one][1], key=keys[at])
        for one, at in protect(table, owners, known).exposed
    ]
    states = {
        measure: dict(zip(keys, table.layers[number].states, strict=True))
        for number, (snapshot, measure) in enumerate(owners)
        if not snapshot
    }
    return Prepared(
        plan=plan,
        values=values,
        states=states,
        exposed=tuple(spots),
        known=tuple(_known(values, states, earlier)),
        differences=tuple(_differences(plan, values, states, earlier)),
    )


def build_table(
    plan: Plan, detail: Detail, values: Mapping[str, Mapping[str, int]], earlier: Sequence[Snapshot]
) -> tuple[Table, list[Owner]]:
    """Everything that is looked at together: each measure of each publication a layer over the same network."""
    owners: list[Owner] = [(0, measure) for measure in values]
    owners += [(one.number, measure) for one in earlier for measure in MEASURES if measure in one.values]
    snapshots = {one.number: one for one in earlier}
    numbers = [
        dict(snapshots[number].values[measure] if number else values[measure]) for number, measure in owners
    ]
    keys = complete(numbers)
    is_crossed = plan.is_crossed or any(one.is_crossed for one in earlier)
    network = build_network(trees_of(keys), crossing_of(keys) if is_crossed else None)
    layers = []
    for (number, measure), known in zip(owners, numbers, strict=True):
        snapshot = snapshots.get(number)
        states = [
            snapshot.told(measure, arc.key) if snapshot else _first(plan, detail, arc.key, known[arc.key])
            for arc in network.arcs
        ]
        layers.append(
            Layer(
                f"{number} {measure}",
                snapshot.threshold if snapshot else plan.threshold,
                [known[arc.key] for arc in network.arcs],
                states,
                is_frozen=snapshot is not None,
            )
        )
    relations = list(_relations(owners, layers, network))
    return Table(
        network, layers, relations, list(_choices(owners, sorted({number for number, _ in owners})))
    ), owners


def _first(plan: Plan, detail: Detail, key: str, value: int) -> State:
    if not is_published(plan, key, detail.host_key):
        return State.ABSENT
    return first_state(value, plan.threshold)


def _given_away(earlier: Sequence[Snapshot]) -> set[tuple[int, str, str]]:
    """What an earlier publication withheld although one before it showed it: nothing that is withheld now changes that."""
    return {
        (late.number, measure, key)
        for late in earlier
        for measure, told in late.states.items()
        for key, state in told.items()
        if state not in (State.SHOWN, State.ABSENT)
        and any(_showed(one, measure, key, late.values) for one in earlier if one.number < late.number)
    }


def _shown_before(
    values: Mapping[str, Mapping[str, int]], earlier: Sequence[Snapshot]
) -> set[tuple[int, str, str]]:
    """Numbers of the new publication that an earlier one showed: whoever remembers it knows them."""
    return {
        (0, measure, key)
        for measure, known in values.items()
        for key in known
        if any(_showed(one, measure, key, values) for one in earlier)
    }


def _showed(snapshot: Snapshot, measure: str, key: str, values: Mapping[str, Mapping[str, int]]) -> bool:
    """Whether an earlier publication showed a number that is the same in these values."""
    if measure not in snapshot.values or snapshot.told(measure, key) is not State.SHOWN:
        return False
    return snapshot.values[measure].get(key, 0) == values[measure].get(key, 0)


def _that_share_numbers(
    values: Mapping[str, Mapping[str, int]], earlier: Sequence[Snapshot]
) -> list[Snapshot]:
    """The earlier publications that hold a number which is the same now, or the same in one of these."""
    found: list[Snapshot] = []
    known = [values]
    while known:
        one = known.pop()
        more = [snapshot for snapshot in earlier if snapshot not in found and _shares(one, snapshot.values)]
        found += more
        known += [snapshot.values for snapshot in more]
    return sorted(found, key=lambda snapshot: snapshot.number)


def _shares(one: Mapping[str, Mapping[str, int]], other: Mapping[str, Mapping[str, int]]) -> bool:
    return any(
        value and other.get(measure, {}).get(key) == value
        for measure, known in one.items()
        for key, value in known.items()
    )


def _relations(owners: Sequence[Owner], layers: Sequence[Layer], network: Network) -> Iterator[Relation]:
    """Within a publication no measure above the wider one, across publications the same where nothing changed."""
    for one, (number, measure) in enumerate(owners):
        for other, (its_number, its_measure) in enumerate(owners):
            if one == other:
                continue
            pairs = list(zip(range(len(network.arcs)), layers[one].values, layers[other].values, strict=True))
            if measure == its_measure:
                yield Relation(one, other, frozenset(place for place, mine, its in pairs if mine == its))
            elif number == its_number and MEASURES.index(measure) > MEASURES.index(its_measure):
                yield Relation(one, other, frozenset(place for place, mine, its in pairs if mine <= its))


def _choices(owners: Sequence[Owner], numbers: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Any measures together, in one publication or in several that follow each other; small choices first."""
    numbers = sorted(numbers, key=lambda number: number or float("inf"))
    measures = [name for name in MEASURES if any(name == measure for _, measure in owners)]
    seen = set()
    for width in range(1, len(numbers) + 1):
        for start in range(len(numbers) - width + 1):
            window = set(numbers[start : start + width])
            for chosen in range(1, 2 ** len(measures)):
                names = {name for place, name in enumerate(measures) if chosen >> place & 1}
                layers = tuple(
                    place
                    for place, (number, measure) in enumerate(owners)
                    if number in window and measure in names
                )
                if layers and layers not in seen:
                    seen.add(layers)
                    yield layers


def _known(
    values: Mapping[str, Mapping[str, int]],
    states: Mapping[str, Mapping[str, State]],
    earlier: Sequence[Snapshot],
) -> Iterator[Exposed]:
    for measure, told in states.items():
        for key, state in told.items():
            if state in (State.SHOWN, State.ABSENT) or not values[measure].get(key):
                continue
            for one in earlier:
                if _showed(one, measure, key, values):
                    yield Exposed(number=one.number, measure=measure, key=key)


def _differences(
    plan: Plan,
    values: Mapping[str, Mapping[str, int]],
    states: Mapping[str, Mapping[str, State]],
    earlier: Sequence[Snapshot],
) -> Iterator[Difference]:
    """Numbers shown then and now that moved by less than the threshold; the latest publication first."""
    for one in sorted(earlier, key=lambda snapshot: -snapshot.number):
        for measure, told in states.items():
            if measure not in one.values:
                continue
            for key, state in told.items():
                old, new = one.values[measure].get(key, 0), values[measure].get(key, 0)
                is_small = 0 < abs(new - old) < plan.threshold
                if state is State.SHOWN and is_small and one.told(measure, key) is State.SHOWN:
                    yield Difference(number=one.number, measure=measure, key=key, old=old, new=new)


def may_tell_countries(prepared: Prepared, measure: str, countries: int) -> bool:
    """Whether the number of countries gives nothing away.

    Beside a table of countries it tells what anybody can count there, unless some are left out with their zeros. Without
    one it must not be as large as the number of people counted under a country: everybody would be alone there.
    """
    states = prepared.states[measure]
    places = {key: state for key, state in states.items() if key.startswith("p|") and key.count("|") == 2}
    if State.FOLDED in places.values():
        return False
    if prepared.plan.places == "country":
        return True
    people = sum(prepared.values[measure].get(key, 0) for key in places)
    return people > countries
