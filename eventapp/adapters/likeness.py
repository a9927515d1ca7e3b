"""People who may be the same, among thousands: RapidFuzz measures, anyascii reads other scripts in Latin letters.

To use it: `describe` every person once, then `search` the lot, or only those that are new among the known:

    people = [describe(1, given_name="Ana", family_name="Silva", body="country:BR"), ...]
    for step in search(people):                      # everybody with everybody
    for step in search(people, only={17, 18}):       # these two with everybody, and with each other
        step.done, step.found                        # people looked at so far; pairs since the last step

Both libraries are loaded by the first call, never when a worker starts.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from eventapp.rules.duplicate import Likeness, Traits, compare, last_digits
from eventapp.rules.duplicate_name import Similarity, shape_of

STEP: Final = 100


@dataclass(frozen=True)
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


def search(people: Sequence[Traits], only: Collection[int] | None = None) -> Iterator[Step]:
    """Every pair that may be one person, in steps of some people; with `only`, pairs with at least one of these.

    Not everybody is compared with everybody: only people who share one of the keys that `rules/duplicate` makes.
    """
    blocks, wanted = _index(people), None if only is None else set(only)
    todo = [at for at, person in enumerate(people) if wanted is None or person.key in wanted]
    measure, found = similarity(), list[Pair]()
    for count, at in enumerate(todo, start=1):
        person = people[at]
        for other in sorted({other for key in _keys(person) for other in blocks.get(key, ())}):
            # Each pair is compared once: when the first of its two people has a turn.
            if other == at or (other < at and (wanted is None or people[other].key in wanted)):
                continue
            likeness = compare(person, people[other], measure)
            if likeness is not None:
                found.append(Pair(person.key, people[other].key, likeness))
        if count % STEP == 0 or count == len(todo):
            yield Step(count, found)
            found = []


def _keys(person: Traits) -> Collection[tuple[str, ...]]:
    return person.blocks | person.body_blocks


def _index(people: Sequence[Traits]) -> dict[tuple[str, ...], list[int]]:
    """Where to find whoever has a key. Bodies count only where somebody of the body has a single name, the one in question."""
    lone = {key for person in people if len(person.shape.parts) == 1 for key in person.body_blocks}
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, person in enumerate(people):
        for key in (*person.blocks, *(person.body_blocks & lone)):
            found[key].append(at)
    return found
