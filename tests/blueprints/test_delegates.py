"""The list of delegates: columns chosen and kept as sets, filters of the list, needs only with their own right."""

import csv
import io
import json
import re

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from eventapp.cli import Door, commands
from eventapp.extensions import db
from eventapp.models import AuditEntry, ColumnSet, User
from eventapp.rules.delegate_list import COLUMNS, DEFAULT
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.pages import csrf_token
from tests.services.test_workbooks import cells_of

pytestmark = pytest.mark.usefixtures("ctx")
PAGE = "/dashboard/editions/8/delegates"


@pytest.fixture
def edition():
    edition = make_edition()
    make_registration(
        edition, country_code="NA", state="approved", dietary_needs="=halal", languages=["en", "fr"]
    )
    make_registration(edition, country_code="NO", accessibility_needs="ramp", sector_code="PUB-MIN")
    return edition


@pytest.fixture
def organiser(client, edition):
    sign_in(client, user := make_user(role="organiser"))
    return user


def ticked(page: str) -> int:
    return len(re.findall(r'name="(?:columns|for_all)"[^>]* checked', page))


def post(client, ending: str, columns=(), query: str = "", **fields):
    data = {
        "csrf_token": csrf_token(client.get(PAGE).text),
        "chosen": "1",
        "columns": list(columns),
        **fields,
    }
    return client.post(f"{PAGE}{ending}{query}", data=data)


def table(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.text.lstrip("\ufeff"))))


