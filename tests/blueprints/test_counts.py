"""The page of counts, its files, and the list of delegates."""

import csv
import io
import zipfile
from dataclasses import replace

import pytest
from sqlalchemy import event, select

from eventapp.blueprints.statistics.naming import names_of
from eventapp.extensions import db
from eventapp.models import AuditEntry
from eventapp.rules.crosstab_table import COLUMNS
from eventapp.rules.dimension import DIMENSIONS
from eventapp.services.statistics_reference import get_reference
from eventapp.web.locale import environ_in
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.pages import csrf_token
from tests.services.test_workbooks import cells_of

pytestmark = pytest.mark.usefixtures("ctx")
PAGE = "/dashboard/editions/8/counts"


@pytest.fixture
def edition(client):
    edition = make_edition(country_code="KE")
    for country in ("NA", "NA", "NO", "KE"):
        make_registration(edition, country_code=country, state="approved")
    make_registration(edition, represents="organisation", sector_code="NGO", seat_country_code="FR")
    make_registration(edition, represents="organisation", sector_code="IGO")
    sign_in(client, make_user(role="organiser"))
    return edition


@pytest.mark.parametrize("rows", [*DIMENSIONS, "un_regional_groups"])
def test_every_question_has_a_page(client, edition, rows):
    for columns in COLUMNS:
        page = client.get(f"{PAGE}?rows={rows}&columns={columns}")
        assert page.status_code == 200
        assert '<td class="sum' in page.text or "Nobody is counted" in page.text
    table = client.get(f"{PAGE}.csv?layout=table&rows={rows}").text
    assert len({len(row) for row in csv.reader(io.StringIO(table))}) == 1


def test_names_are_kept_as_long_as_nothing_they_come_from_has_changed(app):
    reference = get_reference()
    with app.test_request_context():
        names = names_of(reference)
        assert names("country", "NA") == "Namibia"
        assert names_of(reference) is names
        renamed = replace(reference, country_names={"NA": {"en": "Elsewhere"}})
        assert names_of(renamed)("country", "NA") == "Elsewhere"
    with app.test_request_context("/fr/", environ_overrides=environ_in("fr")):
        assert names_of(reference)("country", "NA") == "Namibie"
        bodies = [replace(reference, body_names={"1": {"en": name}}) for name in ("One", "Two")]
        assert [names_of(one)("body", "1") for one in bodies] == ["One", "Two"]


@pytest.mark.parametrize("measure", ["received", "registered", "approved", "checked_in"])
def test_every_measure_has_a_page(client, edition, measure):
    assert client.get(f"{PAGE}?measure={measure}").status_code == 200


def test_filters_narrow_the_page_and_the_files(client, edition):
    page = client.get(f"{PAGE}?country=NA&rows=role")
    assert "2 people" in page.text
    assert "Country or territory: Namibia" in page.text and "take this filter away" in page.text
    assert "everybody of the edition, not only the people chosen here" in page.text
    assert "everybody of the edition" not in client.get(PAGE).text
    assert '<option value="NA" selected>' in page.text
    assert client.get(f"{PAGE}.json?by=role&country=NA,NO").json["totals"]["registered"] == 3
    assert client.get(f"{PAGE}.json?by=role&country=none").json["totals"]["registered"] == 1
    assert client.get(f"{PAGE}.json?by=role&body_kind=state&main_sector=LE").json["totals"]["registered"] == 4
    assert client.get(f"{PAGE}.json?by=role&state=approved").json["where"] == {"state": ["approved"]}


def test_a_filter_that_finds_nobody_can_be_taken_away(client, edition):
    page = client.get(f"{PAGE}?country=BR").text
    assert "Nobody is counted under this measure among the people chosen." in page
    assert f'href="{PAGE}"' in page


