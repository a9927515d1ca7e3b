"""People who may be the same, among thousands: RapidFuzz measures, anyascii reads other scripts in Latin letters.

To use it: `describe` every person once, then `search` the lot, or only those that are new among the known:

    people = [describe(1, given_name="Ana", family_name="Silva", body="country:BR"), ...]
    for step in search(people):                      # everybody with everybody
    for step in search(people, only={17, 18}):       # these two with everybody, and with each other
        step.done, step.found                        # people looked at so far; pairs since the last step

Both libraries are loaded by the first call, never when a worker starts. For a whole edition a worker calls
`search_apart`: a process of its own compares, and takes what it needed of memory along when it ends.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from eventapp.adapters.own_process import make_file, workplace
from eventapp.rules.duplicate import Likeness, Traits, compare, last_digits
from eventapp.rules.duplicate_name import Similarity, shape_of

STEP: Final = 100
LONGEST_SECONDS: Final = 300.0
MOST_ALIKE: Final = 20  # of one person: whoever is alike with more is found by way of these

# Key, given name, family name, e-mail, phone, body: what `describe` takes, in this order.
Line = tuple[int, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who may be one, by the keys the caller gave them."""

    first: int
    second: int
    likeness: Likeness


@dataclass(frozen=True)
class Step:
    """How many people have been looked at, and whom that found."""

    done: int
    found: Sequence[Pair]


def to_latin(text: str) -> str:
    """A text of any script in ASCII letters."""
    if text.isascii():
        return text
    from anyascii import anyascii

    return anyascii(text)


def similarity() -> Similarity:
    """How alike two words are, from 0 to 1, a swap of neighbours being one difference."""
    from rapidfuzz.distance import OSA

    return OSA.normalized_similarity


def describe(
    key: int, *, given_name: str, family_name: str, email: str = "", phone: str = "", body: str = ""
) -> Traits:
    """A person as `search` compares them. `body` is any word that people of one country or organisation share."""
    return Traits(
        key=key,
        shape=shape_of(given_name, family_name, to_latin),
        email=email.strip().casefold(),
        phone=last_digits(phone),
        body=body,
    )


class Known:
    """The people met so far, found again by the keys that `rules/duplicate` makes: few are compared with few."""

    def __init__(self) -> None:
        self._people: list[Traits] = []
        self._by_key: dict[tuple[str, ...], list[int]] = defaultdict(list)
        # Body and part of the name: for pairs of which one has a single name.
        self._by_body: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._lone_by_body: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._measure = similarity()

    def alike(self, person: Traits) -> Iterator[Pair]:
        """Whoever of them may be the same person, the latest first."""
        of_body = self._by_body if person.is_lone else self._lone_by_body
        places = {at for key in person.blocks for at in self._by_key.get(key, ())}
        places |= {at for key in person.body_blocks for at in of_body.get(key, ())}
        count = 0
        for at in sorted(places, reverse=True):
            likeness = compare(self._people[at], person, self._measure)
            if likeness is not None:
                yield Pair(self._people[at].key, person.key, likeness)
                count += 1
                if count == MOST_ALIKE:
                    return

    def add(self, person: Traits) -> None:
        """From now on somebody may be the same as this person."""
        at = len(self._people)
        self._people.append(person)
        for key in person.blocks:
            self._by_key[key].append(at)
        for key in person.body_blocks:
            self._by_body[key].append(at)
            if person.is_lone:
                self._lone_by_body[key].append(at)


def search(people: Iterable[Traits], only: Collection[int] | None = None) -> Iterator[Step]:
    """Every pair that may be one person, in steps of some people; with `only`, pairs with at least one of these."""
    known, wanted = Known(), None if only is None else set(only)
    todo: list[Traits] = []
    for person in people:
        if wanted is None or person.key in wanted:
            todo.append(person)
        else:
            known.add(person)
    found: list[Pair] = []
    for count, person in enumerate(todo, start=1):
        found += known.alike(person)
        known.add(person)
        if count % STEP == 0 or count == len(todo):
            yield Step(count, found)
            found = []


def search_apart(
    folder: Path,
    people: Iterable[Line],
    only: Collection[int] | None = None,
    *,
    told: Callable[[int], None] = lambda _: None,
    choose: Callable[[Iterator[Pair]], Sequence[Pair]] = list,
) -> Sequence[Pair]:
    """The same in a process of its own; `told` hears how many of those who are looked at have been handed over.

    `choose` takes what is wanted from the pairs as they are read: thousands of people may be half a million pairs.
    Raises MakingError if the process fails. Names go through a pipe; no file holds them.
    """
    with workplace(folder) as inside:
        target = inside / "pairs"
        lines = _lines(people, only, told)
        make_file(target, "likeness_searching.py", lines, seconds=LONGEST_SECONDS)
        with target.open("rb") as found:
            return choose(_pairs(found))


def _pairs(lines: Iterable[bytes]) -> Iterator[Pair]:
    """Thousands of pairs are alike in a few ways: each way stands in memory once."""
    ways: dict[Likeness, Likeness] = {}
    for line in lines:
        first, second, score, reasons = json.loads(line)
        likeness = Likeness(score, tuple(reasons))
        yield Pair(first, second, ways.setdefault(likeness, likeness))


def _lines(
    people: Iterable[Line], only: Collection[int] | None, told: Callable[[int], None]
) -> Iterator[bytes]:
    """A line for each person, with whether they are looked at; those who only are known come first."""
    wanted = None if only is None else set(only)
    waiting = []
    done = 0
    for one in people:
        if wanted is None:
            yield _line(one, is_wanted=True)
            done += 1
            if done % STEP == 0:
                told(done)
        elif one[0] in wanted:
            waiting.append(one)
        else:
            yield _line(one, is_wanted=False)
    for one in waiting:
        yield _line(one, is_wanted=True)


def _line(one: Line, *, is_wanted: bool) -> bytes:
    return json.dumps([is_wanted, *one], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
