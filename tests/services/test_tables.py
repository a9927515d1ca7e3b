"""Workbooks that people bring: read cell by cell, or refused in words; nothing made to burst reaches the server."""

import io
import struct
import zipfile
from datetime import datetime

import pytest
import xlsxwriter

from eventapp.adapters import tables
from eventapp.adapters.tables import read_table
from eventapp.errors import Refused

TABLE = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'


def workbook(*rows, fill=None, more=()) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"strings_to_numbers": False, "strings_to_formulas": False})
    sheet = book.add_worksheet("People")
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(number, place, cell, book.add_format({"num_format": "yyyy-mm-dd"}))
            else:
                sheet.write(number, place, cell)
    if fill:
        fill(sheet)
    for name in more:
        book.add_worksheet(name)
    book.close()
    return made.getvalue()


def packed(**files) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in files.items():
            book.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return made.getvalue()


def ods(*rows: str) -> bytes:
    lines = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0"?><office:document-content {TABLE} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="People">{lines}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = (
        '<?xml version="1.0"?><m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    return packed(
        mimetype="application/vnd.oasis.opendocument.spreadsheet",
        content_xml=content,
        **{"META-INF__manifest_xml": manifest},
    )


def text(value: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


def refusal(data: bytes, folder) -> str:
    with pytest.raises(Refused) as refused:
        read_table(data, folder=folder)
    assert not list(folder.iterdir())  # nothing of it stays
    return refused.value.text % refused.value.values


def test_cells_of_a_workbook_come_as_they_are(tmp_path):
    data = workbook(
        ["name", "code", "phone", "born"],
        [],
        ["  Zoë", "NA", "0044", datetime(2020, 1, 2)],
        ["NO", 254201234567, 1.5, True],
        more=["Notes"],
    )
    kind, table = read_table(data, folder=tmp_path)
    assert kind == "xlsx" and not table.guarded and table.notes[0][1] == {"sheet": "People"}
    assert [(row.number, row.cells) for row in table.rows] == [
        (3, ["  Zoë", "NA", "0044", {"moment": "2020-01-02"}]),
        (4, ["NO", 254201234567, 1.5, True]),
    ]


def test_an_open_document(tmp_path):
    number = '<table:table-cell office:value-type="float" office:value="47"/>'
    kind, table = read_table(
        ods(text("name") + text("code"), text("NA") + text("+47"), text("NO") + number), folder=tmp_path
    )
    assert kind == "ods" and [row.cells for row in table.rows] == [["NA", "+47"], ["NO", 47]]
    formula = '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"/>'
    assert "formula in the sheet “People”" in refusal(ods(text("a"), formula), tmp_path)


def test_a_formula_is_refused_with_its_cell(tmp_path):
    data = workbook(["a", "b"], ["x", "y"], fill=lambda sheet: sheet.write_formula(6, 4, "=1+1", None, 2))
    assert "row 7, column E" in refusal(data, tmp_path)
    safe = workbook(["a", "b"], ["=1+1", "<f>"])
    assert read_table(safe, folder=tmp_path)[1].rows[0].cells == ["=1+1", "<f>"]


def test_an_error_value_would_read_as_nothing_and_is_refused(tmp_path):
    data = workbook(["a", "b"], ["x", "y"])
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(
                    b"</sheetData>", b'<row r="5"><c r="B5" t="e"><v>#N/A</v></c></row></sheetData>'
                )
            new.writestr(name, content)
    assert "error value in the sheet “People”, row 5, column B" in refusal(made.getvalue(), tmp_path)


def test_what_is_made_to_burst_is_refused(tmp_path):
    bomb = packed(xl__workbook_xml="x", xl__worksheets__sheet1_xml=b"0" * (101 * 1024 * 1024))
    assert len(bomb) < 200_000 and "far larger" in refusal(bomb, tmp_path)
    assert "far larger" in refusal(packed(**{f"e{number}": "" for number in range(2001)}), tmp_path)
    far = workbook(["a"], ["x"], fill=lambda sheet: sheet.write_string(1_048_575, 16_383, "far away"))
    assert "cannot be read" in refusal(far, tmp_path)
    honest = packed(xl__workbook_xml="<x/>", xl__worksheets__sheet1_xml=b"0" * (90 * 1024 * 1024))
    at = honest.rfind(b"PK\x01\x02", 0, honest.rfind(b"PK\x01\x02"))
    assert at > 0  # a length that lies: what stands in the directory is less than what would come out
    second = honest.rfind(b"PK\x01\x02")
    lying = honest[: second + 24] + struct.pack("<I", 10) + honest[second + 28 :]
    assert "cannot be read" in refusal(lying, tmp_path)


def test_macros_old_formats_and_other_archives_are_refused(tmp_path):
    assert "macros" in refusal(packed(xl__workbook_xml="x", xl__vbaProject_bin="x"), tmp_path)
    assert "macros" in refusal(packed(mimetype="x", Basic__script_xml="x"), tmp_path)
    assert "old format" in refusal(b"\xd0\xcf\x11\xe0" + b"\0" * 600, tmp_path)
    assert "no XLSX or ODS" in refusal(packed(readme="x"), tmp_path)
    assert "cannot be read" in refusal(b"PK\x03\x04 not really", tmp_path)
    assert "is empty" in refusal(b"", tmp_path)


def test_large_files_wide_sheets_and_slow_ones_are_refused(tmp_path, monkeypatch):
    assert "at most 5 MB" in refusal(b"x" * (5 * 1024 * 1024 + 1), tmp_path)
    assert "more than 100 columns" in refusal(workbook(["x"] * 300, ["y"]), tmp_path)
    monkeypatch.setattr(tables, "SECONDS", 0.01)
    assert "cannot be read" in refusal(workbook(["a"], ["x"]), tmp_path)
