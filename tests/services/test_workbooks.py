"""Workbooks: texts stay texts, numbers are numbers, and a file is there whole or not at all."""

import re
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from eventapp.adapters import own_process
from eventapp.adapters.own_process import MakingError, make_file
from eventapp.adapters.workbooks import Sheet, write_workbook
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry
from eventapp.rules.access import COMMAND
from eventapp.rules.delegate_list import DEFAULT
from eventapp.services import exports_delegates
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration

AT = datetime(2027, 4, 14, 12, tzinfo=UTC)
SPACE = {"": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def cells_of(path, sheet: int = 1) -> list[list[object]]:
    """Every cell as a spreadsheet reads it: texts, numbers, None; fails for a formula."""
    with zipfile.ZipFile(path) as book:
        assert book.testzip() is None
        root = ET.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))
    assert not root.findall(".//f", SPACE)
    rows = []
    for row in root.iterfind(".//row", SPACE):
        found: dict[int, object] = {}
        for cell in row.iterfind("c", SPACE):
            letters = re.match("[A-Z]+", cell.get("r"))[0]
            place = sum((ord(one) - 64) * 26**power for power, one in enumerate(reversed(letters))) - 1
            if cell.get("t") == "inlineStr":
                found[place] = "".join(cell.itertext())
            elif (value := cell.find("v", SPACE)) is not None:
                number = float(value.text)
                found[place] = int(number) if number == int(number) else number
        rows.append([found.get(place) for place in range(max(found) + 1)])
    return rows


def write(path, rows, head=("a", "b")):
    write_workbook(path, [Sheet(name="x", head=head, batches=[rows])], title="t", made_at=AT)


def test_texts_stay_texts_and_numbers_are_numbers(tmp_path):
    rows = [["=1+1", 5], ["NA", 0], ["12", 1.5], ["http://x.example", None], ["+1\x01", 3], ["", 1]]
    write(tmp_path / "x.xlsx", rows)
    assert cells_of(tmp_path / "x.xlsx")[1:] == [
        ["=1+1", 5], ["NA", 0], ["12", 1.5], ["http://x.example"], ["+1_x0001_", 3], [None, 1],
    ]  # fmt: skip
    assert (tmp_path / "x.xlsx").stat().st_mode & 0o077 == 0


def test_a_long_text_is_cut_not_lost(tmp_path):
    write(tmp_path / "x.xlsx", [["x" * 40_000, 1]])
    assert cells_of(tmp_path / "x.xlsx")[1] == ["x" * 32_767, 1]


def test_the_head_stays_in_sight(tmp_path):
    write(tmp_path / "x.xlsx", [["x", 1]])
    with zipfile.ZipFile(tmp_path / "x.xlsx") as book:
        assert 'state="frozen"' in book.read("xl/worksheets/sheet1.xml").decode()


def test_rows_that_break_off_leave_nothing(tmp_path):
    def rows():
        yield [["x", 1]]
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        write_workbook(
            tmp_path / "x.xlsx", [Sheet(name="x", head=("a",), batches=rows())], title="t", made_at=AT
        )
    assert list(tmp_path.iterdir()) == []


ENDS = """
import itertools, os, sys
from datetime import UTC, datetime
from pathlib import Path
from eventapp.adapters.workbooks import Sheet, write_workbook

def batches():
    for number in itertools.count():
        if number == 300:
            os._exit(9)
        yield [["a name", number]] * 500

at = datetime(2027, 4, 14, tzinfo=UTC)
write_workbook(Path(sys.argv[1]), [Sheet(name="x", head=("a", "b"), batches=batches())], title="t", made_at=at)
"""


def test_a_server_that_is_killed_leaves_no_names_behind(tmp_path):
    ended = subprocess.run([sys.executable, "-c", ENDS, str(tmp_path / "x.xlsx")], check=False, timeout=60)
    assert ended.returncode == 9
    deadline = time.monotonic() + 20
    while (left := list(tmp_path.rglob("*"))) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


@pytest.mark.parametrize("line", [b"not JSON\n", b'{"title":"t","made_at":"2027-04-14"}\n'])
def test_a_process_that_fails_leaves_nothing(tmp_path, line):
    with pytest.raises(MakingError):
        make_file(tmp_path / "x.xlsx", "workbook_writing.py", [line])
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_hangs_is_ended(tmp_path, monkeypatch):
    (tmp_path / "hang.py").write_text("import time; time.sleep(60)")
    monkeypatch.setattr(own_process, "SCRIPTS", tmp_path)
    with pytest.raises(MakingError):
        make_file(tmp_path / "out" / "x", "hang.py", [b"x" * 1_000_000], seconds=0.2)
    assert list((tmp_path / "out").iterdir()) == []


def test_the_process_is_told_no_secret(tmp_path, monkeypatch):
    (tmp_path / "tell.py").write_text("import os, sys; open(sys.argv[1], 'w').write(' '.join(os.environ))")
    monkeypatch.setattr(own_process, "SCRIPTS", tmp_path)
    monkeypatch.setenv("EVENTAPP_SECRET_KEY", "k" * 40)
    make_file(tmp_path / "x", "tell.py", [])
    assert "EVENTAPP" not in (tmp_path / "x").read_text()


@pytest.mark.usefixtures("ctx")
def test_the_list_of_delegates_is_the_one_of_the_csv(tmp_path):
    edition = make_edition()
    make_registration(edition, country_code="NA", given_name="=1+1", phone="+1 22")
    make_registration(
        edition, represents="organisation", sector_code="IGO", organisation="Org", is_listed=True
    )
    wanted = exports_delegates.begin_delegates(COMMAND, edition.ordinal, now=AT, form="xlsx")
    exports_delegates.write_sheet(wanted, tmp_path / "d.xlsx", title="t")
    head, *rows = cells_of(tmp_path / "d.xlsx")
    assert tuple(head) == DEFAULT
    first = dict(zip(head, rows[0], strict=True))
    assert (first["given_name"], first["country"], first["phone"]) == ("=1+1", "NA", "+1 22")
    second = dict(zip(head, rows[1], strict=True))
    assert (second["country"], second["is_listed"]) == (None, "yes")
    entry = db.session.query(AuditEntry).filter_by(action="delegates.export").one()
    assert entry.new["format"] == "xlsx"


@pytest.mark.usefixtures("ctx")
def test_more_people_than_a_sheet_holds_are_refused(monkeypatch):
    edition = make_edition()
    make_registration(edition)
    monkeypatch.setattr(exports_delegates, "MOST_ROWS", 0)
    with pytest.raises(Refused):
        exports_delegates.begin_delegates(COMMAND, edition.ordinal, now=AT, form="xlsx")
    exports_delegates.begin_delegates(COMMAND, edition.ordinal, now=AT, form="csv")
