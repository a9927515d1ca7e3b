"""CSV that a spreadsheet opens without harm: no cell starts a formula, whoever typed it."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

# A cell that starts with one of these is read as a formula by spreadsheets; an apostrophe before it makes it text.
# Telephone numbers with a leading plus are among them, and get the apostrophe too.
STARTS: Final = frozenset("=+-@\t\r\n")
GUARDED: Final = STARTS | {"'"}
BYTE_ORDER_MARK: Final = "\ufeff"


def stamp(moment: datetime) -> str:
    """A moment as machines read it: UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def harmless(cell: str) -> str:
    """The cell as text: an apostrophe before whatever could start a formula, or could be taken for such a guard."""
    return "'" + cell if cell and cell[0] in GUARDED and cell.lstrip("'")[:1] in STARTS else cell


def unguarded(cell: str) -> str:
    """What `harmless` was given, whatever that was."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in STARTS else cell


def csv_lines(batches: Iterable[Iterable[Sequence[object]]]) -> Iterator[str]:
    """CSV by batches of rows, each one text; the rows' texts have been made harmless before."""
    buffer = io.StringIO()
    write = csv.writer(buffer).writerows
    for batch in batches:
        write(batch)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A whole small table as CSV, with the guard; None is an empty field, True and False are yes and no."""
    made = [[_plain(cell) for cell in row] for row in (header, *rows)]
    return "".join(csv_lines([made]))


def _plain(cell: object) -> object:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return harmless(cell) if isinstance(cell, str) else cell
