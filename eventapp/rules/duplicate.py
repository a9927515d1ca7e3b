"""Whether two registrations may be one person's: by their names, and by what else they share. Somebody looks at each pair."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Final

from eventapp.rules.duplicate_name import NameShape, Similarity, likeness_of_parts

# Why two registrations are alike, in the order in which they are said.
REASONS: Final = (
    "same_name",
    "order",
    "spelling",
    "transliteration",
    "fewer_names",
    "one_name",
    "email",
    "phone",
    "body",
)
ALIKE: Final = 0.8  # from here on two parts may be the same name
IN_ONE: Final = 0.9  # from here on two names without their gaps may be the same
STRONG: Final = 0.9  # from here on the name alone is enough
SURE_LENGTH: Final = 7  # consonants that a name read from another script needs to be enough alone
PHONE_DIGITS: Final = 9


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What is compared of a person; `key` is whatever the caller knows the person by."""

    key: int
    shape: NameShape
    email: str = ""
    phone: str = ""  # its last digits
    body: str = ""  # one word for whom the person represents

    @property
    def is_lone(self) -> bool:
        """Whether the person has a single name."""
        return len(self.shape.parts) == 1

    @cached_property
    def blocks(self) -> frozenset[tuple[str, ...]]:
        """Keys of which two people share at least one, if they may be the same."""
        parts = [part.blocks for part in self.shape.parts]
        found: set[tuple[str, ...]] = {
            (one, other[0])
            for place, ones in enumerate(parts)
            for at, others in enumerate(parts)
            if at != place
            for one, other in product(ones, others)
        }
        found |= {("one", text) for text in self.shape.in_one if text}
        found |= {(kind, text) for kind, text in (("email", self.email), ("phone", self.phone)) if text}
        return frozenset(found)

    @cached_property
    def body_blocks(self) -> frozenset[tuple[str, ...]]:
        """Body and part of the name, for people who have a single name."""
        if not self.body:
            return frozenset()
        return frozenset(("body", self.body, block) for part in self.shape.parts for block in part.blocks)


@dataclass(frozen=True)
class Likeness:
    """How alike two people are, of 100, and why, as words of `REASONS`."""

    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _NameLikeness:
    value: float
    reasons: frozenset[str]
    is_strong: bool = False
    is_whole: bool = False  # every part of the shorter name was found in the other one


def last_digits(phone: str) -> str:
    """What two ways to write one number share; nothing where there are too few digits."""
    digits = "".join(letter for letter in phone if letter.isdecimal() and letter.isascii()).lstrip("0")
    return digits[-PHONE_DIGITS:] if len(digits) >= 7 else ""


def compare(one: Traits, other: Traits, similarity: Similarity) -> Likeness | None:
    """Why two people may be the same, or None.

    A name that is clearly the same is enough. One that is nearly the same wants the same body, address or number
    beside it. A single shared part wants the same address or number: families and focal points share these as well.
    """
    has_contact = one.email == other.email != "" or one.phone == other.phone != ""
    if not has_contact and _lacks_a_part(one.shape, other.shape, similarity):
        return None
    name = _compare_names(one.shape, other.shape, similarity)
    if name is None:
        return None
    shared = {
        word
        for word, left, right in (
            ("email", one.email, other.email),
            ("phone", one.phone, other.phone),
            ("body", one.body, other.body),
        )
        if left and left == right
    }
    personal = shared & {"email", "phone"}
    if not (personal or name.is_strong or (shared and name.is_whole)):
        return None
    apart = bool(one.body and other.body and "body" not in shared)
    score = 80 * name.value + 5 * ("body" in shared) + 10 * bool(personal) + 5 * (len(personal) == 2)
    reasons = name.reasons | shared
    return Likeness(
        max(1, min(100, round(score - 5 * apart))), tuple(word for word in REASONS if word in reasons)
    )


