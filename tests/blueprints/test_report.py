"""The report of an edition as a PDF: in four languages, the same bytes for the same data, nothing typed is a program."""

import json
import re
import zlib

import pytest
import typst
from sqlalchemy import select

from eventapp.adapters.typesetting import DATA
from eventapp.extensions import db
from eventapp.models import Country
from eventapp.rules.access import COMMAND
from eventapp.services.exports_report import get_report
from eventapp.web import report as report_words
from eventapp.web.counting_words import words
from eventapp.web.typed import speaking
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")
REPORT = "/dashboard/editions/8/report.pdf"
# A program that is run ends the making of the report.
TYPED = '#panic("read as a program") $x$ #read("/etc/passwd") \\ " [ ] {{ }} <b> %(x)s'


def pages_of(pdf: bytes) -> int:
    found = len(re.findall(rb"/Type\s*/Page\b", pdf))
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found += len(re.findall(rb"/Type\s*/Page\b", zlib.decompress(stream)))
        except zlib.error:
            continue
    return found


@pytest.fixture
def edition(client):
    edition = make_edition(country_code="KE", theme={"en": TYPED}, city={"en": TYPED})
    for country in ("NA", "NA", "NO", "KE"):
        make_registration(edition, country_code=country, state="approved")
    make_registration(edition, represents="organisation", sector_code="NGO", seat_country_code="FR")
    make_registration(edition, represents="organisation", sector_code="IGO")
    sign_in(client, make_user(role="reader"))
    return edition


@pytest.mark.parametrize("prefix", ["", "/fr", "/es", "/ar"])
def test_readers_take_it_along_in_their_language(client, edition, no_file_stays, prefix):
    response = client.get(prefix + REPORT)
    assert response.status_code == 200 and response.headers["Content-Type"] == "application/pdf"
    assert response.data.startswith(b"%PDF-") and response.data.rstrip().endswith(b"%%EOF")
    assert 1 <= pages_of(response.data) <= 4


def test_the_same_data_give_the_same_bytes(client, edition, clock):
    first = client.get(REPORT).data
    assert client.get(REPORT).data == first
    clock.move(minutes=1)
    assert client.get(REPORT).data != first


def test_nobody_yet(client):
    make_edition()
    sign_in(client, make_user(role="reader"))
    assert pages_of(client.get(REPORT).data) == 1


def test_every_country_of_the_world_fits_on_four_pages(client, edition):
    for code in db.session.scalars(select(Country.code)):
        make_registration(edition, country_code=code)
    assert pages_of(client.get(f"/fr{REPORT}").data) <= 4


@pytest.mark.parametrize("people", [5, 60])
def test_the_columns_of_countries_are_of_one_length_and_hold_each_once(edition, clock, people):
    names = [f"{place:03}" for place in range(people)]
    with speaking("en"):
        found = get_report(COMMAND, 8, now=clock(), language="en", words=words())
        document = report_words.document(found)
    document["countries"]["rows"] = [{"name": one, "numbers": [one, one]} for one in names]
    template = DATA / "report.typ"
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[DATA / "fonts"])
    made = typst.query(
        template, "table", root=DATA, font_paths=fonts, sys_inputs={"data": json.dumps(document)}
    )
    tables = json.loads(made)[3:]  # after sectors, regions and the largest countries
    lines = [[cell.get("body", {}).get("text") for cell in one["children"][1::3]] for one in tables]
    assert [name for column in lines for name in column if name in names] == names
    assert len(lines) == 2 and abs(len(lines[0]) - len(lines[1])) <= 1, "the line of totals is one more"


def test_another_edition_does_not_exist(client, edition):
    sign_in(client, make_user(role="reader", editions=[make_edition(ordinal=9)]))
    assert client.get(REPORT).status_code == 404


def test_every_number_stands_with_its_basis_and_time(edition, clock):
    with speaking("en"):
        found = get_report(COMMAND, 8, now=clock(), language="en", words=words())
        document = report_words.document(found)
    assert [(one["name"], one["value"]) for one in document["totals"]] == [
        ("People registered", "6"),
        ("People approved", "4"),
        ("Countries", "3"),
    ]
    assert all(one["basis"] for one in document["totals"])
    assert document["taken"] == "As of 14 April 2027, 15:00 (UTC+3)"
    assert document["theme"] == TYPED
    rows = {row["name"]: row["numbers"] for row in document["countries"]["rows"]}
    assert rows == {
        "France °": ["1", "0"],
        "Kenya": ["1", "1"],
        "Namibia": ["2", "2"],
        "Norway": ["1", "1"],
        "No country": ["1", "0"],
    }
    assert document["countries"]["totals"] == ["6", "4"]
    assert "Small numbers" in document["meaning"]["sentences"][-1]
    assert "Without the host country (Kenya): 5 registered, 3 approved." in document["meaning"]["sentences"]


def test_many_days_are_weeks(edition, clock):
    for _ in range(100):
        make_registration(edition, submitted_at=clock.move(days=1), country_code="NO")
    with speaking("en"):
        found = get_report(COMMAND, 8, now=clock(), language="en", words=words())
    assert found.days_each == 7
    assert sum(one.people for one in found.received) == found.total.received
