"""The public page of figures, its files, and the data package over all editions."""

import csv
import io
import re
import uuid
from datetime import datetime

import pytest

from eventapp.models import FigureClaim
from eventapp.rules.access import Actor
from eventapp.rules.publication import Plan
from eventapp.services import publications
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")
ORGANISER = Actor(kind="user", id=1, name="Ada", role="organiser", all_editions=True)
NAME = re.compile(r"[-a-z0-9._/]+")


@pytest.fixture
def edition():
    edition = make_edition(country_code="KE")
    for country, people in {"KE": 9, "NG": 5, "ET": 2, "FR": 6, "NO": 4, "NA": 7}.items():
        for _ in range(people):
            make_registration(edition, country_code=country, state="approved")
    plan = Plan(measures=("registered", "approved"), sectors="both", is_crossed=True, without_host=True)
    seen = publications.preview(ORGANISER, 8, plan, now=NOW)
    publications.publish(ORGANISER, 8, seen, digest=seen.digest, nonce=uuid.uuid4(), now=NOW)
    return edition


def test_the_page_says_basis_and_time_and_tells_zero_from_withheld(client, edition):
    page = client.get("/editions/8/figures").text
    assert "As of 14 April 2027, 15:00 (UTC+3)" in page
    assert "submitted, endorsed, approved or on the waiting list at that time" in page
    assert "without Kenya: 24" in page
    assert "6 countries sent delegations" in page
    places = page.partition("table--places")[2]
    assert re.search(r"Namibia</th><td[^>]*>7<", places)
    assert re.search(r"Norway</th><td[^>]*>4<", places)
    assert re.search(
        r"Ethiopia</th><td[^>]*><span class=\"held\"><span[^>]*>fewer than 3 or withheld", places
    )
    assert re.search(r"Media</th><td class=\"b\">.*?</td><td class=\"n num\">0<", page)


def test_countries_stand_by_name_not_by_size(client, edition):
    places = client.get("/editions/8/figures").text.partition("table--places")[2]
    found = [places.index(name) for name in ("Ethiopia", "Kenya", "Namibia", "Nigeria")]
    assert found == sorted(found)


def test_the_archive_has_such_a_page_for_every_edition(client):
    for ordinal in range(1, 8):
        page = client.get(f"/editions/{ordinal}/figures")
        assert page.status_code == 200
    assert "more than 300" in page.text or "interpol" in page.text.lower()
    assert client.get("/editions/99/figures").status_code == 404


def test_no_file_is_offered_that_has_no_line(client, edition):
    for ordinal in (5, 8):
        page = client.get(f"/editions/{ordinal}/figures").text
        files = [
            one for one in re.findall(r'href="(/[^"]+\.csv)"', page) if "figures" in one or "editions" in one
        ]
        assert files, ordinal
        for file in files:
            lines = list(csv.DictReader(io.StringIO(client.get(file).text.lstrip("\ufeff"))))
            assert any(str(ordinal) in (row.get("edition"), row.get("ordinal")) for row in lines), file


def test_a_draft_has_none(client, edition):
    edition.state = "draft"
    for path in ("/editions/8/figures", "/editions/8/figures.json", "/editions/8/figures.csv"):
        assert client.get(path).status_code == 404


def test_the_page_is_kept_and_ends_with_the_next_publication(client, edition):
    page = client.get("/editions/8/figures")
    assert "must-revalidate" in page.headers["Cache-Control"]
    assert page.headers["ETag"]
    for language in ("fr", "es", "ar"):
        assert f'hreflang="{language}"' in page.text
        assert client.get(f"/{language}/editions/8/figures").status_code == 200


def test_the_edition_links_to_its_figures(client, edition):
    assert 'href="/editions/8/figures"' in client.get("/editions/8").text
    assert "/editions/8/figures" in client.get("/sitemap.xml").text


