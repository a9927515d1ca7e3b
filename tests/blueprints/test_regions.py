"""The administrator's pages of regions: schemes side by side, a new one made from nothing, and what comes back."""

import html
import re
import uuid

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import AuditEntry, Region
from eventapp.rules.access import Actor
from eventapp.rules.publication import Plan
from eventapp.services import publications, regions, statistics_reference
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.pages import csrf_token

BASE = "/dashboard/regions"


@pytest.fixture
def office(client, ctx):
    statistics_reference._kept.clear()
    sign_in(client, make_user(role="administrator"))
    return client


def post(client, path, **data):
    token = csrf_token(client.get(f"{BASE}/new").text)
    return client.post(f"{BASE}{path}", data={"csrf_token": token, **data}, follow_redirects=True)


def region(name):
    return next(one for one in db.session.scalars(select(Region)) if one.names.get("en") == name)


def ticked(page):
    return set(re.findall(r'value="(\w\w)" checked', page))


def make_scheme(client):
    post(client, "/new", code="own_union", names_en="Own union", names_ar="اتحاد")
    post(client, "/own_union/regions/new", names_en="North")
    post(client, "/own_union/regions/new", names_en="South")
    post(client, "/own_union/regions/new", names_en="Coast", parent_id=str(region("South").id))
    return region("North"), region("South"), region("Coast")


def address(one, end=""):
    return f"/{one.scheme}/regions/{one.id}{end}"


def test_the_schemes_stand_side_by_side(office):
    page = office.get(BASE).text
    assert "UN M49 regions" in page and "UN regional groups" in page and "Sub-Saharan Africa" in page
    assert page.count("Unassigned") == 2
    page = office.get(f"{BASE}/un_regional_groups").text
    assert "African States" in page and "Palestine" in page  # of no group
    assert office.get("/fr" + BASE).text.count("Non attribué") == 2


def test_a_scheme_from_nothing_to_the_page_of_counts(office):
    north, south, coast = make_scheme(office)
    post(office, address(north, "/countries"), version="1", countries=["NO", "FR"])
    page = post(office, address(coast, "/countries"), version="1", countries=["NA"])
    assert "The countries of the region are saved." in page.text
    edition = make_edition(ordinal=8)
    for country in ("NA", "NO", "NO", "DE"):
        make_registration(edition, country_code=country)
    counts = "/dashboard/editions/8/counts"
    page = office.get(counts, query_string={"rows": "own_union", "columns": "role"})
    assert '<option value="own_union" selected>Own union</option>' in page.text
    text = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    assert "Own union × Role" in text and "North 2 2 South 1 1 Unassigned 1 1" in text
    page = office.get(counts, query_string={"rows": "main_sector", "columns": "own_union"}).text
    assert "Sector × Own union" in page
    page = office.get(counts, query_string={"rows": "country", "columns": "none", "own_union": "south"}).text
    assert "Own union: South" in page and "Namibia" in page.split('id="crossed"')[1]
    assert "Own union, lower level" in page
    assert "اتحاد" in office.get("/ar" + counts, query_string={"rows": "own_union"}).text
    lines = office.get(f"{counts}.csv", query_string={"by": "own_union.lower"}).text
    assert "own_union.lower" in lines and "coast" in lines
    page = office.get("/dashboard/editions/8/publications").text  # figures are published by it as well
    assert ">Own union</option>" in page and ">UN regional groups</option>" in page
    post(office, "/own_union/remove")
    page = office.get(counts, query_string={"rows": "own_union", "columns": "own_union"})
    assert page.status_code == 200 and "Own union" not in page.text


def test_ticks_move_countries_and_say_where_they_stood(office):
    north, _, coast = make_scheme(office)
    post(office, address(north, "/countries"), version="1", countries=["NO", "NA"])
    page = office.get(BASE + address(coast, "/countries")).text
    assert not ticked(page) and page.count("now in North") == 2
    post(office, address(coast, "/countries"), version="1", countries=["NA"])
    assert ticked(office.get(BASE + address(coast, "/countries")).text) == {"NA"}
    assert ticked(office.get(BASE + address(north, "/countries")).text) == {"NO"}
    assert "now in South" in office.get(BASE + address(north, "/countries")).text


def test_the_second_of_two_keeps_the_ticks_and_sees_the_other_ones(office):
    north, *_ = make_scheme(office)
    post(office, address(north, "/countries"), version="1", countries=["NO", "NA"])
    page = post(office, address(north, "/countries"), version="1", countries=["NO", "FR"])
    assert page.status_code == 409 and "Save over these changes" in page.text
    assert ticked(page.text) == {"NO", "FR"} and "NA, NO" in page.text
    version = re.search(r'name="version" value="(\d+)"', page.text)[1]
    post(office, address(north, "/countries"), version=version, countries=["NO", "FR"])
    assert set(regions.read_places("own_union")) == {"NO", "FR"}
    post(office, address(north), version="3", names_en="Far north")
    page = post(office, address(north), version="3", names_en="Farther north")
    assert page.status_code == 409 and 'value="Farther north"' in page.text and "Far north" in page.text
    post(office, "/own_union/edit", version="1", names_en="Union")
    page = post(office, "/own_union/edit", version="1", names_en="Own league")
    assert page.status_code == 409 and 'value="Own league"' in page.text and "Own union" in page.text


