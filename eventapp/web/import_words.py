"""The words that a list may use, from the wording of the pages in all four languages; made once per process."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from eventapp.errors import message
from eventapp.rules.import_words import TAKEN, Words, fold, index
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.web.labels import label, labels
from eventapp.web.locale import LANGUAGE_NAMES
from eventapp.web.typed import speaking, translate

# What a column is called in the template: as on the form of registration, where that has a field of it.
_TITLES: Final[Mapping[str, str]] = {
    "country": "country_code",
    "seat_country": "seat_country_code",
    "sector": "sector_code",
}
# Babel's own names are not kept in the memory of a worker.
_LANGUAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("anglais", "inglés", "الإنكليزية", "الإنجليزية", "إنجليزي"),
    "fr": ("French", "francés", "الفرنسية", "فرنسي"),
    "es": ("Spanish", "espagnol", "castellano", "الإسبانية", "إسباني"),
    "ar": ("Arabic", "arabe", "árabe", "عربي"),
}
_YES: Final = (message("yes"), "1", "true", "x")
_NO: Final = (message("no"), "0", "false", "-")


def title(name: str) -> str:
    """The heading of a column in the template, in the language of the request."""
    return label("registration_field", _TITLES.get(name, name))


@lru_cache(maxsize=1)
def words() -> Words:
    """Headings, roles, languages, yes and no; what the template calls a column comes before any other name for it."""
    headings: dict[str, str] = {}
    for pairs in (_export_titles(), _template_titles()):
        headings |= index(pairs)
    return Words(
        headings=headings,
        roles=index(_of_labels("role")),
        represents=index(_of_labels("represents")) | {"state": "country", "etat": "country"},
        languages=index(_languages()),
        answers={fold(word): "1" for word in _in_all(_YES)} | {fold(word): "" for word in _in_all(_NO)},
    )


def _template_titles() -> Iterator[tuple[str, str]]:
    for code in LANGUAGES:
        with speaking(code):
            yield from ((title(name), name) for name in TAKEN)


def _export_titles() -> Iterator[tuple[str, str]]:
    for code in LANGUAGES:
        with speaking(code):
            for name, text in labels("delegate_column"):
                yield text, name
                yield f"{text} ({name})", name


def _of_labels(kind: str) -> Iterator[tuple[str, str]]:
    for code in LANGUAGES:
        with speaking(code):
            for word, text in labels(kind):
                yield text, word
                yield word, word


def _languages() -> Iterator[tuple[str, str]]:
    for code in LANGUAGES:
        yield code, code
        yield LANGUAGE_NAMES[code], code
        for name in _LANGUAGES[code]:
            yield name, code


def _in_all(texts: tuple[str, ...]) -> Iterator[str]:
    for code in LANGUAGES:
        with speaking(code):
            for text in texts:
                yield text
                yield translate(text)