def entries(action: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_the_page_ticks_the_usual_columns(client, organiser):
    page = client.get(PAGE).text
    assert ticked(page) == len(DEFAULT)
    assert "2 people" in page and "dietary_needs" not in page
    for prefix in ("/fr", "/es", "/ar"):
        assert client.get(prefix + PAGE).status_code == 200


def test_chosen_columns_are_the_same_in_every_form(client, organiser, tmp_path):
    chosen = ("sector_name", "reference", "given_name", "languages", "is_late", "received_at")
    lines = table(post(client, ".csv", chosen))
    in_order = [name for name in COLUMNS if name in chosen]
    assert list(lines[0]) == in_order
    document = post(client, ".json", chosen).json
    assert document["columns"] == in_order and document["edition"] == 8
    (tmp_path / "x.xlsx").write_bytes(post(client, ".xlsx", chosen).data)
    head, *rows = cells_of(tmp_path / "x.xlsx")
    assert head == in_order
    for line, row, cells in zip(lines, document["rows"], rows, strict=True):
        assert row["is_late"] is False and line["is_late"] == "no"
        assert cells == [one or None for one in line.values()]
        assert {name: str(value) for name, value in row.items() if name != "is_late"}.items() <= line.items()
    assert lines[0]["languages"] == "en fr"
    assert [one.new["format"] for one in entries("delegates.export")] == ["csv", "json", "xlsx"]
    assert entries("delegates.export")[0].new["columns"] == in_order


@pytest.mark.parametrize(("query", "only"), [("", "everybody"), ("?country=NO&state=submitted", "NO")])
def test_the_workbook_says_what_the_list_is(client, organiser, tmp_path, query, only):
    (tmp_path / "x.xlsx").write_bytes(post(client, ".xlsx", ("reference", "state"), query).data)
    people = len(cells_of(tmp_path / "x.xlsx")) - 1
    about = {row[0]: row[1] for row in cells_of(tmp_path / "x.xlsx", sheet=2)[1:]}
    assert about.pop("Only: country" if query else "Only") == only
    assert about.pop("Only: state", "submitted") == "submitted"
    assert about.pop("Taken at").endswith("Z")
    assert about == {"Edition": 8, "Columns": "reference, state", "People": people}
    assert people


def test_every_column_can_be_taken(client, edition, tmp_path):
    sign_in(client, make_user(role="administrator"))
    lines = table(post(client, ".csv", tuple(COLUMNS)))
    assert list(lines[0]) == list(COLUMNS)
    assert lines[0]["dietary_needs"] == "'=halal" and lines[1]["accessibility_needs"] == "ramp"
    assert lines[0]["decided_at"] == "" or lines[0]["decided_at"].endswith("Z")


def test_the_filters_of_the_list_hold(client, organiser):
    query = "?state=approved&country=NA"
    assert "One person" in client.get(PAGE + query).text
    assert [row["country"] for row in table(post(client, ".csv", ("country",), query))] == ["NA"]
    assert [row["country"] for row in post(client, ".json", ("country",), "?sector=PUB").json["rows"]] == [
        "NO"
    ]
    assert entries("delegates.export")[0].new["state"] == "approved"
    assert PAGE + "?state=approved" in client.get("/dashboard/editions/8/registrations?state=approved").text


def test_nobody_found_is_a_head_alone(client, organiser):
    assert post(client, ".csv", ("id",), "?q=nobody").text.lstrip("\ufeff") == "id\r\n"
    assert post(client, ".json", ("id",), "?q=nobody").json["rows"] == []


@pytest.mark.parametrize("columns", [(), ("planet",), ("id", "reference'")])
def test_wrong_columns_come_back(client, organiser, columns):
    answer = post(client, ".csv", columns)
    assert answer.status_code == 422 and "<form" in answer.text
    assert not entries("delegates.export")


def test_a_stale_form_comes_back_as_it_was_ticked(client, organiser):
    answer = client.post(f"{PAGE}.xlsx", data={"csrf_token": "old", "chosen": "1", "columns": ["phone"]})
    assert answer.status_code == 400 and ticked(answer.text) == 1
    assert not entries("delegates.export")


def test_needs_want_a_right_of_their_own(client, organiser):
    assert post(client, ".csv", ("reference", "dietary_needs")).status_code == 403
    assert not entries("delegates.export")
    organiser.may_see_needs = True
    db.session.commit()
    assert "dietary_needs" in client.get(PAGE).text
    assert table(post(client, ".csv", ("reference", "dietary_needs")))[0]["dietary_needs"] == "'=halal"
    assert entries("delegates.export")[0].new["columns"] == ["reference", "dietary_needs"]


def test_an_administrator_gives_the_right(client, edition):
    user = make_user(role="organiser")
    sign_in(client, make_user(role="administrator"))
    address = f"/dashboard/users/{user.public_id}"
    page = client.get(address).text
    data = {
        "csrf_token": csrf_token(page),
        "name": user.name,
        "role": "organiser",
        "language": "en",
        "reach": "all",
        "may_see_needs": "1",
    }
    assert client.post(address, data=data).status_code == 303
    assert db.session.get(User, user.id).may_see_needs
    assert entries("account.edit")[0].new == {"may_see_needs": True}
    assert 'name="may_see_needs" id="may_see_needs" value="1" checked' in client.get(address).text


def test_readers_get_nothing(client, edition):
    sign_in(client, make_user(role="reader"))
    assert client.get(PAGE).status_code == 403


def keep(client, name: str, columns=("reference", "email"), address: str = "new", **fields):
    at = f"{PAGE}/sets/{address}"
    data = {"csrf_token": csrf_token(client.get(at).text), "name": name, "columns": list(columns), **fields}
    return client.post(at, data=data)


def test_a_set_is_kept_used_changed_and_removed(client, organiser):
    assert keep(client, "Badges", ("reference", "given_name")).status_code == 303
    number = db.session.scalars(select(ColumnSet)).one().id
    page = client.get(f"{PAGE}?set={number}").text
    assert ticked(page) == 2 and "Badges" in page
    assert keep(client, "Badges, all", ("email",), address=str(number)).status_code == 303
    assert db.session.scalars(select(ColumnSet)).one().columns == ["email"]
    confirm = client.get(f"{PAGE}/sets/{number}/remove").text
    answer = client.post(f"{PAGE}/sets/{number}/remove", data={"csrf_token": csrf_token(confirm)})
    assert answer.status_code == 303 and not db.session.scalars(select(ColumnSet)).all()
    assert client.get(f"{PAGE}?set={number}").status_code == 404
    assert entries("column_set.create")[0].new["columns"] == ["reference", "given_name"]
    assert entries("column_set.edit")[0].old["name"] == "Badges"
    assert entries("column_set.remove")[0].old["columns"] == ["email"]


def test_a_name_stands_once_in_an_edition_and_once_for_all(client, organiser):
    assert keep(client, "A", for_all="1").status_code == 303
    assert keep(client, "A").status_code == 303
    for more in ({"for_all": "1"}, {}):
        again = keep(client, "A", ("phone",), **more)
        assert again.status_code == 422 and "Another set of columns has this name." in again.text
        assert ticked(again.text) == 1 + len(more)  # what was ticked comes back
    other = make_edition(ordinal=9)
    assert [one.columns for one in db.session.scalars(select(ColumnSet))] == [["reference", "email"]] * 2
    assert "All editions" in client.get(f"/dashboard/editions/{other.ordinal}/delegates").text


@pytest.mark.parametrize(("name", "columns"), [("", ("id",)), ("A", ()), ("A", ("planet",))])
def test_a_set_that_does_not_hold_comes_back(client, organiser, name, columns):
    assert keep(client, name, columns).status_code == 422
    assert not db.session.scalars(select(ColumnSet)).all()


def test_sets_of_all_editions_are_for_those_who_may_change_all(client, edition):
    db.session.add(ColumnSet(name="All", columns=["id"]))
    db.session.add(ColumnSet(name="Kitchen", columns=["id", "dietary_needs"]))
    db.session.commit()
    kept = db.session.scalars(select(ColumnSet).where(ColumnSet.name == "All")).one()
    sign_in(client, make_user(role="organiser", editions=[edition]))
    page = client.get(PAGE).text
    assert "Kitchen" not in page and f"/sets/{kept.id}/remove" not in page
    assert keep(client, "Mine", for_all="1").status_code == 403
    token = csrf_token(client.get(PAGE).text)
    assert client.post(f"{PAGE}/sets/{kept.id}/remove", data={"csrf_token": token}).status_code == 403
    assert db.session.get(ColumnSet, kept.id)


def command(app, *options: str):
    door = Door(load_settings=None, create_app=None, begin=None, run_worker=None, _app=app)
    return CliRunner().invoke(commands, ("export", "delegates", "--edition", "8", *options), obj=door)


def test_the_command_takes_columns_sets_and_filters(app, edition):
    db.session.add(ColumnSet(name="Kitchen", edition_id=edition.id, columns=["country", "dietary_needs"]))
    db.session.commit()
    assert command(app, "--set", "Kitchen").stdout.splitlines() == [
        "country,dietary_needs",
        "NA,'=halal",
        "NO,",
    ]
    found = json.loads(
        command(app, "--columns", "role,country", "--where", "country=NO", "--format", "json").stdout
    )
    assert found["rows"] == [{"country": "NO", "role": "delegate"}]
    for wrong in (("--set", "none"), ("--columns", "planet"), ("--where", "state=liked"), ("--where", "x=1")):
        result = command(app, *wrong)
        assert (result.exit_code, result.stdout) == (2, "")
