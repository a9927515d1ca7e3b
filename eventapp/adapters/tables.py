"""Tables that people bring, read cell by cell: CSV here, workbooks by a process of their own that cannot grow."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from eventapp.adapters.own_process import MakingError, make_file, workplace
from eventapp.errors import Refused, message
from eventapp.rules.import_table import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    ONE_SHEET,
    Table,
    column_letters,
    make_table,
    read_csv,
)

SECONDS: Final = 60.0
_UNREADABLE: Final = message("This file cannot be read. Save it again as XLSX, ODS or CSV.")
_OLD: Final = message(
    "This workbook is in an old format or protected by a password. Save it as XLSX without a password."
)
_WHY: Final[Mapping[str, str]] = {
    "unpacked": message("This workbook is far larger when it is unpacked. It is not read."),
    "macro": message("There are macros in this workbook. Save it as XLSX or ODS without them."),
    "kind": message("This is no XLSX or ODS workbook. Save it as XLSX, ODS or CSV."),
    "formula": message(
        "There is a formula in the sheet “%(sheet)s”, row %(row)s, column %(column)s. Put values in place of formulas."
    ),
    "formulas": message("There is a formula in the sheet “%(sheet)s”. Put values in place of formulas."),
    "error": message(
        "There is an error value in the sheet “%(sheet)s”, row %(row)s, column %(column)s. Put a value in its place."
    ),
    "long": message("There are more than %(most)s rows. Divide the file."),
    "wide": message("There are more than %(most)s columns. Keep the ones that are to be imported."),
    "unreadable": _UNREADABLE,
}


def read_table(data: bytes, *, folder: Path) -> tuple[str, Table]:
    """The kind of file (csv, xlsx, ods) and its table; refuses, by content and not by name, whatever is none of them.

    `folder` is a private one on the disk, for the moment that a workbook is read.
    """
    if not data:
        raise Refused("This file is empty.", code="import")
    if len(data) > MOST_BYTES:
        raise Refused(
            "This file is too large: at most %(most)s MB.", code="import", most=MOST_BYTES // 1024 // 1024
        )
    if data.startswith(b"PK"):
        return _read_workbook(data, folder)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(_OLD, code="import")
    return "csv", read_csv(data)


def _read_workbook(data: bytes, folder: Path) -> tuple[str, Table]:
    with workplace(folder) as inside:
        source, target = inside / "source", inside / "table"
        source.write_bytes(data)
        limits = {"source": str(source), "rows": MOST_ROWS + 1, "columns": MOST_COLUMNS}
        try:
            make_file(target, "table_reading.py", [json.dumps(limits).encode() + b"\n"], seconds=SECONDS)
        except MakingError:  # it took more memory or time than a list of people needs, or is broken
            raise Refused(_UNREADABLE, code="import") from None
        found: dict[str, Any] = json.loads(target.read_bytes())
    why = found.get("refused")
    if why:
        values = {"row": found.get("row"), "column": column_letters(found.get("column") or 0)}
        most = MOST_COLUMNS if why == "wide" else MOST_ROWS
        raise Refused(_WHY[why], code="import", sheet=found.get("sheet", ""), most=most, **values)
    notes = [(ONE_SHEET, {"sheet": found["sheet"]})] if found["sheets"] > 1 else []
    return found["kind"], make_table(found["rows"], guarded=False, notes=notes)