def test_the_file_holds_what_the_page_shows(client, edition):
    rows = list(csv.DictReader(io.StringIO(client.get("/editions/8/figures.csv").text.lstrip("\ufeff"))))
    document = client.get("/editions/8/figures.json").json["counted"]
    assert len(rows) == 2 * len(document["rows"])
    assert {row["threshold"] for row in rows} == {"3"}
    told = {
        (row["table"], row["sector"], row["subsector"], row["region"], row["country"], row["measure"]): (
            row["value"],
            row["status"],
        )
        for row in rows
    }
    assert told["country", "", "", "002", "NA", "registered"] == ("7", "shown")
    assert told["country", "", "", "002", "ET", "registered"] == ("", "withheld")
    assert told["sector", "MED", "", "", "", "approved"] == ("0", "shown")
    assert told["total", "", "", "", "", "registered"] == ("33", "shown")
    assert document["names"]["country"]["NA"]["en"] == "Namibia"
    for row in document["rows"]:
        for number in row["numbers"].values():
            assert (number["value"] is None) == (number["status"] != "shown")


def test_nothing_secret_stands_in_any_file(client, edition):
    for path in ("/editions/8/figures.json", "/editions/8/figures.csv", "/figures/counts.csv"):
        text = client.get(path).text
        assert "small" not in text and "protects" not in text


# the data package, against the rules of its profile


def test_the_descriptor_is_a_tabular_data_package(client, edition):
    package = client.get("/figures/datapackage.json").json
    assert package["profile"] == "tabular-data-package"
    assert NAME.fullmatch(package["name"])
    assert package["title"] and package["description"]
    assert all("name" in one or "path" in one for one in package["licenses"])
    assert package["sources"] and all(one["title"] for one in package["sources"])
    assert datetime.fromisoformat(package["created"])
    names = [one["name"] for one in package["resources"]]
    assert len(names) == len(set(names)) == 4
    for resource in package["resources"]:
        assert NAME.fullmatch(resource["name"])
        assert resource["profile"] == "tabular-data-resource"
        assert not resource["path"].startswith("/") and ".." not in resource["path"]
        fields = resource["schema"]["fields"]
        assert len({field["name"] for field in fields}) == len(fields)
        assert {field["type"] for field in fields} <= {"string", "integer", "boolean", "datetime"}
        assert resource["schema"]["missingValues"] == [""]


def cast(field, text):
    if field["type"] == "integer":
        return int(text)
    if field["type"] == "boolean":
        return {**dict.fromkeys(field["trueValues"], True), **dict.fromkeys(field["falseValues"], False)}[
            text
        ]
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") if field["type"] == "datetime" else text


def tables_of(client):
    for resource in client.get("/figures/datapackage.json").json["resources"]:
        answer = client.get(f"/figures/{resource['path']}")
        assert answer.status_code == 200
        yield resource, list(csv.reader(io.StringIO(answer.text)))


def test_every_table_holds_what_its_schema_says(client, edition):
    edition.figures.append(FigureClaim(measure="participants", qualifier="about", value=40, source_note="="))
    for resource, (header, *rows) in tables_of(client):
        fields = resource["schema"]["fields"]
        assert header == [field["name"] for field in fields]
        assert rows
        for row in rows:
            for field, text in zip(fields, row, strict=True):
                bounds = field.get("constraints", {})
                if text in resource["schema"]["missingValues"]:
                    assert not bounds.get("required"), (resource["name"], field["name"])
                    continue
                value = cast(field, text)
                assert text in bounds.get("enum", [text])
                assert "minimum" not in bounds or value >= bounds["minimum"]


def test_keys_are_unique_and_lead_somewhere(client, edition):
    tables = {resource["name"]: (resource["schema"], rows) for resource, rows in tables_of(client)}
    for schema, (header, *rows) in tables.values():
        if keys := schema.get("primaryKey"):
            found = [tuple(row[header.index(key)] for key in keys) for row in rows]
            assert len(set(found)) == len(found)
        for foreign in schema.get("foreignKeys", ()):
            other_header, *others = tables[foreign["reference"]["resource"]][1]
            [field], [target] = foreign["fields"], foreign["reference"]["fields"]
            known = {row[other_header.index(target)] for row in others}
            assert {row[header.index(field)] for row in rows} <= known


def test_an_unknown_table_is_not_there(client):
    assert client.get("/figures/nobody.csv").status_code == 404
