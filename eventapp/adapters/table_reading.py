"""The script behind tables.py: reads the first sheet of a workbook and writes its cells as JSON; nothing of it runs in a server.

Its memory and its time are bounded, so that a workbook made to burst ends this process and no other. It is started by
its path: the application is not loaded.
"""

import datetime as dt
import json
import os
import re
import resource
import sys
import zipfile
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import python_calamine

MEMORY: Final = 768 * 1024 * 1024
CPU_SECONDS: Final = 40
UNPACKED: Final = 100 * 1024 * 1024
ENTRIES: Final = 2000
ODS: Final = b"application/vnd.oasis.opendocument.spreadsheet"
MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
CELL: Final = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>', re.DOTALL)
FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")
ERROR: Final = re.compile(rb'<(?:\w+:)?c\s[^>]*?\bt="e"', re.DOTALL)
ODS_FORMULA: Final = re.compile(rb"<table:(?:covered-)?table-cell\s[^>]*?\btable:formula=", re.DOTALL)


class No(Exception):  # noqa: N818 - a refusal, as in the application
    """Why the workbook is not read, in one word, and where."""

    def __init__(self, why: str, **where: Any) -> None:
        super().__init__(why)
        self.found = {"refused": why, **where}


def bound() -> None:
    """Take no more memory and time than a list of people needs."""
    if hasattr(os, "nice"):
        os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def kind_of(book: zipfile.ZipFile) -> str:
    """Which kind of workbook it is, by what is in it; refuses macros, bombs and everything else."""
    entries = book.infolist()
    names = {one.filename for one in entries}
    if len(entries) > ENTRIES or sum(one.file_size for one in entries) > UNPACKED:
        raise No("unpacked")
    lower = {name.lower() for name in names}
    if any(
        name.endswith("vbaproject.bin")
        or name.startswith(("basic/", "scripts/", "xl/macrosheets/", "xl/dialogsheets/"))
        for name in lower
    ):
        raise No("macro")
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "mimetype" in names and book.read("mimetype").strip() == ODS and "content.xml" in names:
        return "ods"
    raise No("kind")


def first_sheet(book: zipfile.ZipFile) -> str:
    """The name of the entry that holds the first sheet of an XLSX workbook."""
    root = ET.fromstring(book.read("xl/workbook.xml"))  # noqa: S314 - in a process with bounded memory
    sheet = next(root.iter(f"{MAIN}sheet"), None)
    number = sheet.get(LINK) if sheet is not None else None
    links = ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    for link in links:
        if link.get("Id") == number:
            target = (link.get("Target") or "").lstrip("/")
            return target if target.startswith("xl/") else f"xl/{target}"
    raise No("unreadable")


def check_xlsx(book: zipfile.ZipFile, sheet: str) -> None:
    """Refuse formulas, whose values are somebody else's last guess, and errors, which would read as empty cells."""
    content = book.read(first_sheet(book))
    for why, pattern in (("formula", FORMULA), ("error", ERROR)):
        found = pattern.search(content)
        if found is None:
            continue
        # A formula stands inside its cell, an error is told by the cell itself.
        cell = None
        for cell in CELL.finditer(content, max(0, found.start() - 20_000), found.end() + 2000):
            if cell.end() >= found.end() and (why == "error" or cell.start() > found.start()):
                break
            last = cell
        place = last if why == "formula" else cell
        if place is None:
            raise No("unreadable")
        raise No(why, sheet=sheet, row=int(place[2]), column=number_of(place[1].decode()))


def number_of(letters: str) -> int:
    """The place of a column, the first being 0."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def plain(cell: Any) -> Any:
    """A cell as a value of JSON; whole numbers without a point."""
    if isinstance(cell, str | bool | int):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell == cell // 1 and abs(cell) < 1e15 else cell
    if isinstance(cell, dt.date | dt.time):
        return {"moment": cell.isoformat()}
    return {"moment": str(cell)}


def read(source: str, *, most_rows: int, most_columns: int) -> dict[str, Any]:
    """The cells of the first sheet."""
    with zipfile.ZipFile(source) as book:
        kind = kind_of(book)
        if kind == "ods" and ODS_FORMULA.search(first_table(book.read("content.xml"))):
            raise No("formulas", sheet=python_calamine.load_workbook(source).sheet_names[0])
        workbook = python_calamine.load_workbook(source)
        name = workbook.sheet_names[0]
        if kind == "xlsx":
            check_xlsx(book, name)
    sheet = workbook.get_sheet_by_index(0)
    if sheet.total_width > most_columns:
        raise No("wide")
    rows = sheet.to_python(skip_empty_area=False)
    while rows and not any(cell != "" for cell in rows[-1]):
        rows.pop()
    if len(rows) > most_rows + 1000:
        raise No("long")
    cells = [[plain(cell) for cell in row] for row in rows]
    return {"kind": kind, "sheet": name, "sheets": len(workbook.sheet_names), "rows": cells}


def first_table(content: bytes) -> bytes:
    """The first sheet of an ODS workbook."""
    begin = content.find(b"<table:table ")
    end = content.find(b"</table:table>", begin)
    return content[begin:end] if begin >= 0 else b""


def main() -> None:
    """Read what is asked for and write what was found, or why not."""
    bound()
    asked = json.loads(sys.stdin.buffer.readline())
    try:
        found = read(asked["source"], most_rows=asked["rows"], most_columns=asked["columns"])
    except No as refused:
        found = refused.found
    except MemoryError:
        found = {"refused": "unpacked"}
    except Exception as problem:  # noqa: BLE001 - whatever is wrong with a file that somebody brings
        sys.stderr.write(f"{type(problem).__name__}\n")
        found = {"refused": "unreadable"}
    Path(sys.argv[1]).write_text(json.dumps(found, ensure_ascii=True), encoding="ascii")


if __name__ == "__main__":
    main()