def test_a_stale_token_loses_nothing(office):
    north, *_ = make_scheme(office)
    page = office.post(
        BASE + address(north, "/countries"),
        data={"csrf_token": "old", "version": "1", "countries": ["NO", "NA"]},
    )
    assert page.status_code == 422 and ticked(page.text) == {"NO", "NA"} and "open for too long" in page.text
    for path, field in (
        ("/new", "code"),
        ("/own_union/regions/new", "names_fr"),
        (address(north), "names_es"),
    ):
        page = office.post(BASE + path, data={"csrf_token": "old", field: "typed_before"})
        assert page.status_code == 422 and 'value="typed_before"' in page.text
    assert not regions.read_places("own_union")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"code": "", "names_en": "X"}, "Please answer this."),
        ({"code": "country", "names_en": "X"}, "Counts use this word for something else."),
        ({"code": "no spaces", "names_en": "X"}, "Please give a word of small letters"),
        ({"code": "m49", "names_en": "X"}, "There is a scheme with this code already."),
        ({"code": "fine", "names_en": " "}, "Please answer this."),
        ({"code": "fine", "names_en": "a\x00b"}, "characters that cannot be kept"),
        ({"code": "fine", "names_en": "x" * 10_000}, "too long"),
    ],
)
def test_a_scheme_that_does_not_hold_comes_back(office, data, told):
    page = post(office, "/new", **data)
    assert page.status_code == 422 and told in page.text
    assert html.escape(data["code"]) in page.text


def test_regions_are_moved_and_removed_with_a_word_of_warning(office):
    north, south, coast = make_scheme(office)
    north_number = north.id
    post(office, address(north, "/countries"), version="1", countries=["NO"])
    page = post(office, address(south, "/move"), direction="up").text
    assert page.index(">South<") < page.index(">Coast<") < page.index(">North<")
    assert "Other regions lie within" in office.get(BASE + address(south, "/remove")).text
    assert post(office, address(south, "/remove")).status_code == 422
    assert "No country stands in it." in office.get(BASE + address(coast, "/remove")).text
    assert (
        "One country stands in it, and is unassigned then."
        in office.get(BASE + address(north, "/remove")).text
    )
    post(office, address(coast, "/remove"))
    post(office, address(south, "/remove"))
    page = post(office, address(north, "/remove"))
    assert "No regions yet" in page.text
    assert "It has no regions." in office.get(f"{BASE}/own_union/remove").text
    assert "cannot be removed" in office.get(f"{BASE}/m49/remove").text
    assert post(office, "/m49/remove").status_code == 422
    page = post(office, "/un_regional_groups/move", direction="up").text
    assert page.index("UN regional groups") < page.index("UN M49 regions")
    assert office.get(f"{BASE}/m49/regions/{north_number}").status_code == 404


def test_a_region_of_another_scheme_is_not_found_under_this_one(office):
    make_scheme(office)
    other = region("Africa")
    for path in ("", "/countries", "/remove"):
        assert office.get(f"{BASE}/own_union/regions/{other.id}{path}").status_code == 404
        assert post(office, f"/own_union/regions/{other.id}{path}", version="1").status_code == 404


def test_the_audit_list_says_it_in_words(office):
    north, *_ = make_scheme(office)
    post(office, address(north, "/countries"), version="1", countries=["NO", "NA"])
    post(office, "/own_union/move", direction="up")
    page = office.get("/dashboard/audit").text
    for words in (
        "chose the countries of a region",
        "added a scheme of regions",
        "NA, NO",
        "Scheme of regions",
    ):
        assert words in page
    kinds = {entry.subject_type for entry in db.session.scalars(select(AuditEntry))}
    assert kinds >= {"region", "region_scheme"}


def test_a_scheme_that_figures_were_published_by_stays_and_the_page_says_why(office):
    edition = make_edition()
    for _ in range(4):
        make_registration(edition, country_code="NA")
    who = Actor(kind="user", id=1, name="Ada", role="organiser", all_editions=True)
    seen = publications.preview(who, 8, Plan(scheme="un_regional_groups"), now=NOW)
    publications.publish(who, 8, seen, digest=seen.digest, nonce=uuid.uuid4(), now=NOW)
    db.session.commit()
    page = office.get(f"{BASE}/un_regional_groups/remove").text
    assert "figures were published by its regions" in page and "Editions: 8." in page
    assert "Remove the scheme" not in page
    answer = post(office, "/un_regional_groups/remove")
    assert answer.status_code == 422 and "Editions: 8." in answer.text