def test_no_shows_are_asked_for_once_it_is_over(client, edition):
    assert "no_show" not in client.get(PAGE).text
    assert client.get(f"{PAGE}.json?by=role&measure=no_show").status_code == 422
    edition.state = "held"
    db.session.flush()
    assert '<option value="no_show" selected>' in client.get(f"{PAGE}?measure=no_show").text
    assert client.get(f"{PAGE}.json?by=role&measure=no_show").json["totals"] == {"no_show": 4}


def test_page_in_every_language(client, edition):
    for prefix in ("", "/fr", "/es", "/ar"):
        page = client.get(f"{prefix}{PAGE}")
        assert page.status_code == 200
    assert "ناميبيا" in page.text


def test_page_says_what_it_counts(client, edition):
    page = client.get(PAGE).text
    assert "6 people" in page
    assert "3 countries sent delegations" in page
    assert "1 more country by the seat" in page
    assert "1 person without a country" in page
    assert "As of 14 April 2027, 15:00 (UTC+3)" in page
    assert "Namibia" in page


def test_without_the_host(client, edition):
    page = client.get(f"{PAGE}?host=without").text
    assert "5 people" in page and "Kenya" not in page.partition("<tbody>")[2]
    assert " checked" in page


def test_nonsense_in_the_address_gives_the_usual_page(client, edition):
    assert "6 people" in client.get(f"{PAGE}?measure=x&rows='&columns=%00&host=1").text


def test_a_line_is_bold_where_it_stands_above_others(client, edition):
    assert '<tr class="region"><th scope="row">Africa</th>' in client.get(f"{PAGE}?rows=country").text
    page = client.get(f"{PAGE}?rows=role").text
    assert '<tr><th scope="row">Delegate</th>' in page and 'class="region"' not in page


def test_nobody_yet(client):
    make_edition()
    sign_in(client, make_user(role="reader"))
    page = client.get(PAGE)
    assert "Nobody has registered yet" in page.text and "<table" not in page.text


@pytest.mark.parametrize("name", ["counts", "trend"])
def test_nobody_will_register_for_an_edition_that_is_over(client, name):
    make_edition(state="archived")
    sign_in(client, make_user(role="reader"))
    page = client.get(f"/dashboard/editions/8/{name}").text.split("<main")[1]
    assert "No registrations of this edition are held" in page and "registered yet" not in page
    assert 'href="/dashboard/editions/8/figures"' in page


def test_nobody_under_a_measure(client):
    make_registration(make_edition(), state="rejected")
    sign_in(client, make_user(role="reader"))
    assert "Nobody is counted under this measure" in client.get(f"{PAGE}?measure=approved").text


def test_files_hold_the_numbers_of_the_page(client, edition):
    document = client.get(f"{PAGE}.json?by=sector,country").json
    assert document["edition"] == 8 and document["totals"]["registered"] == 6
    response = client.get(f"{PAGE}.csv?by=sector,country")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert sum(int(row["registered"]) for row in rows) == 6
    assert next(row for row in rows if row["country_name"] == "Namibia")["country"] == "NA"
    table = list(csv.reader(io.StringIO(client.get(f"{PAGE}.csv?layout=table&bom=1").text.lstrip("\ufeff"))))
    assert table[-1][table[0].index("All")] == "6" and table[-1][0] == "All"
    assert all(len(row) == len(table[0]) for row in table)


@pytest.mark.parametrize("by", ["sector,country", "role", "un_regional_groups,day"])
def test_a_file_without_a_line_has_the_same_columns(client, edition, by):
    heads = [client.get(f"{PAGE}.csv?by={by}{only}").text.splitlines() for only in ("", "&country=BR")]
    assert heads[0][0] == heads[1][0] and len(heads[0]) > len(heads[1]) == 1


def test_the_table_as_a_file_says_what_it_counts(client, edition):
    text = client.get(f"{PAGE}.csv?layout=table&rows=role&columns=none&country=NA,none&host=without").text
    assert list(csv.DictReader(io.StringIO(text))) == [
        {
            "Role": name,
            "All": "3",
            "Edition": "8",
            "Basis": "People registered: submitted, endorsed, approved or on the waiting list now",
            "Only": "Country or territory: Namibia, No country",
            "With the host country": "no",
            "Taken at": "2027-04-14T12:00:00Z",
        }
        for name in ("Delegate", "All")
    ]


