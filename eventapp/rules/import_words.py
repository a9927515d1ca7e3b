"""The words of a list that is imported: headings, roles, yes and no in four languages, countries and sectors by code or name."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from eventapp.errors import Refused, message
from eventapp.rules.delegate_list import COLUMNS, NEEDS
from eventapp.rules.import_table import column_letters
from eventapp.rules.text import without_hidden

# What may be imported, in the order of the template.
TAKEN: Final = (
    "represents",
    "country",
    "organisation",
    "seat_country",
    "sector",
    "honorific",
    "given_name",
    "family_name",
    "badge_name",
    "functional_title",
    "email",
    "phone",
    "language",
    "role",
    "languages",
    "is_listed",
    "dietary_needs",
    "accessibility_needs",
)
NEEDED: Final = (
    "country",
    "organisation",
    "sector",
    "given_name",
    "family_name",
    "functional_title",
    "email",
)
KEYS: Final = ("id", "reference")
# Columns of our exports that say in words what another one says as a code; taken where that one is missing.
_IN_WORDS: Final = {"country_name": "country", "sector_name": "sector"}


def fold(text: str) -> str:
    """A word as it is compared: small letters, no accents, one kind of apostrophe and dash, spaces folded."""
    plain = without_hidden(text).replace("’", "'").replace("‘", "'").replace("–", "-").replace("_", " ")
    letters = unicodedata.normalize("NFKD", plain).casefold()
    kept = "".join(one for one in letters if not unicodedata.combining(one))
    return " ".join(kept.split()).rstrip(" *:")


def index(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Folded word -> code; a word that stands for two codes stands for neither."""
    found: dict[str, set[str]] = {}
    for word, code in pairs:
        if fold(word):
            found.setdefault(fold(word), set()).add(code)
    return {word: next(iter(codes)) for word, codes in found.items() if len(codes) == 1}


@dataclass(frozen=True, kw_only=True)
class Words:
    """Folded words of all four languages, and the codes they stand for."""

    headings: Mapping[str, str]
    roles: Mapping[str, str]
    represents: Mapping[str, str]
    languages: Mapping[str, str]
    answers: Mapping[str, str]  # yes -> "1", no -> ""


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """The words, and countries and sectors by code or name."""

    words: Words
    countries: Mapping[str, str]
    sectors: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which column of the file holds what, and what is left out."""

    places: Mapping[str, int]  # name -> column, the first being 0
    head: Sequence[str]
    left_out: Sequence[str]

    @property
    def has_key(self) -> bool:
        return any(name in self.places for name in KEYS)

    def letters(self, name: str) -> str:
        """The letters of a column; empty where the file does not have it."""
        return column_letters(self.places[name]) if name in self.places else ""

    def title(self, name: str) -> str:
        """A column's heading as it stands in the file."""
        return self.head[self.places[name]] if name in self.places else ""


def read_head(
    head: Sequence[str], words: Words, *, may_take_needs: bool = True, is_own_body: bool = False
) -> Columns:
    """Find the columns by their headings; refuses the same one twice, and a list that lacks what a new person needs.

    `is_own_body`: whom the people represent is known without the file.
    """
    places: dict[str, int] = {}
    left_out = []
    for place, text in enumerate(head):
        name = _column(text, words)
        if name in places:
            raise Refused(
                "Two columns hold the same: %(first)s and %(second)s.",
                code="import",
                first=f"{column_letters(places[name])} “{head[places[name]]}”",
                second=f"{column_letters(place)} “{text}”",
            )
        if name and not (name in NEEDS and not may_take_needs):
            places[name] = place
        elif text:
            left_out.append(f"{column_letters(place)} “{text}”")
    left_out += _settle(places, head)
    columns = Columns(places=places, head=head, left_out=left_out)
    if not columns.has_key:
        _check_needed(places, is_own_body=is_own_body)
    return columns


def _column(text: str, words: Words) -> str:
    """The column that a heading names; empty for an unknown one."""
    own = text.strip().casefold()
    if own in COLUMNS or own in TAKEN:
        return own
    return words.headings.get(fold(text), "")


def _settle(places: dict[str, int], head: Sequence[str]) -> list[str]:
    """Take names for codes where there are no codes; gives the columns that are known and not taken."""
    for name, code in _IN_WORDS.items():
        if name in places and code not in places:
            places[code] = places.pop(name)
    spare = [name for name in places if name not in TAKEN and name not in KEYS]
    found = []
    for name in spare:
        place = places.pop(name)
        found.append(f"{column_letters(place)} “{head[place]}”")
    return found


def _check_needed(places: Mapping[str, int], *, is_own_body: bool) -> None:
    missing = [name for name in NEEDED if name not in places]
    whom = {"country", "organisation"}
    if is_own_body or len(whom & set(missing)) == 1:
        missing = [name for name in missing if name not in whom]
    if missing:
        raise MissingColumnsError(missing)


class MissingColumnsError(Refused):
    """Columns without which nobody can be registered; the edge says what they are called."""

    def __init__(self, names: Sequence[str]) -> None:
        """Keep the names of the columns."""
        super().__init__(
            message("Columns are missing: %(names)s. Compare the headings with the template."),
            code="import-columns",
            names=", ".join(names),
        )
        self.names = names
