"""The columns of a list of delegates: their names and order, which need a right of their own, and how they are written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from eventapp.errors import Refused
from eventapp.rules.spreadsheet import GUARDED, harmless, stamp

Values = Sequence[Any]

# A workbook of more people takes longer than somebody waits before a page: it is made later and fetched.
MOST_AT_ONCE: Final = 20_000

# Every column in the order of the files, with the kind that says how it is written.
COLUMNS: Final[Mapping[str, str]] = {
    "id": "identifier",
    "reference": "word",
    "state": "word",
    "honorific": "text",
    "given_name": "text",
    "family_name": "text",
    "badge_name": "text",
    "email": "text",
    "phone": "text",
    "functional_title": "text",
    "represents": "word",
    "country": "word",
    "country_name": "text",
    "country_basis": "word",
    "organisation": "text",
    "body_kind": "word",
    "sector": "text",
    "sector_name": "text",
    "role": "word",
    "language": "word",
    "languages": "list",
    "received_at": "moment",
    "decided_at": "moment",
    "exported_at": "moment",
    "erased_at": "moment",
    "is_listed": "flag",
    "is_late": "flag",
    "is_checked_in": "flag",
    "dietary_needs": "text",
    "accessibility_needs": "text",
}
DEFAULT: Final = (
    "id",
    "reference",
    "state",
    "given_name",
    "family_name",
    "email",
    "phone",
    "country",
    "country_name",
    "organisation",
    "sector",
    "role",
    "language",
    "received_at",
    "is_listed",
)
# What people told for the kitchen and for help at the place: not for everybody who may take the list along.
NEEDS: Final = ("dietary_needs", "accessibility_needs")
# Without these nobody can follow a list of changes: who it is, and whether to forget them.
FOR_CHANGES: Final = ("id", "erased_at")


def check_columns(
    names: Sequence[str], *, may_see_needs: bool, is_for_changes: bool = False
) -> tuple[str, ...]:
    """The columns that were chosen, in the order of the files; refuses none, unknown ones, and needs without the right.

    A list of changes gets the columns that it needs by itself.
    """
    for name in names:
        if name not in COLUMNS:
            raise Refused('There is no column "%(name)s".', code="column", name=name)
    if not names:
        raise Refused("Choose at least one column.", code="column")
    if not may_see_needs and set(names) & set(NEEDS):
        raise Refused("Your account may not see what delegates need.", code="forbidden")
    needed = FOR_CHANGES if is_for_changes else ()
    return tuple(name for name in COLUMNS if name in names or name in needed)


def plain_rows(columns: Sequence[str], batch: Sequence[Values]) -> Iterator[tuple[object, ...]]:
    """Rows as the driver gives them, as values of JSON: texts, true and false, null."""
    return _written(batch, [_PLAIN.get(COLUMNS[name], list) for name in columns])


def sheet_rows(columns: Sequence[str], batch: Sequence[Values]) -> Iterator[tuple[object, ...]]:
    """The same for a workbook, whose texts are never formulas: yes and no."""
    return _written(batch, [_SHEET.get(COLUMNS[name], list) for name in columns])


def harmless_rows(columns: Sequence[str], batch: Sequence[Values]) -> Iterator[tuple[object, ...]]:
    """The same for CSV: an apostrophe stands before whatever could start a formula."""
    return _written(batch, [_CSV.get(COLUMNS[name], list) for name in columns])


def _written(
    batch: Sequence[Values], writers: Sequence[Callable[[Values], list[Any]]]
) -> Iterator[tuple[object, ...]]:
    """Column by column: one loop for each of them is a quarter of the time of one for each cell."""
    columns = zip(*batch, strict=True)
    return zip(*(write(column) for write, column in zip(writers, columns, strict=True)), strict=True)


def _identifiers(values: Values) -> list[Any]:
    """Public ids with their dashes; SQLite keeps them without."""
    texts = map(str, values)
    return [
        one if "-" in one else f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}" for one in texts
    ]


def _moments(values: Values) -> list[Any]:
    """Moments in UTC to the second; SQLite keeps them as text, always in UTC."""
    return [f"{one[:10]}T{one[11:19]}Z" if isinstance(one, str) else one and stamp(one) for one in values]


def _flags(values: Values) -> list[Any]:
    return [bool(one) for one in values]


def _answers(values: Values) -> list[Any]:
    return ["yes" if one else "no" for one in values]


def _lists(values: Values) -> list[Any]:
    return [" ".join(one) for one in values]


def _harmless(values: Values) -> list[Any]:
    starts = GUARDED
    return [harmless(one) if one and one[0] in starts else one for one in values]


_PLAIN: Final[Mapping[str, Callable[[Values], list[Any]]]] = {
    "identifier": _identifiers,
    "moment": _moments,
    "flag": _flags,
    "list": _lists,
}
_SHEET: Final = {**_PLAIN, "flag": _answers}
_CSV: Final = {**_SHEET, "text": _harmless}
