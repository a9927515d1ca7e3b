"""One row of a list becomes the answers of the registration form, or a refusal for each cell that does not hold."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from eventapp.errors import DomainError, Invalid, Refused, message
from eventapp.rules.import_words import TAKEN, Columns, Lookup, fold
from eventapp.rules.name import full_name
from eventapp.rules.registration_form import Choices, Details, read_details
from eventapp.rules.spreadsheet import unguarded

_FIELDS: Final = {
    name: "listed" if name == "is_listed" else name for name in TAKEN
}  # column -> field of the form
_COLUMNS: Final = {form: column for column, form in _FIELDS.items()}
_EXACT: Final = 10**15  # up to here a workbook keeps every digit of a whole number
_PHONE_AS_NUMBER: Final = message(
    "This telephone number is kept as a number: a leading zero or + may have been lost."
)
_BETWEEN: Final = re.compile(r"[\s,;/|]+")


@dataclass(frozen=True, kw_only=True)
class Held:
    """A registration that a row is about: what it holds, as the form would send it."""

    answers: Mapping[str, Sequence[str]]
    counted_country: str = ""  # what the export writes under "country"
    body_names: Collection[str] = frozenset()  # casefolded names of the linked body


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What holds where the file says nothing."""

    language: str
    role: str = "delegate"
    represents: str = ""  # with a country or an organisation: a delegation's own list
    country: str = ""
    organisation: str = ""


@dataclass(kw_only=True)
class ReadRow:
    """What a row says; `details` is there only when nothing is refused."""

    details: Details | None = None
    name: str = ""  # as the row has it, also where something is wrong
    problems: dict[str, DomainError] = field(default_factory=dict)  # by column
    warnings: dict[str, str] = field(default_factory=dict)


def key_of(cells: Sequence[Any], columns: Columns, name: str, *, guarded: bool) -> str:
    """The number that never changes, or the reference, in a row; empty without one."""
    cell = _cell(cells, columns, name)
    text = cell if isinstance(cell, str) else str(cell) if isinstance(cell, int | float) else ""
    return (unguarded(text) if guarded else text).strip()


def read_row(
    cells: Sequence[Any],
    columns: Columns,
    lookup: Lookup,
    choices: Choices,
    check_email: Callable[[str], str],
    *,
    defaults: Defaults,
    held: Held | None = None,
    guarded: bool = False,
) -> ReadRow:
    """Check a row by the rules of the form; what the file has no column for stays as it is held."""
    read = ReadRow()
    texts = {
        name: _text(cells, columns, name, read, guarded=guarded) for name in TAKEN if name in columns.places
    }
    read.name = full_name(*(texts.get(name, "").strip() for name in ("given_name", "family_name")))
    answers = dict(held.answers) if held else {}
    answers |= {
        _FIELDS[name]: _values(name, text, lookup)
        for name, text in texts.items()
        if name not in ("country", "represents")
    }
    if held and texts.get("organisation", "\0").casefold() in held.body_names:
        answers["organisation"] = held.answers.get("organisation", ())
    _whom(texts, answers, lookup, held, defaults)
    for name, value in (("language", defaults.language), ("role", defaults.role)):
        if not any(answers.get(name, ())):
            answers[name] = [value]
    try:
        read.details = read_details(answers, choices, check_email, agreement=False)
    except Invalid as refused:
        for name, problem in refused.problems.items():
            read.problems.setdefault(_place(name, answers, columns), problem)
    if read.problems:
        read.details = None
    return read


def _place(name: str, answers: Mapping[str, Sequence[str]], columns: Columns) -> str:
    """The column in which a refused answer stands: an export writes the seat under the country."""
    del answers
    if name == "seat_country" and "seat_country" not in columns.places:
        return "country"
    return _COLUMNS.get(name, name)


def _cell(cells: Sequence[Any], columns: Columns, name: str) -> Any:
    place = columns.places.get(name, len(cells))
    return cells[place] if place < len(cells) else ""


def _text(cells: Sequence[Any], columns: Columns, name: str, read: ReadRow, *, guarded: bool) -> str:
    """What stands in a cell as a text; a date, and a number that lost digits, are refused."""
    cell = _cell(cells, columns, name)
    if isinstance(cell, str):
        # In a telephone number an apostrophe means nothing, wherever the list has been since.
        return unguarded(cell) if guarded or name == "phone" else cell
    if isinstance(cell, bool):
        if name == "is_listed":
            return "1" if cell else "0"
        read.problems[name] = Refused(
            "There is no text in this cell. Format the column as text.", code="cell"
        )
        return ""
    if isinstance(cell, int | float):
        return _digits(cell, name, read)
    read.problems[name] = Refused(
        "This is a date or a time. Format the column as text and type it again.", code="cell"
    )
    return ""


def _digits(cell: float, name: str, read: ReadRow) -> str:
    if cell != int(cell) or abs(cell) >= _EXACT:
        read.problems[name] = Refused(
            "This is a number whose digits may have been lost. Format the column as text and type it again.",
            code="cell",
        )
        return ""
    if name == "phone":
        read.warnings[name] = _PHONE_AS_NUMBER
    return str(int(cell))


def _values(name: str, text: str, lookup: Lookup) -> list[str]:
    """A text as the form would send it: words of any language as their codes; what is no known word stays."""
    words = lookup.words
    match name:
        case "seat_country" | "country":
            return [lookup.countries.get(fold(text), text.strip())]
        case "sector":
            return [lookup.sectors.get(fold(text), text.strip())]
        case "role":
            return [words.roles.get(fold(text), text.strip())]
        case "language":
            return [words.languages.get(fold(text), text.strip())]
        case "is_listed":
            return [words.answers.get(fold(text), text)]
        case "represents":
            return [words.represents.get(fold(text), text.strip())]
        case "languages":
            parts = [part for part in _BETWEEN.split(text) if part]
            return [words.languages.get(fold(part), part) for part in parts]
    return [text]


def _whom(
    texts: Mapping[str, str],
    answers: dict[str, Sequence[str]],
    lookup: Lookup,
    held: Held | None,
    defaults: Defaults,
) -> None:
    """Whom the person represents. Under "country" our exports write the seat of an organisation as well."""
    country = _values("country", texts.get("country", ""), lookup)[0]
    told = _values("represents", texts.get("represents", ""), lookup)[0]
    if held is None and defaults.represents and not told and not country and not texts.get("organisation"):
        answers["represents"] = [defaults.represents]
        answers["country"], answers["organisation"] = [defaults.country], [defaults.organisation]
        return
    represents = told or _guess(country, texts, held, defaults)
    answers["represents"] = [represents]
    if (
        held
        and "country" in texts
        and country == held.counted_country
        and represents in held.answers["represents"]
    ):
        return
    if "country" in texts:
        if represents == "organisation":
            if not texts.get("seat_country"):
                answers["seat_country"] = [country]
        else:
            answers["country"] = [country]
    if represents == "country" and not any(answers.get("country", ())) and defaults.country:
        answers["country"] = [defaults.country]


def _guess(country: str, texts: Mapping[str, str], held: Held | None, defaults: Defaults) -> str:
    """Where the file does not say: what was held; else whichever of the two is filled in. Both: nobody can say."""
    if held:
        return next(iter(held.answers.get("represents", ())), "")
    if defaults.represents:
        return defaults.represents
    organisation = texts.get("organisation", "").strip()
    if texts.get("seat_country", "").strip():
        return "organisation"
    if country and organisation:
        return ""
    return "country" if country else "organisation" if organisation else ""
