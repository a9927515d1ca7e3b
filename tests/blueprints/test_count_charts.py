"""The charts of the page of counts: what they are drawn from is the question's own numbers, in table, file and words."""

import csv
import html
import io
import json
import re

import pytest

from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")
PAGE = "/dashboard/editions/8/counts"


@pytest.fixture
def edition(client):
    edition = make_edition(country_code="KE")
    for country, state in (("NA", "approved"), ("NA", "submitted"), ("NO", "approved"), ("KE", "approved")):
        make_registration(edition, country_code=country, state=state)
    make_registration(edition, represents="organisation", sector_code="NGO", seat_country_code="NO")
    make_registration(edition, represents="organisation", sector_code="IGO")
    sign_in(client, make_user(role="reader"))
    return edition


def figure(text: str, kind: str, place: int = 0) -> str:
    return re.findall(rf'<figure class="graph"[^>]*data-graph="{kind}".*?</figure>', text, re.DOTALL)[place]


def rows(part: str) -> dict[str, list[int]]:
    """What the drawing reads: key -> numbers."""
    found = re.findall(r'<tr data-key="([^"]*)">(.*?)</tr>', part, re.DOTALL)
    return {key: [int(one) for one in re.findall(r'data-v="(\d+)"', cells)] for key, cells in found}


def attribute(part: str, name: str):
    return json.loads(html.unescape(re.search(rf'data-{name}="([^"]*)"', part).group(1)))


def file(client, part: str) -> list[list[str]]:
    address = html.unescape(re.search(r'href="([^"]*counts\.csv[^"]*)"', part).group(1))
    return list(csv.reader(io.StringIO(client.get(address).text.removeprefix("\ufeff"))))


def test_the_map_shows_countries_and_nobody_else(client, edition):
    part = figure(client.get(PAGE).text, "map")
    assert rows(part) == {"NA": [2], "NO": [2], "KE": [1]}
    assert ">No country<" in part, "told in the table, on no map"
    assert attribute(part, "words") == {"classes": [[1, 1], [2, 2]], "classNames": ["1", "2"]}
    assert "Boundaries and names on the map imply no opinion." in part
    assert attribute(part, "lines")[0].startswith("People registered: submitted, endorsed, approved")
    assert "Made-up figures" not in attribute(part, "lines")
    edition.is_demonstration = True
    for page in (PAGE, "/dashboard/editions/8/trend"):
        part = figure(client.get(page).text, "map" if page == PAGE else "days")
        assert "Made-up figures" in attribute(part, "lines"), "a picture that is passed on says so"


def test_bars_hold_the_inner_measure_and_the_outer_one(client, edition):
    text = client.get(PAGE).text
    assert rows(figure(text, "bars")) == {"LE": [3, 4], "NGO": [0, 1], "IGO": [0, 1]}
    assert attribute(figure(text, "bars"), "words") == {
        "inner": "People approved",
        "outer": "People registered",
        "rest": "People registered: the others",
    }


def test_a_figure_follows_the_question_and_says_so(client, edition):
    text = client.get(f"{PAGE}?measure=approved&host=without&sector=LE-POL").text
    part = figure(text, "map")
    assert rows(part) == {"NA": [1], "NO": [1]}
    lines = attribute(part, "lines")
    assert "Without the host country" in lines and any(line.startswith("Only: ") for line in lines)


@pytest.mark.parametrize("question", ["", "?measure=approved", "?host=without", "?region=002"])
def test_its_file_says_the_same(client, edition, question):
    text = client.get(PAGE + question).text
    part = figure(text, "map")
    told = {
        name: int(people[0])
        for name, people in zip(re.findall(r'scope="row">([^<]+)<', part), rows(part).values())
    }
    header, *lines = file(client, part)
    countries = [line for line in lines if line[1] in told]
    assert {line[1]: int(line[header.index("All")]) for line in countries} == told and told
    bars = figure(text, "bars")
    header, *lines = file(client, bars)
    found = {
        line[0]: [int(line[header.index(name)]) for name in ("approved", "registered")]
        for line in lines
        if int(line[header.index("registered")])
    }
    assert found == rows(bars)


def test_without_anybody_there_is_no_map(client):
    make_registration(make_edition(), state="rejected")
    sign_in(client, make_user(role="reader"))
    assert 'data-graph="map"' not in client.get(PAGE).text
