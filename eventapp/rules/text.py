"""Texts people type: which characters may stand, how long they may be, and which language is shown."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from eventapp.errors import Refused
from eventapp.rules.vocabulary import LANGUAGES

# Characters that reorder what stands around them: refused, since they can make a name read as another one.
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Marks that show nothing and come along when text is copied: dropped. Joiners stay, some languages need them.
_MARKS = re.compile("[\u00ad\u200b\u200e\u200f\u2060-\u2064\u061c\ufeff\U000e0000-\U000e007f]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
# Halves of pairs, what stands where bytes could not be read, and the numbers that are no character on any plane.
_BROKEN = re.compile(
    "[\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
# Letters and signs by their kind, but blank to the eye.
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
_SPACES = re.compile(r"[^\S\n]+")


@dataclass(frozen=True)
class ShownText:
    """A text as a reader gets it: in which language, and whether that is another one than asked for."""

    text: str
    language: str
    is_fallback: bool

    def __bool__(self) -> bool:
        return bool(self.text)

    def __str__(self) -> str:
        return self.text


def shown(texts: Mapping[str, str] | None, language: str) -> ShownText:
    """Pick the text in `language`; else English; else the first there is; else nothing."""
    texts = texts or {}
    if texts.get(language):
        return ShownText(texts[language], language, is_fallback=False)
    for other in LANGUAGES:
        if texts.get(other):
            return ShownText(texts[other], other, is_fallback=True)
    return ShownText("", language, is_fallback=False)


def clean_line(value: str, *, limit: int = 300) -> str:
    """One line as typed, in NFC, spaces folded; refuses characters that hide or break, and too long a line.

    The limit counts code points. Zero-width joiners stay: Persian and some Indian names need them.
    """
    text = clean_prose(value.replace("\n", " ").replace("\r", " ").replace("\t", " "), limit=limit)
    return " ".join(text.split())


def clean_prose(value: str, *, limit: int = 10_000) -> str:
    """Several lines as typed, in NFC; refuses the same characters as `clean_line`."""
    if len(value) > 4 * limit:
        raise Refused("This is too long: at most %(limit)s characters.", code="too-long", limit=limit)
    value = _MARKS.sub("", value)
    if _BROKEN.search(value) or _CONTROLS.search(value.replace("\r\n", "\n").replace("\t", " ")):
        raise Refused(
            "This contains characters that cannot be kept. Please type it again.", code="characters"
        )
    if _OVERRIDES.search(value):
        raise Refused(
            "This contains invisible characters that change the direction of text.", code="characters"
        )
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n"))
    text = "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n")).strip()
    if len(text) > limit:
        raise Refused("This is too long: at most %(limit)s characters.", code="too-long", limit=limit)
    return text


def is_visible(value: str) -> bool:
    """Whether there is a letter, a figure or a sign in it that somebody can see; joiners and accents alone are none."""
    return any(unicodedata.category(letter)[0] in "LNPS" and letter not in _BLANKS for letter in value)


def without_hidden(value: str) -> str:
    """What was typed without the characters that no page can show, so that a form can give it back."""
    for hidden in (_MARKS, _OVERRIDES, _BROKEN):
        value = hidden.sub("", value)
    return _CONTROLS.sub("", value.replace("\r\n", "\n"))


@lru_cache(maxsize=4096)  # the same few hundred names are put in order on page after page
def sort_key(*parts: str) -> str:
    """Casefolded and without accents, so that one order holds on every database; Arabic letters stay."""
    folded = unicodedata.normalize("NFKD", " ".join(part for part in parts if part)).casefold()
    return "".join(letter for letter in folded if not unicodedata.combining(letter))[:300]


def fits(typed: str, texts: Iterable[str]) -> bool:
    """Whether each word that was typed stands in one of these texts, in any order, whatever the case and the accents."""
    folded = " ".join(sort_key(text) for text in texts)
    return all(word in folded for word in sort_key(typed).split())
