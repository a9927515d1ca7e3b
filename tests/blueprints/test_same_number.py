"""The same question gives the same number on the page, in every file and on the command line."""

import csv
import io
import json
import re

import pytest
from click.testing import CliRunner

from eventapp.cli import Door, commands
from eventapp.rules.access import COMMAND
from eventapp.services.exports_report import get_report
from eventapp.web.counting_words import words
from eventapp.web.report import document
from eventapp.web.typed import speaking
from tests.factories.accounts import make_user, sign_in
from tests.factories.attendance import make_check_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.services.test_workbooks import cells_of

pytestmark = pytest.mark.usefixtures("ctx")
PAGE = "/dashboard/editions/8/counts"
FILTERS = {
    "everybody": {},
    "without host": {"host": "without"},
    "some": {"role": "head", "state": "approved"},
}


@pytest.fixture
def edition(client):
    edition = make_edition(country_code="KE")
    for country, role in (("NA", "head"), ("NA", "delegate"), ("NO", "head"), ("KE", "delegate")):
        make_registration(edition, country_code=country, state="approved", role=role)
    make_check_in(make_registration(edition, country_code="FR", state="approved"))
    make_registration(edition, country_code="FR")
    make_registration(edition, represents="organisation", sector_code="IGO")
    sign_in(client, make_user(role="reader"))
    return edition


def page_number(client, query: dict[str, str]) -> int:
    text = client.get(PAGE, query_string=query | {"rows": "country", "columns": "none"}).text
    foot = re.search(r"<tfoot>.*?</tfoot>", text, re.DOTALL)[0]
    return int(re.search(r'<td class="sum[^"]*">(\d+)</td>', foot)[1])


def csv_number(text: str, measure: str) -> int:
    return sum(int(row[measure]) for row in csv.DictReader(io.StringIO(text)))


def sheet_number(path, measure: str) -> int:
    head, *rows = cells_of(path)
    return sum(row[head.index(measure)] for row in rows)


def command(app, *options: str) -> str:
    door = Door(load_settings=None, create_app=None, begin=None, run_worker=None, _app=app)
    result = CliRunner().invoke(commands, ("export", "counts", "--edition", "8", *options), obj=door)
    assert result.exit_code == 0, result.output
    return result.stdout


def options_of(query: dict[str, str]) -> list[str]:
    """The filters of an address as options of the command."""
    without = ["--without-host"] if "host" in query else []
    return without + [f"--where={name}={code}" for name, code in query.items() if name != "host"]


@pytest.mark.parametrize("asked", FILTERS)
@pytest.mark.parametrize("measure", ["received", "registered", "approved", "checked_in"])
def test_the_same_number_everywhere(app, client, clock, edition, tmp_path, measure, asked):
    query = FILTERS[asked]
    files = query | {"by": "country", "measure": measure}
    file, own = tmp_path / "counts.xlsx", tmp_path / "own.xlsx"
    file.write_bytes(client.get(f"{PAGE}.xlsx", query_string=files).data)
    options = ["--by", "country", "--measure", measure, *options_of(query)]
    command(app, *options, "--format", "xlsx", "--output", str(own))
    numbers = {
        "page": page_number(client, query | {"measure": measure})
        if client.get(f"{PAGE}.json", query_string=files).json["rows"]
        else 0,
        "csv": csv_number(client.get(f"{PAGE}.csv", query_string=files).text, measure),
        "json": client.get(f"{PAGE}.json", query_string=files).json["totals"][measure],
        "xlsx": sheet_number(file, measure),
        "command csv": csv_number(command(app, *options), measure),
        "command json": json.loads(command(app, *options, "--format", "json"))["totals"][measure],
        "command xlsx": sheet_number(own, measure),
    }
    expected = {
        "everybody": {"received": 7, "registered": 7, "approved": 5, "checked_in": 1},
        "without host": {"received": 6, "registered": 6, "approved": 4, "checked_in": 1},
        "some": {"received": 2, "registered": 2, "approved": 2, "checked_in": 0},
    }[asked][measure]
    if asked == "everybody" and measure != "received":
        with speaking("en"):
            report = get_report(COMMAND, 8, now=clock(), language="en", words=words())
            column = ["registered", "approved", "checked_in"].index(measure)
            numbers["report"] = int(document(report)["countries"]["totals"][column])
            numbers["its countries"] = sum(
                int(row["numbers"][column]) for row in document(report)["countries"]["rows"]
            )
    assert set(numbers.values()) == {expected}, numbers


def test_the_command_speaks_the_language_of_the_names_and_marks_the_order_of_bytes(app, edition):
    text = command(app, "--by", "country", "--language", "fr", "--measure", "approved", "--bom")
    assert text.startswith("\ufeffcountry,")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {row["basis"] for row in rows} == {"approved: inscriptions actuellement acceptées"}
    everybody = command(app, "--by", "country", "--language", "fr")
    assert "Sans pays" in everybody and not everybody.startswith("\ufeff")
