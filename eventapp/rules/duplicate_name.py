"""A person's name as it is compared: its parts in any order, as they are written, as they sound, and their consonants.

What another script reads like in Latin letters is told by whoever calls (`adapters/likeness`). All of this only finds
people to look at; nobody is ever taken for somebody else by it.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

MOST_PARTS: Final = 6
PARTICLES: Final = frozenset(
    [
        "al",
        "el",
        "ul",
        "as",
        "ash",
        "at",
        "an",
        "bin",
        "ibn",
        "bint",
        "ben",
        "de",
        "da",
        "do",
        "dos",
        "das",
        "del",
        "della",
        "di",
        "du",
        "la",
        "le",
        "los",
        "las",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "ten",
        "zu",
        "zur",
        "und",
    ]
)
# Typed in front of a name or behind it, and no part of it.
TITLES: Final = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "prof",
        "professor",
        "sir",
        "eng",
        "ing",
        "phd",
        "jr",
        "sr",
        "ii",
        "iii",
        "mme",
        "mlle",
        "sra",
        "he",
        "hon",
        "amb",
    ]
)
_SERVANT: Final = frozenset(["abd", "abdu", "abdul", "abdel", "abdal", "abdur", "abdour", "abdoul", "bd"])
_SERVANT_JOINED: Final = re.compile(r"^abd(?:[aeiu]|ou)(?:l|([rsnztd])(?=\1))(?=.{2})")
_FATHER: Final = frozenset(["abu", "abou", "abo", "bw"])
_COMPOUND: Final = frozenset(
    ["欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "東方", "东方", "남궁", "황보", "제갈", "선우"]
)
_ARTICLE: Final = re.compile(r"^(?:al|el)(?=[a-z]{4})")
_ABJAD: Final = re.compile("[\u0590-\u07bf\u0860-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_NOT_LATIN: Final = re.compile(
    "[\u0370-\u1cff\u2c00-\ua71f\ua800-\uaaff\uabc0-\ufaff\ufb13-\ufdff\ufe70-\ufefe]"
)
_ONE_SIGN_A_SYLLABLE: Final = re.compile("^[\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]{2,5}$")
_ARABIC_ALIKE: Final = str.maketrans("أإآٱىةگکی", "اااايهككي", "ـ")  # letters of one sound
# One way to write what languages write differently, in this order.
_SOUNDS: Final = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        ("^x", "s"),
        ("x", "ks"),
        ("shch", "sh"),
        ("tsch|tch", "ch"),
        ("sch", "sh"),
        ("dzh|zh|dj", "j"),
        ("ph", "f"),
        ("ck|kh|qu|q", "k"),
        ("th", "t"),
        ("dh", "d"),
        ("gh", "g"),
        ("c(?=[eiy])", "s"),
        ("c(?!h)", "k"),
        ("z", "s"),
        ("w", "v"),
        ("ou|oo", "u"),
        ("([aou])e", r"\1"),
        ("[yje]", "i"),
        ("o", "u"),
        (r"(.)\1+", r"\1"),
        ("(?<=..)h$", ""),
    )
)
_VOWELS: Final = str.maketrans("", "", "aiu")
_COARSE: Final = str.maketrans("pvg", "bfk", "h")

ToLatin = Callable[[str], str]
Similarity = Callable[[str, str], float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of a name in small Latin letters, with all that it is compared by; made by `part_of`."""

    plain: str
    is_abjad: bool  # written in a script that leaves vowels out
    sound: (
        str  # one spelling for what sounds much alike: Yulia and Julia are one, Mohammed and Muhammad nearly
    )
    bones: str  # the consonants alone, which is what Arabic and Hebrew write
    bare: "Part | None"  # without an article that was written in one with it (Alhussein)
    blocks: tuple[
        str, ...
    ]  # coarse keys of which parts that are written differently share one; none is empty


@lru_cache(maxsize=16384)  # the same names come again and again
def part_of(plain: str, *, is_abjad: bool = False) -> Part:
    """A part of a name, read."""
    sound = _sound(plain, is_abjad=is_abjad)
    bones = sound.translate(_VOWELS)
    bare = part_of(plain[2:]) if not is_abjad and _ARTICLE.match(plain) else None
    own = bones.translate(_COARSE) or sound or plain
    return Part(
        plain=plain,
        is_abjad=is_abjad,
        sound=sound,
        bones=bones,
        bare=bare,
        blocks=(own, *(bare.blocks if bare else ())),
    )


def _sound(text: str, *, is_abjad: bool) -> str:
    if is_abjad:  # inside a word these two letters mostly stand for vowels
        text = text[:1] + text[1:].replace("w", "").replace("y", "")
        text = text.replace("zh", "sh")  # two letters there
    for pattern, written in _SOUNDS:
        text = pattern.sub(written, text)
    return text


