"""Filters of the page of counts: every dimension has a field, what is in force is seen and stays, and nonsense is told."""

import html
import re

import pytest

from eventapp.extensions import db
from eventapp.rules.dimension import known_dimensions
from eventapp.services.statistics_reference import get_reference
from tests.factories.accounts import make_user, sign_in
from tests.factories.attendance import FIRST_MORNING, make_check_in
from tests.factories.editions import make_edition
from tests.factories.programme import make_body
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")
PAGE = "/dashboard/editions/8/counts"
DAY = FIRST_MORNING.date().isoformat()


@pytest.fixture
def body(client):
    """Three people of edition 8, one of them of a known body and checked in; one of edition 9."""
    edition = make_edition(country_code="KE")
    body = make_body(kind="ngo", names={"en": "Foundation for Safe Return"})
    make_registration(edition, country_code="NA", role="head")
    make_registration(edition, represents="organisation", sector_code="IGO")
    came = make_registration(
        edition, represents="organisation", sector_code="NGO", seat_country_code="FR", body_id=body.id
    )
    make_check_in(came)
    make_registration(make_edition(ordinal=9), country_code="NO")
    sign_in(client, make_user(role="reader"))
    return body


def choices(page: str, name: str) -> dict[str, str]:
    """The options of a field: value -> text, the chosen one marked."""
    field = re.search(rf'<select [^>]*name="{name}">(.*?)</select>', page, re.DOTALL).group(1)
    found = re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)</option>', field)
    return {html.unescape(value): ("* " if mark else "") + html.unescape(text) for value, mark, text in found}


def test_every_dimension_is_a_field(client, body):
    page = client.get(f"{PAGE}?more=1").text
    fields = set(re.findall(r'<select [^>]*name="([^"]*)"', page)) - {"measure", "rows", "columns"}
    assert fields == set(known_dimensions(get_reference()))
    assert choices(page, "body") == {
        "": "Everybody",
        str(body.id): "Foundation for Safe Return",
        "none": "States, and organisations that are not on the list",
    }
    assert list(choices(page, "check_in_day")) == ["", DAY]
    assert list(choices(page, "edition")) == ["", "8", "9"]
    assert "LE-POL" in choices(page, "sector") and "015" in choices(page, "subregion")
    assert "NGO" in choices(page, "sector"), "a sector with none below it holds people itself"
    assert "LE" not in choices(page, "sector") and "LE" in choices(page, "main_sector")
    assert 'name="more"' in client.get(PAGE).text and 'name="body"' not in client.get(PAGE).text


def test_what_is_in_force_is_seen_and_stays(client, body):
    page = client.get(f"{PAGE}?body={body.id}&role=head,delegate&country=none&region=none").text
    assert "Body: Foundation for Safe Return" in page
    assert choices(page, "body")[str(body.id)] == "* Foundation for Safe Return"
    assert choices(page, "role")["head,delegate"] == "* Head of delegation, Delegate"
    assert choices(page, "country")["none"] == "* No country"
    assert choices(page, "region")["none"] == "* No country"


@pytest.mark.parametrize(
    ("filters", "people"),
    [
        ("country_basis=none", 1),
        ("country_basis=state,none", 2),
        ("body=none", 2),
        ("check_in_day=" + DAY, 1),
        ("edition=8,9", 4),
        ("subregion=202", 1),
        ("sector=NGO,IGO", 2),
    ],
)
def test_every_filter_counts(client, body, filters, people):
    assert client.get(f"{PAGE}.json?by=role&{filters}").json["totals"]["registered"] == people
    assert f"{people} people" in client.get(f"{PAGE}?{filters}").text.replace("1 person", "1 people")


@pytest.mark.parametrize(
    "filters",
    [
        "role=heads",
        "country=XX",
        "region=999",
        "sector=Police",
        "day=soon",
        "body=999999",
        "edition=77",
        "edition=8,77",
    ],
)
def test_a_code_that_does_not_exist_is_no_count_of_nobody(client, body, filters):
    for address in (f"{PAGE}?{filters}", f"{PAGE}.json?by=role&{filters}"):
        answer = client.get(address)
        assert answer.status_code == 422 and "Nothing is counted under" in html.unescape(answer.text)


def test_editions_beside_each_other_where_this_one_has_nobody(client):
    make_edition()
    make_registration(make_edition(ordinal=9), country_code="NO")
    sign_in(client, make_user(role="reader"))
    page = client.get(f"{PAGE}?rows=edition").text
    assert "are of the 8th edition alone" in page and "9th edition" in page.partition("<tbody>")[2]
    assert '<td class="sum gap">1</td>' in page.partition("<tfoot>")[2]
    crossed = client.get(f"{PAGE}?rows=country&columns=edition").text
    assert ">9th edition</th>" in crossed and "Norway" in crossed
    assert "alone" not in client.get(f"{PAGE}?rows=edition&edition=9").text


def test_nobody_under_a_measure_is_no_empty_drawing(client):
    make_registration(make_edition())
    sign_in(client, make_user(role="reader"))
    page = client.get(f"{PAGE}?measure=checked_in").text
    assert "Nobody is counted under this measure" in page and "<figure" not in page
    assert "<figure" in client.get(PAGE).text


def test_shades_fit_the_numbers(client):
    edition = make_edition()
    for country, sector, count in (("NA", "LE-POL", 2), ("NA", "NGO", 130), ("FR", "NGO", 30)):
        kind = {} if sector == "LE-POL" else {"represents": "organisation", "seat_country_code": country}
        for _ in range(count):
            make_registration(edition, sector_code=sector, **({"country_code": country} | kind))
    db.session.flush()
    sign_in(client, make_user(role="reader"))
    page = client.get(f"{PAGE}?rows=main_sector&columns=region").text
    assert '<i class="heat-5"></i>41–130</li>' in page
    assert '<td class="heat-5">130</td>' in page and '<td class="heat-4">30</td>' in page


@pytest.mark.parametrize(
    ("question", "is_told"),
    [
        ("rows=language&columns=role", True),
        ("rows=body&columns=none&host=without", True),
        ("rows=role&columns=none&language=en", True),
        ("rows=language&columns=state", False),
        ("rows=body&columns=none", False),
        ("rows=role", False),
    ],
)
def test_where_the_erased_stand_elsewhere_the_page_says_so(client, body, question, is_told):
    assert ("Erased people stay counted" in client.get(f"{PAGE}?{question}").text) is is_told
