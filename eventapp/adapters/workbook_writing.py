"""The script behind workbooks.py: reads lines of JSON and writes a workbook; nothing of it runs in a server's process.

It is started by its path, so that the application is not loaded: it begins within a tenth of a second.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter

LONGEST_TEXT: Final = 32_767  # what a cell holds; the library would leave a longer text out without a word
LAST_ROW: Final = 1_048_575


class Writing:
    """A workbook that is being written, row by row."""

    def __init__(self, target: str, head: dict[str, Any]) -> None:
        self.book = xlsxwriter.Workbook(
            target,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self.book.set_properties({"title": head["title"], "created": datetime.fromisoformat(head["made_at"])})
        self.bold = self.book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self.row = 0

    def begin(self, line: dict[str, Any]) -> None:
        """A new sheet with its head."""
        self.sheet = self.book.add_worksheet(line["sheet"])
        wrapped = self.book.add_format({"text_wrap": True, "valign": "top"}) if line["wraps"] else None
        if line["is_text"]:
            wrapped = self.book.add_format({"num_format": "@"})
        for column, width in enumerate(line["widths"]):
            self.sheet.set_column(column, column, width, wrapped)
        if line["is_rtl"]:
            self.sheet.right_to_left()
        self.sheet.freeze_panes(1, 0)
        self.sheet.repeat_rows(0)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        for column, text in enumerate(line["head"]):
            self.sheet.write_string(0, column, text, self.bold)
        self.row = 0

    def add(self, rows: Iterable[list[Any]]) -> None:
        """Rows in their order."""
        text, number, row = self.sheet.write_string, self.sheet.write_number, self.row
        for cells in rows:
            row += 1
            for column, cell in enumerate(cells):
                if cell is None or cell == "":
                    continue
                if isinstance(cell, str):
                    text(row, column, cell if len(cell) <= LONGEST_TEXT else cell[:LONGEST_TEXT])
                else:
                    number(row, column, cell)
        self.row = row
        if row > LAST_ROW:
            sys.exit("more rows than a sheet holds")

    def draw(self, chart: dict[str, Any]) -> None:
        """A chart beside the rows, which a spreadsheet draws from their cells."""
        drawn = self.book.add_chart({"type": "bar"})
        last, name = chart["rows"], self.sheet.get_name()
        for colour, column in zip(("#1F6F78", "#C9A227", "#6B7A8F"), chart["series"], strict=False):
            drawn.add_series(
                {
                    "name": [name, 0, column],
                    "categories": [name, 1, chart["names"], last, chart["names"]],
                    "values": [name, 1, column, last, column],
                    "fill": {"color": colour},
                    "gap": 40,
                }
            )
        drawn.set_title({"name": chart["title"], "name_font": {"size": 12}, "overlay": False})
        drawn.set_y_axis({"reverse": True})
        drawn.set_x_axis({"major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
        drawn.set_legend({"position": "bottom"})
        drawn.set_size({"width": 760, "height": max(300, 90 + 34 * last)})
        self.sheet.insert_chart(1, max(chart["series"]) + 2, drawn)


def main() -> None:
    """Write what is asked for; a stream that breaks off leaves no file."""
    if hasattr(os, "nice"):
        os.nice(5)  # pages come first
    lines = map(json.loads, sys.stdin.buffer)
    writing = Writing(sys.argv[1], next(lines))
    for line in lines:
        if "rows" in line:
            writing.add(line["rows"])
        elif "sheet" in line:
            writing.begin(line)
        elif "chart" in line:
            writing.draw(line["chart"])
        elif line.get("end"):
            writing.book.close()
            return
    shutil.rmtree(Path(sys.argv[1]).parent, ignore_errors=True)  # whoever asked may be gone: nothing stays
    sys.exit("the stream broke off")


if __name__ == "__main__":
    main()