@dataclass(frozen=True)
class NameShape:
    """A name ready to be compared: family name first, then given names."""

    family: tuple[Part, ...]
    given: tuple[Part, ...]
    is_foreign: bool = False  # some of it was not written in Latin letters

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return (*self.family, *self.given)

    @cached_property
    def in_one(self) -> tuple[str, str]:
        """The sounds without gaps, family name first and given name first: Xiao Ming and Xiaoming are one."""
        ahead, behind = ("".join(part.sound for part in side) for side in (self.family, self.given))
        return ahead + behind, behind + ahead


def shape_of(given_name: str, family_name: str, to_latin: ToLatin) -> NameShape:
    """Read a name as it was typed, in any script; a dash stands for a part the person does not have."""
    given, family = (_bare(given_name), _bare(family_name))
    if bool(given) != bool(family):
        given, family = _split_signs(given or family)
    sides = [_parts(text, to_latin) for text in (family, given)]
    is_foreign = bool(_NOT_LATIN.search(family + given))
    return NameShape(sides[0][:MOST_PARTS], sides[1][: MOST_PARTS - len(sides[0])], is_foreign)


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return "" if folded.strip("-–— .") == "" else folded


def _split_signs(text: str) -> tuple[str, str]:
    """A whole Chinese or Korean name in one field: its family name is the first sign, or one of the known pairs."""
    if not _ONE_SIGN_A_SYLLABLE.match(text):
        return "", text
    size = 2 if text[:2] in _COMPOUND and len(text) > 2 else 1
    return text[size:], text[:size]


def _parts(text: str, to_latin: ToLatin) -> tuple[Part, ...]:
    found: list[Part] = []
    for word in text.split():
        is_abjad = bool(_ABJAD.search(word))
        latin = to_latin(_arabic(word) if is_abjad else word).casefold()
        letters = re.sub("['`’ʻʼ]", "", latin)
        found += [part_of(one, is_abjad=is_abjad) for one in re.split("[^a-z]+", letters) if one]
    kept = [part for part in found if part.plain not in PARTICLES | TITLES and not _is_son(part)]
    return tuple(_joined(kept or found))


def _is_son(part: Part) -> bool:
    """Arabic "son of" and "daughter of", which leave their vowels out."""
    return part.is_abjad and part.plain in {"bn", "bnt"}


def _arabic(word: str) -> str:
    """Without what Arabic adds to a name: marks, the article, and letters that have several forms."""
    plain = "".join(letter for letter in word if not unicodedata.combining(letter)).translate(_ARABIC_ALIKE)
    servant = re.match("^عبد(?=.{2})", plain)
    rest = plain[3:] if servant else plain
    if rest.startswith("ال") and len(rest) >= 4:
        rest = rest[2:]
    return ("عبد" if servant else "") + rest


def _joined(parts: Sequence[Part]) -> list[Part]:
    """Names of two words that are one: Abdul Rahman, Abdurrahman and Abd al-Rahman; Abu Bakr."""
    found: list[Part] = []
    waiting: Part | None = None
    for part in parts:
        if waiting is not None:
            start = "abd" if waiting.plain in _SERVANT and not waiting.is_abjad else waiting.plain
            found.append(part_of(start + part.plain, is_abjad=part.is_abjad))
            waiting = None
        elif part.plain in _SERVANT | _FATHER:
            waiting = part
        else:
            found.append(part_of(_SERVANT_JOINED.sub("abd", part.plain), is_abjad=part.is_abjad))
    return [*found, waiting] if waiting is not None else found


def likeness_of_parts(one: Part, other: Part, similarity: Similarity) -> float:
    """How alike two parts are, from 0 to 1; below 0.8 they are different names."""
    if one.plain == other.plain:
        return 1.0
    if len(one.plain) == 1 or len(other.plain) == 1:  # an initial
        return 0.8 if one.plain[0] == other.plain[0] else 0.0
    found = _likeness(one, other, similarity)
    if one.bare and not other.bare:
        found = max(found, _likeness(one.bare, other, similarity))
    if other.bare and not one.bare:
        found = max(found, _likeness(one, other.bare, similarity))
    return found


def _likeness(one: Part, other: Part, similarity: Similarity) -> float:
    if one.is_abjad != other.is_abjad:
        return _likeness_of_bones(one.bones, other.bones, similarity)
    left, right = one.sound, other.sound
    if left == right:
        return 0.97
    short, long = (left, right) if len(left) < len(right) else (right, left)
    if len(short) < 4 or len(short) < 0.8 * len(long):  # each missing letter is a difference
        return 0.0
    found = similarity(left, right)
    if found < 0.8:
        return 0.0
    return 0.95 if one.bones == other.bones else 0.97 * found  # vowels are what people write differently


def _likeness_of_bones(one: str, other: str, similarity: Similarity) -> float:
    if one == other:
        return 0.95 if len(one) > 1 else 0.85
    found = similarity(one, other) if min(len(one), len(other)) > 3 else 0.0
    return 0.95 * found if found >= 0.8 else 0.0
