"""A journalist browses the archive; the same pages for machines; no page scrolls sideways at 360 px."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import check_no_sideways_scrolling


@pytest.mark.journey
def test_how_many_countries_came_to_doha(site, visitor):
    page = visitor.page()
    page.goto("/")
    page.get_by_role("link", name="Past editions").first.click()
    expect(page.locator("h1")).to_have_text("Past editions")
    doha = page.locator("li").filter(has_text="Doha, Qatar").first
    expect(doha).to_contain_text("90 countries")
    source = doha.get_by_role("link", name="interpol.int")
    assert source.get_attribute("href").startswith("https://www.interpol.int/")
    doha.get_by_role("link", name="Doha").first.click()
    expect(page.locator("h1")).to_contain_text("5th INTERPOL Global")
    page.get_by_role("link", name="Français").first.click()
    assert page.url.endswith("/fr/editions/5")
    expect(page.locator("main")).to_contain_text("Qatar")
    assert page.request.get("/editions/5.json").json()["ordinal"] == 5


@pytest.mark.journey
@pytest.mark.parametrize("language", ["", "/ar"])
def test_nothing_scrolls_sideways_on_a_small_phone(site, visitor, language):
    page = visitor.page(phone=True)
    page.set_viewport_size({"width": 360, "height": 740})
    for path in (
        "/",
        "/editions",
        "/editions/7",
        "/editions/3",
        "/partners",
        "/privacy",
        "/contact",
        "/sign-in",
    ):
        page.goto(language + path)
        check_no_sideways_scrolling(page, language + path)
