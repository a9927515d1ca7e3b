"""Which known bodies a typed organisation may mean: by its words in any order and spelling, and by acronyms."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from eventapp.rules.duplicate_name import Similarity, ToLatin

ALIKE: Final = 0.6  # from here on a body is suggested
MOST: Final = 5
SAME_COUNTRY: Final = 0.05
# Words that hold a name together and tell nothing about whose it is.
_LINKING: Final = frozenset(
    [
        *("of", "the", "for", "and", "on", "in", "against", "de", "la", "le", "les", "des", "du", "et"),
        *("pour", "contre", "aux", "del", "los", "las", "el", "para", "y", "en", "contra", "und", "der"),
    ]
)


@dataclass(frozen=True)
class KnownName:
    """A body as it may be meant: its names in every language, its acronym, its country."""

    id: int
    names: tuple[str, ...]
    acronym: str = ""
    country_code: str | None = None


def suggest(
    typed: str,
    bodies: Iterable[KnownName],
    *,
    country_code: str | None,
    to_latin: ToLatin,
    similarity: Similarity,
) -> Sequence[int]:
    """The numbers of the bodies that a typed name may mean, the most alike first; `country_code` is that of its seat."""
    words = _words(typed, to_latin)
    if not words:
        return []
    initials = "".join(word[0] for word in words)
    found = []
    for body in bodies:
        value = max(
            _by_acronym(words, initials, _words(body.acronym, to_latin)),
            *(_by_words(words, _words(name, to_latin), similarity) for name in body.names),
        )
        if value >= ALIKE:
            value += SAME_COUNTRY * bool(country_code and country_code == body.country_code)
            found.append((-value, body.id))
    return [number for _, number in sorted(found)[:MOST]]


def _words(text: str, to_latin: ToLatin) -> tuple[str, ...]:
    latin = to_latin(unicodedata.normalize("NFKC", text)).casefold()
    latin = re.sub(r"(?<=\b[a-z])\.(?=[a-z]\b)", "", latin)  # I.O.M. is one word
    found = re.findall("[a-z0-9]+", re.sub("['`’ʻʼ]", "", latin))
    return tuple(word for word in found if word not in _LINKING) or tuple(found)


def _by_acronym(words: Sequence[str], initials: str, acronym: Sequence[str]) -> float:
    """The acronym alone, beside the name, or made of its words."""
    short = "".join(acronym)
    if len(short) < 2:
        return 0.0
    if "".join(words) == short:
        return 1.0
    if len(short) > 2 and short in words:
        return 0.9
    return 0.8 if len(short) > 2 and initials == short else 0.0


def _by_words(one: Sequence[str], other: Sequence[str], similarity: Similarity) -> float:
    """How much of both names is the same, from 0 to 1; long words count for more."""
    if not other:
        return 0.0
    left = list(other)
    same = 0.0
    for word in sorted(one, key=len, reverse=True):
        best = max(left, key=lambda known: _alike(word, known, similarity), default="")
        value = _alike(word, best, similarity) if best else 0.0
        if value:
            left.remove(best)
            same += value * (len(word) + len(best))
    return same / (sum(map(len, one)) + sum(map(len, other)))


def _alike(one: str, other: str, similarity: Similarity) -> float:
    if one == other:
        return 1.0
    if min(len(one), len(other)) < 4:
        return 0.0
    found = similarity(one, other)
    return found if found >= 0.75 else 0.0
