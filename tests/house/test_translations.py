"""The catalogues are complete: every text of the code in every language, none fuzzy, none left over."""

import re
from gettext import c2py
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.house.test_sizes import PACKAGE

KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "message": None,
    "translate": None,
    "translate_plural": (1, 2),
    "Refused": None,
    "Conflict": None,
    "Closed": None,
    "NotFound": None,
    "DomainError": None,
    "message_of": ((1, "c"), 2),
    "translate_of": ((1, "c"), 2),
    "pgettext": ((1, "c"), 2),
}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
OPTIONS = {"templates/**.html": {"trimmed": "true"}, "templates/**.txt": {"trimmed": "true"}}


def texts_of_the_code() -> set:
    found = extract_from_dir(str(PACKAGE), METHODS, OPTIONS, KEYWORDS)
    return {(context, text) for _, _, text, _, context in found}


@pytest.fixture(scope="module")
def wanted() -> set:
    return texts_of_the_code()


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
def test_catalogue_is_complete(language: str, wanted: set):
    path = PACKAGE / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    forms = {"fr": 2, "es": 2, "ar": 6}[language]
    problems = []
    known = set()
    for entry in catalogue:
        if not entry.id:
            continue
        known.add((entry.context, tuple(entry.id) if isinstance(entry.id, list | tuple) else entry.id))
        strings = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
        if entry.fuzzy or not all(strings) or (entry.pluralizable and len(strings) != forms):
            problems.append(f"not translated: {entry.id!r}")
        wanted_names = placeholders(entry.id[-1] if entry.pluralizable else entry.id)
        for string in strings:
            missing = wanted_names - placeholders(string) - ({"num"} if entry.pluralizable else set())
            if string and (missing or placeholders(string) - wanted_names):
                problems.append(f"placeholders differ: {entry.id!r} -> {string!r}")
    in_plurals = {
        (context, text[0]) for context, text in known if isinstance(text, tuple)
    }  # one entry serves both uses of a word
    problems += [f"missing: {text!r}" for text in wanted - known - in_plurals]
    problems += [f"left over: {text!r}" for text in known - wanted]
    assert not problems, "\n".join(problems[:60])


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", text))


def test_catalogues_lie_where_they_are_looked_for():
    assert {path.name for path in (PACKAGE / "translations").iterdir() if path.is_dir()} == {"fr", "es", "ar"}
    assert Path(PACKAGE / "translations" / "ar").is_dir()


def test_french_signs_stay_with_their_words():
    """A sign that stands apart in French never begins a line: the space before it does not break."""
    with (PACKAGE / "translations/fr/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file, locale="fr")
    texts = [
        one
        for entry in catalogue
        if entry.id
        for one in (entry.string if isinstance(entry.string, tuple | list) else (entry.string,))
    ]
    assert not [text for text in texts if re.search(r"\S [:;?!»]|« ", text)]


def test_arabic_counts_from_eleven_on_take_the_accusative():
    """Between 11 and 99 the counted noun is singular and accusative: "20 شخصا", never "20 شخص"; with whole hundreds it is genitive.

    The fifth form is that of 11 to 99, as the usual order has it and not as Babel has it when it begins a catalogue.
    """
    bare = re.compile(
        r"%\((?:num|count|value|people)\)s (بلد|شخص|إقليم|عنصر|مشارك|متكلم|تسجيل|مكان|يوم|رقم)(?=[\s.,،:؛»)]|$)"
    )
    accusative = re.compile(r"%\((?:num|count|value|people)\)s \S+?(ًا|اً|ا)(?=[\s.,،:؛»)]|$)")
    catalogue = read_po((PACKAGE / "translations/ar/LC_MESSAGES/messages.po").open("rb"), locale="ar")
    chosen = c2py(catalogue.plural_expr)
    assert [chosen(count) for count in (0, 1, 2, 3, 10, 11, 99, 100, 102, 103, 111)] == [
        *(0, 1, 2, 3, 3, 4, 4, 5, 5, 3, 4)
    ]
    plurals = [one.string for one in catalogue if one.id and one.pluralizable]
    assert not [forms[4] for forms in plurals if bare.search(forms[4])]
    assert not [forms[5] for forms in plurals if accusative.search(forms[5])]
