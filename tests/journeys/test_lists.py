"""The administrator ticks countries of a region in a browser: names are sifted as one types, nothing out of sight is lost."""

import pytest

from eventapp.services import regions
from tests.factories.accounts import PASSWORD, make_user


@pytest.mark.journey
def test_a_country_is_found_by_typing_and_moved(site, visitor):
    with site.work():
        make_user(role="administrator", email="admin@secretariat.example", password=PASSWORD)
        before = regions.read_places("un_regional_groups")
        group = before["NO"].upper
    page = visitor.page()
    page.goto("/sign-in")
    page.locator("[name=email]").fill("admin@secretariat.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_url("**/dashboard**")
    page.goto(f"/dashboard/regions/un_regional_groups/regions/{group}/countries")
    field = page.locator("[data-sift]")
    field.fill("zzz")
    assert page.locator("main [role=status]").inner_text() == "No name fits"
    field.fill("NAMIB")
    assert page.locator("main .form-check:visible").count() == 1
    field.press("Enter")  # saves nothing
    page.locator("#country-NA").check()
    page.locator("main form [type=submit]").click()
    page.wait_for_url("**/un_regional_groups#region-*")
    with site.work():
        after = regions.read_places("un_regional_groups")
    assert {code for code in after if after[code] != before[code]} == {"NA"}
    assert after["NA"].upper == group