@pytest.mark.parametrize("query", ["by=planet", "by=", "by=sector,sector", "by=sector&measure=liked"])
def test_wrong_files_are_refused(client, edition, query):
    assert client.get(f"{PAGE}.json?{query}").status_code == 422
    assert client.get(f"{PAGE}.csv?{query}").status_code == 422


def test_another_edition_does_not_exist(client, edition):
    sign_in(client, make_user(role="reader", editions=[make_edition()]))
    for ending in ("", ".csv", ".json"):
        assert client.get(PAGE + ending).status_code == 404


def test_list_of_delegates(client, edition):
    token = csrf_token(client.get(PAGE).text)
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    response = client.post("/dashboard/editions/8/delegates.csv", data={"csrf_token": token})
    rows = list(csv.DictReader(io.StringIO(response.text)))
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(rows) == 6
    assert response.headers["Content-Disposition"] == 'attachment; filename="delegates-8.csv"'
    assert response.headers["Cache-Control"] == "no-store"
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "delegates.export")).one()
    marks = [one for one in seen if one.startswith("UPDATE registration SET exported_at")]
    assert len(marks) == 1, "everybody is marked in one statement"
    assert len(seen) - len(marks) <= 5, seen


def test_list_of_delegates_is_for_organisers(client, edition):
    assert client.get("/dashboard/editions/8/delegates.csv").status_code == 405
    assert client.post("/dashboard/editions/8/delegates.csv").status_code == 400


def test_readers_get_no_list_of_delegates(client):
    make_registration(make_edition())
    sign_in(client, make_user(role="reader"))
    assert "delegates.csv" not in client.get(PAGE).text
    token = csrf_token(client.get(PAGE).text)
    assert client.post("/dashboard/editions/8/delegates.csv", data={"csrf_token": token}).status_code == 403
    assert not db.session.scalars(select(AuditEntry).where(AuditEntry.action == "delegates.export")).all()


def test_workbook_says_what_it_counts(client, edition, tmp_path):
    response = client.get(f"/ar{PAGE}.xlsx?by=sector,country&host=without")
    assert response.status_code == 200 and response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Disposition"] == 'attachment; filename="counts-8.xlsx"'
    assert int(response.headers["Content-Length"]) == len(response.data)
    (tmp_path / "x.xlsx").write_bytes(response.data)
    lines = list(csv.reader(io.StringIO(client.get(f"/ar{PAGE}.csv?by=sector,country&host=without").text)))
    assert [
        ["" if one is None else str(one) for one in row] for row in cells_of(tmp_path / "x.xlsx")
    ] == lines
    about = {row[0]: row[1] for row in cells_of(tmp_path / "x.xlsx", sheet=3) if row[0]}
    assert about["registered"] == 5
    assert about["مع البلد المضيف"] == "لا"
    with zipfile.ZipFile(tmp_path / "x.xlsx") as book:
        assert "chart1.xml" in " ".join(book.namelist())
        assert 'rightToLeft="1"' in book.read("xl/worksheets/sheet1.xml").decode()


def test_workbook_of_nobody(client, tmp_path):
    make_edition()
    sign_in(client, make_user(role="reader"))
    (tmp_path / "x.xlsx").write_bytes(client.get(f"{PAGE}.xlsx?by=sector").data)
    assert len(cells_of(tmp_path / "x.xlsx")) == 1


def test_delegates_as_a_workbook(client, edition, no_file_stays, tmp_path):
    token = csrf_token(client.get(PAGE).text)
    response = client.post("/dashboard/editions/8/delegates.xlsx", data={"csrf_token": token})
    (tmp_path / "x.xlsx").write_bytes(response.data)
    assert len(cells_of(tmp_path / "x.xlsx")) == 7
    assert "NA" in {row[7] for row in cells_of(tmp_path / "x.xlsx")}
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "delegates.export")).one()