def _lacks_a_part(one: NameShape, other: NameShape, similarity: Similarity) -> bool:
    """Whether a part of the shorter name is in no way in the other one: most pairs that share a key end here."""
    few, many = (one, other) if len(one.parts) <= len(other.parts) else (other, one)
    for part in few.parts:
        for against in many.parts:
            if likeness_of_parts(part, against, similarity) >= ALIKE:
                break
        else:
            return _compare_in_one(one, other, similarity) is None
    return not few.parts


def _compare_names(one: NameShape, other: NameShape, similarity: Similarity) -> _NameLikeness | None:
    few, many = (one, other) if len(one.parts) <= len(other.parts) else (other, one)
    if not few.parts:
        return None
    matched = dict(_match(few, many, similarity))
    if not matched:
        return _compare_in_one(one, other, similarity)
    weights = {at: len(few.parts[at].plain) for at in range(len(few.parts))}
    if len(matched) < len(few.parts):
        in_one = _compare_in_one(one, other, similarity)
        if in_one is not None:
            return in_one
        found = max(value for _, value in matched.values())
        longest = max(weights[at] for at in matched)
        enough = found >= STRONG and longest > 2
        return _NameLikeness(0.5 * found, frozenset({"one_name"})) if enough else None
    value = sum(weights[at] * found for at, (_, found) in matched.items()) / sum(weights.values())
    reasons = _reasons(few, many, matched)
    missing = len(many.parts) - len(few.parts)
    if missing:
        value -= 0.04 + 0.03 * missing
    lone = len(few.parts) == 1
    if lone and missing:
        return _NameLikeness(0.6 * value, reasons, is_whole=True)
    sure = _lacks_vowels(few) == _lacks_vowels(many) or _consonants(few) >= SURE_LENGTH
    sure = sure and (not missing or len(few.parts) > 2)
    sure = sure and not any(len(part.plain) == 1 for part in (*few.parts, *many.parts))
    return _NameLikeness(value, reasons, is_strong=value >= STRONG and sure, is_whole=True)


def _lacks_vowels(shape: NameShape) -> bool:
    return any(part.is_abjad for part in shape.parts)


def _consonants(shape: NameShape) -> int:
    return sum(len(part.bones) for part in shape.parts)


def _match(
    few: NameShape, many: NameShape, similarity: Similarity
) -> Iterator[tuple[int, tuple[int, float]]]:
    """Each part of the one with the part of the other it is most like, the surest first; no part twice."""
    found = [
        (value, -abs(place - at), place, at)
        for place, part in enumerate(few.parts)
        for at, against in enumerate(many.parts)
        if (value := likeness_of_parts(part, against, similarity)) >= ALIKE
    ]
    taken: set[int] = set()
    given: set[int] = set()
    for value, _, place, at in sorted(found, reverse=True):
        if place not in given and at not in taken:
            given.add(place)
            taken.add(at)
            yield place, (at, value)


def _reasons(few: NameShape, many: NameShape, matched: dict[int, tuple[int, float]]) -> frozenset[str]:
    reasons = set()
    order = [matched[place][0] for place in sorted(matched)]
    if order != sorted(order):
        reasons.add("order")
    if len(few.parts) < len(many.parts):
        reasons.add("fewer_names")
    if few.is_foreign != many.is_foreign:
        reasons.add("transliteration")
    elif any(value < 1 for _, value in matched.values()):
        reasons.add("spelling")
    return frozenset(reasons or {"same_name"})


def _compare_in_one(one: NameShape, other: NameShape, similarity: Similarity) -> _NameLikeness | None:
    """Names whose gaps stand elsewhere: Jean-Pierre and Jeanpierre, Xiao Ming and Xiaoming."""
    best, turned = 0.0, False
    mine, theirs = one.in_one[0], other.in_one
    short, long = sorted((len(mine), len(theirs[0])))
    if short < 6 or short < IN_ONE * long:
        return None
    for at, text in enumerate(theirs):
        found = similarity(mine, text)
        if found > best:
            best, turned = found, at == 1
    if best < IN_ONE:
        return None
    reasons = {"transliteration" if one.is_foreign != other.is_foreign else "spelling"}
    if turned:
        reasons.add("order")
    return _NameLikeness(0.97 * best, frozenset(reasons), is_strong=True, is_whole=True)
