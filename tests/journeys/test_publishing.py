"""An organiser publishes figures, everybody reads them without a small number, a withdrawn publication is gone."""

import pytest
from playwright.sync_api import expect

from tests.factories.accounts import PASSWORD, make_user
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.journeys.conftest import check_accessible, check_no_sideways_scrolling

DESK = "/dashboard/editions/8/publications"


@pytest.fixture
def organiser(site):
    with site.work():
        edition = make_edition(country_code="KE")
        for country, people in {"KE": 9, "NG": 5, "ET": 2, "FR": 6, "NO": 4}.items():
            for _ in range(people):
                make_registration(edition, country_code=country, state="approved")
        make_user(role="organiser", all_editions=True, email="o@secretariat.example", password=PASSWORD)


@pytest.mark.journey
@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_choices_to_the_public_page_and_back(site, visitor, organiser, scripts):
    page, public = visitor.page(scripts=scripts), visitor.page(phone=True, dark=True)
    public.goto("/editions/8/figures")
    expect(public.locator("main")).to_contain_text("No figure of this edition is published so far")

    page.goto("/sign-in")
    page.locator("[name=email]").fill("o@secretariat.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.goto(DESK)
    page.get_by_label("People approved").check()
    page.get_by_label("The total without the host country as well").check()
    page.get_by_role("button", name="Look at the preview").click()
    row = page.get_by_role("row", name="Ethiopia")
    expect(row).to_contain_text("2 small")
    expect(page.get_by_role("row", name="Nigeria")).to_contain_text("5 protects another")
    if scripts:
        check_accessible(page, "preview of figures")
    table = page.locator(".table--places")
    frame = table.locator("xpath=..").bounding_box()["width"]
    assert frame - table.bounding_box()["width"] < 20, "the rules of the frame end where the table does"
    page.get_by_role("button", name="Publish these figures").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Publication 1")

    public.reload()
    expect(public.get_by_role("row", name="Kenya")).to_contain_text("9")
    expect(public.get_by_role("row", name="Ethiopia")).to_contain_text("withheld")
    expect(public.get_by_role("row", name="Ethiopia")).not_to_contain_text("2")
    expect(public.locator("main")).to_contain_text("without Kenya: 17")
    check_accessible(public, "figures")
    check_no_sideways_scrolling(public, "figures")

    page.get_by_role("link", name="Withdraw…").click()
    page.get_by_role("button", name="Withdraw this publication").click()
    expect(page.locator("main")).to_contain_text("withdrawn on")
    public.reload()
    expect(public.locator("main")).to_contain_text("No figure of this edition is published so far")
