"""Charts in a real browser: drawn from their tables under the strict policy, in both directions and schemes, and saved."""

import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from eventapp.extensions import db
from eventapp.models import FigureClaim
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.journeys.conftest import check_accessible, check_no_sideways_scrolling

PAGES = {"/dashboard/editions/9/counts": 3, "/dashboard/editions/9/trend": 1, "/dashboard/figures": 1}
WATCH = "window.refused = []; addEventListener('securitypolicyviolation', one => refused.push(one.violatedDirective))"
DRAWN = "figure[data-drawn=yes]"


@pytest.fixture
def people(site):
    """France and Norway, whose codes Natural Earth does not have; Tuvalu, which is a point; a state of history."""
    with site.work():
        older = make_edition(ordinal=8, starts_on=date(2026, 5, 19), ends_on=date(2026, 5, 20))
        here = make_edition(ordinal=9)
        make_user(role="reader", email="reader@secretariat.example", password=PASSWORD)
        db.session.add(
            FigureClaim(
                edition_id=older.id, measure="participants", qualifier="more_than", value=300, is_shown=True
            )
        )
        for code, count in {"FR": 7, "NO": 4, "TV": 2, "SU": 1}.items():
            for place in range(count):
                make_registration(
                    here, country_code=code, submitted_at=site.clock() - timedelta(days=3 * place)
                )
        make_registration(here, represents="organisation", sector_code="IGO")
        make_registration(older, submitted_at=site.clock().replace(year=2026, month=3))


def signed_in(visitor, **options) -> Page:
    page = visitor.page(**options)
    page.add_init_script(WATCH)
    page.goto("/sign-in")
    page.locator("[name=email]").fill("reader@secretariat.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    return page


def see_all(page: Page, count: int) -> None:
    """Come near every figure, as a reader does, until all are drawn."""
    for figure in page.locator("figure[data-graph]").all():
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_attribute("data-drawn", "yes")
    expect(page.locator(DRAWN)).to_have_count(count)
    assert page.evaluate("refused") == []


@pytest.mark.journey
@pytest.mark.parametrize(("language", "dark", "phone"), [("", False, False), ("/ar", True, True)])
def test_drawn_under_the_policy(visitor, people, language, dark, phone):
    page = signed_in(visitor, dark=dark, phone=phone)
    for path, count in PAGES.items():
        page.goto(language + path)
        see_all(page, count)
        check_accessible(page, path)
        for summary in page.locator("figure[data-graph] summary").all():
            summary.click()
        check_accessible(page, f"{path} with its tables")
        check_no_sideways_scrolling(page, path)


@pytest.mark.journey
@pytest.mark.parametrize("language", ["", "/ar"])
def test_on_a_phone_the_files_and_the_numbers_stand_where_they_are_read(visitor, people, language):
    page = signed_in(visitor, phone=True)
    page.goto(f"{language}/dashboard/editions/9/counts")
    page.locator("details.dl > summary").click()
    menu = page.locator(".dl-menu").bounding_box()
    assert 0 <= menu["x"] and menu["x"] + menu["width"] <= page.viewport_size["width"]
    check_no_sideways_scrolling(page, "the menu of files")
    page.keyboard.press("Enter")
    figure = page.locator("figure[data-graph=bars]").first
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("data-drawn", "yes")
    texts = figure.locator("svg text")
    people, share = (
        texts.filter(has_text=re.compile(rf"^\W*{one}\W*$")).first.bounding_box()["x"]
        for one in ("14", r"93\W*%")
    )
    assert (people > share) is (language == "/ar"), "first how many, then their share, as one reads"


def colours(page: Page) -> dict[str, int]:
    """How many shapes of the map have each colour."""
    fills = page.locator("figure[data-graph=map] svg path").evaluate_all(
        "all => all.map(one => one.getAttribute('fill'))"
    )
    return {fill: fills.count(fill) for fill in set(fills)}


def token(page: Page, name: str) -> str:
    return page.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('--{name}').trim()")


@pytest.mark.journey
def test_france_and_norway_are_coloured_and_the_scheme_is_followed_live(visitor, people):
    page = signed_in(visitor)
    page.goto("/dashboard/editions/9/counts")
    see_all(page, 3)
    light = colours(page)
    for shade in ("h5", "h4", "h2"):  # France 7, Norway 4, Tuvalu 2: each beside its mark in the legend
        assert light[token(page, shade)] >= 2, shade
    for shade in ("h3", "h1"):  # the legend alone
        assert light[token(page, shade)] == 1, shade
    assert page.locator("figure[data-graph=map] svg text", has_text=re.compile("^7$")).count() == 1
    expect(page.locator("[data-graph-missing]")).to_have_text(
        "Not on this map: Union of Soviet Socialist Republics (1)"
    )
    page.emulate_media(color_scheme="dark")
    expect(
        page.locator(f'figure[data-graph=map] svg path[fill="{token(page, "h5")}"]').first
    ).to_be_attached()
    assert colours(page) != light
    page.evaluate("document.documentElement.dataset.bsTheme = 'light'")
    expect(
        page.locator(f'figure[data-graph=map] svg path[fill="{token(page, "h5")}"]').first
    ).to_be_attached()
    assert colours(page) == light


@pytest.mark.journey
@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("/dashboard/editions/9/counts", "map", ["7", "4", "5–7", "As of 14 April 2027"]),
        ("/dashboard/editions/9/trend", "days", ["15", "8th edition", "Basis: everything ever submitted"]),
        ("/dashboard/figures", "editions", ["more than 300", "15", "Computed from its registrations"]),
    ],
)
def test_pictures_hold_the_numbers(visitor, people, tmp_path, path, kind, words):
    page = signed_in(visitor, dark=True)
    page.goto(path)
    figure = page.locator(f"figure[data-graph={kind}]")
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("data-drawn", "yes")
    saved = {}
    for form in ("svg", "png"):
        with page.expect_download() as download:
            figure.locator(f"[data-graph-save={form}]").click()
        assert download.value.suggested_filename.endswith(f".{form}")
        saved[form] = tmp_path / f"picture.{form}"
        download.value.save_as(saved[form])
    tree = ET.parse(saved["svg"])
    told = [" ".join(one.itertext()) for one in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert not [word for word in words if not any(word in text for text in told)], told
    assert saved["png"].read_bytes().startswith(b"\x89PNG") and saved["png"].stat().st_size > 10_000
    assert tree.find("{http://www.w3.org/2000/svg}rect").get("fill") == "#ffffff", "pictures are for paper"
    assert page.evaluate("refused") == []


@pytest.mark.journey
def test_without_scripts_the_tables_stand_and_no_frame_is_empty(visitor, people):
    page = signed_in(visitor, scripts=False)
    for path, count in PAGES.items():
        page.goto(path)
        tables = page.locator("[data-graph-table]")
        expect(tables).to_have_count(count)
        for table in tables.all():
            expect(table).to_be_visible()
        for hidden in page.locator("[data-graph-canvas], [data-graph-tools]").all():
            expect(hidden).to_be_hidden()


@pytest.mark.journey
def test_a_line_that_breaks_leaves_the_table(visitor, people):
    page = signed_in(visitor)
    page.route("**/countries.geojson*", lambda route: route.fulfill(status=404))
    page.goto("/dashboard/editions/9/counts")
    figure = page.locator("figure[data-graph=map]")
    figure.scroll_into_view_if_needed()
    expect(figure.locator("table")).to_be_visible()
    expect(figure.locator("[data-graph-canvas]")).to_be_hidden()
    visitor.complaints[:] = [one for one in visitor.complaints if "the layer answers 404" not in one]
