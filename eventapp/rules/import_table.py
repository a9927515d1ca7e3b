"""A table that somebody brings: its cells as they stand in the file, CSV in any common dress, and what is refused at once."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from eventapp.errors import Refused, message
from eventapp.rules.spreadsheet import BYTE_ORDER_MARK

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_ROWS: Final = 10_000
MOST_COLUMNS: Final = 100
OTHER_ENCODING: Final = message(
    "The file is not in UTF-8. It was read as Windows-1252 (Latin-1): look at names with accents before you confirm."
)
ONE_SHEET: Final = message("Only the first sheet is read: %(sheet)s.")

# A text; a number, yes or no, or a moment as a workbook knows them. A moment stands as {"moment": "2027-04-14"}.
Cell = str | int | float | bool | Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """A row with its number as a spreadsheet shows it."""

    number: int
    cells: Sequence[Any]


@dataclass(frozen=True, kw_only=True)
class Table:
    """The head and the rows below it, empty ones left out; `guarded`: texts may carry the apostrophe of our CSV."""

    head: Sequence[str]
    rows: Sequence[Row]
    guarded: bool
    notes: Sequence[tuple[str, Mapping[str, str]]] = field(default_factory=tuple)

    def plain(self) -> dict[str, Any]:
        """As values of JSON."""
        rows = [[row.number, *row.cells] for row in self.rows]
        return {"head": self.head, "rows": rows, "guarded": self.guarded, "notes": self.notes}


def table_from(plain: Mapping[str, Any]) -> Table:
    """What `plain` has written."""
    return Table(
        head=plain["head"],
        rows=[Row(number, cells) for number, *cells in plain["rows"]],
        guarded=plain["guarded"],
        notes=[(text, values) for text, values in plain["notes"]],
    )


def column_letters(place: int) -> str:
    """The letters of a column, the first being 0: A, B, ... Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def make_table(
    rows: Iterable[Sequence[Cell]], *, guarded: bool, notes: Sequence[tuple[str, Mapping[str, str]]] = ()
) -> Table:
    """The first row that holds anything is the head; refuses an empty table, and one too long or too wide."""
    head: list[str] | None = None
    kept: list[Row] = []
    for number, raw in enumerate(rows, start=1):
        cells = _without_empty_end(raw)
        if not cells:
            continue
        if head is None:
            head = [str(cell).strip() if isinstance(cell, str | int | float) else "" for cell in cells]
            _check_width(len(head))
            continue
        _check_width(len(cells))
        kept.append(Row(number, cells))
        if len(kept) > MOST_ROWS:
            raise Refused(
                "There are more than %(most)s rows. Divide the file.", code="import", most=MOST_ROWS
            )
    if head is None or not kept:
        raise Refused("There is no row below the headings.", code="import")
    return Table(head=head, rows=kept, guarded=guarded, notes=notes)


def read_csv(data: bytes) -> Table:
    """CSV with commas, semicolons or tabs, in UTF-8, UTF-16 or Windows-1252; refuses what is no table of text."""
    text, notes = _decoded(data)
    text = text.removeprefix(BYTE_ORDER_MARK)
    lines, delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter, strict=True)
    skipped: list[list[str]] = (
        [[]] if lines is not text else []
    )  # the line that names the separator is a row of the file
    return make_table(_rows(reader, skipped), guarded=True, notes=notes)


def _rows(reader: Iterator[list[str]], skipped: Sequence[list[str]]) -> Iterator[list[str]]:
    number = len(skipped)
    yield from skipped
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Refused(
                "Row %(row)s cannot be read: a quotation mark stands where none may be, or is missing.",
                code="import",
                row=number,
            ) from None
        yield row


def _decoded(data: bytes) -> tuple[str, Sequence[tuple[str, Mapping[str, str]]]]:
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _strict(data, name), ()
    if b"\0" in data:
        raise Refused("This is no table of text: there is a zero byte in it.", code="import")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        return _strict(data, "cp1252"), [(OTHER_ENCODING, {})]


def _strict(data: bytes, name: str) -> str:
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        raise Refused(
            "The letters of this file cannot be read. Save it as CSV in UTF-8.", code="import"
        ) from None
    if "\0" in text:
        raise Refused("This is no table of text: there is a zero byte in it.", code="import")
    return text


def _delimiter(text: str) -> tuple[str, str]:
    """The text without a first line that only names its separator, and the separator that the first line uses most."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return rest, first.strip()[4]
    for line in text.splitlines():
        outside = "".join(line.split('"')[::2])  # what stands between quotation marks separates nothing
        counts = {one: outside.count(one) for one in ",;\t"}
        if line.strip():
            return text, max(counts, key=lambda one: counts[one])
    return text, ","


def _without_empty_end(cells: Sequence[Cell]) -> list[Cell]:
    end = len(cells)
    while end and isinstance(cells[end - 1], str) and not str(cells[end - 1]).strip():
        end -= 1
    return list(cells[:end])


def _check_width(columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise Refused(
            "There are more than %(most)s columns. Keep the ones that are to be imported.",
            code="import",
            most=MOST_COLUMNS,
        )
