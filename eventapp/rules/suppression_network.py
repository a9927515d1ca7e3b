"""Everything that is published about a measure as one circulation: every number is an arc, every sum a node.

The total flows through one hierarchy after the other (sectors, then regions with their countries) and back. A crossing
of the first two lies between them. A change of the published numbers that keeps every sum is a circulation too, so that
whether a number can be told from the others is a question of cycles.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

TOTAL: Final = "total"
Tree = Mapping[str, str | None]  # key -> the key it is a part of; None for a part of the total
Crossing = Mapping[tuple[str, str], str]  # (key of the first tree, key of the second) -> key of the cell


@dataclass(frozen=True, slots=True)
class Arc:
    """One published number, from one sum to another."""

    key: str
    tail: int
    head: int


@dataclass(frozen=True)
class Network:
    """Arcs, where they lead, and which of them may be left out together: the parts of one sum."""

    arcs: tuple[Arc, ...]
    places: Mapping[str, int]  # key -> place of its arc
    steps: tuple[tuple[tuple[int, int, bool], ...], ...]  # node -> (arc, other end, whether along the arc)
    folds: Mapping[int, tuple[frozenset[int], ...]]  # arc -> what may be left out around it, least first
    leaves: frozenset[int]  # arcs that are no sum of others

    def wrong_sums(self, values: Sequence[int]) -> list[int]:
        """The nodes where what comes in is not what goes out; empty for numbers that add up."""
        balance = [0] * len(self.steps)
        for arc, value in zip(self.arcs, values, strict=True):
            balance[arc.tail] -= value
            balance[arc.head] += value
        return [node for node, left in enumerate(balance) if left]


class _Builder:
    def __init__(self, trees: Sequence[Tree], crossing: Crossing) -> None:
        self.arcs: list[Arc] = []
        self.nodes = 0
        self.crossing = crossing
        self.meets: dict[str, int] = {}
        self.children: list[dict[str | None, list[str]]] = []
        for tree in trees:
            found: dict[str | None, list[str]] = {}
            for key, parent in tree.items():
                found.setdefault(parent, []).append(key)
            self.children.append(found)

    def node(self) -> int:
        self.nodes += 1
        return self.nodes - 1

    def build(self) -> None:
        """Lay the trees one behind the other, the total back from the end to the start."""
        for pair in self.crossing:
            for key in pair:
                if key not in self.meets:
                    self.meets[key] = self.node()
        first = entry = self.node()
        for number, children in enumerate(self.children):
            leaving = self.node()
            is_turned = bool(self.crossing) and number == 1
            for key in children.get(None, ()):
                ends = (leaving, entry) if is_turned else (entry, leaving)
                self.lay(children, key, *ends, is_turned=is_turned)
            entry = leaving
        self.arcs.append(Arc(TOTAL, entry, first))
        for (row, column), key in self.crossing.items():
            self.arcs.append(Arc(key, self.meets[row], self.meets[column]))

    def lay(
        self, children: Mapping[str | None, list[str]], key: str, near: int, far: int, *, is_turned: bool
    ) -> None:
        """One number and its parts, between the sum it is a part of and where all parts come together again."""
        far = self.meets.get(key, far)
        parts = children.get(key, ())
        end = self.node() if parts else far
        self.arcs.append(Arc(key, end, near) if is_turned else Arc(key, near, end))
        for part in parts:
            self.lay(children, part, end, far, is_turned=is_turned)


def build_network(trees: Sequence[Tree], crossing: Crossing | None = None) -> Network:
    """The circulation of a total with its hierarchies; a crossing joins the first two, and every leaf lies under it.

    The numbers where the trees cross may have parts of their own: these lie in a row with them, so that each number is
    still one arc between two sums.
    """
    crossing = crossing or {}
    for number, tree in enumerate(trees[:2] if crossing else ()):
        _check_covered(tree, {pair[number] for pair in crossing})
    builder = _Builder(trees, crossing)
    builder.build()
    arcs = tuple(builder.arcs)
    places = {arc.key: place for place, arc in enumerate(arcs)}
    if len(places) != len(arcs):
        raise ValueError("two numbers have one key")
    steps: list[list[tuple[int, int, bool]]] = [[] for _ in range(builder.nodes)]
    for place, arc in enumerate(arcs):
        steps[arc.tail].append((place, arc.head, True))
        steps[arc.head].append((place, arc.tail, False))
    sums = {TOTAL, *(parent for tree in trees for parent in tree.values()), *builder.meets}
    leaves = frozenset(place for key, place in places.items() if key not in sums)
    return Network(arcs, places, tuple(map(tuple, steps)), _folds(trees, crossing, places), leaves)


def _check_covered(tree: Tree, crossed: set[str]) -> None:
    inner = set(tree.values())
    for key in tree:
        line = list(_upwards(tree, key))
        meeting = [one for one in line if one in crossed]
        if len(meeting) > 1 or (not meeting and key not in inner):
            raise ValueError(f"{key} must lie under exactly one number that is crossed")


def _upwards(tree: Tree, key: str) -> Iterator[str]:
    """A number, the one it is a part of, and so on."""
    above: str | None = key
    while above is not None:
        yield above
        above = tree[above]


def _folds(
    trees: Sequence[Tree], crossing: Crossing, places: Mapping[str, int]
) -> dict[int, tuple[frozenset[int], ...]]:
    """For each number the groups that may be left out for its sake: its siblings with all their parts, then wider."""
    crossed = frozenset(places[key] for key in crossing.values())
    rows: dict[str, set[int]] = {}
    for (row, _), key in crossing.items():
        rows.setdefault(row, set()).add(places[key])
    wholes = [
        frozenset(map(places.__getitem__, tree)) | (crossed if number < 2 else frozenset())
        for number, tree in enumerate(trees)
    ]
    everything = frozenset(place for key, place in places.items() if key != TOTAL)
    last = (*wholes, everything)
    found: dict[int, tuple[frozenset[int], ...]] = {
        places[key]: (frozenset(rows[row]), crossed, *last) for (row, _), key in crossing.items()
    }
    found[places[TOTAL]] = last
    for number, tree in enumerate(trees):
        below: dict[str | None, set[int]] = {}
        for key in tree:
            for one in _upwards(tree, key):
                below.setdefault(tree[one], set()).add(places[key])
        for key in tree:
            around = [frozenset(below[tree[one]]) for one in _upwards(tree, key)][:-1]
            inner = (crossed,) if crossed and number < 2 else ()
            found[places[key]] = (*around, *inner, wholes[number], *last)
    return found
