"""Names longer than a screen, on a phone and at a desk; a refused sign-in says so where the focus is."""

import pytest
from playwright.sync_api import expect

from tests.factories.accounts import PASSWORD, make_user
from tests.factories.editions import make_edition
from tests.factories.programme import make_body, make_room, make_session
from tests.journeys.conftest import check_no_sideways_scrolling

LONG = "Ministry " + "Unbreakable" * 20
PAGES = (
    "/dashboard/bodies",
    "/dashboard/bodies/{body}",
    "/dashboard/bodies/{body}/edit",
    "/dashboard/editions/8/programme",
    "/editions/8/programme",
)


@pytest.mark.journey
def test_no_page_grows_wider_than_its_screen(site, visitor):
    with site.work():
        edition = make_edition()
        body = make_body(names={"en": LONG, "ar": "وزارة " * 40}).id
        make_session(edition, title={"en": LONG}, room_id=make_room(edition, names={"en": LONG}).id)
        email = make_user(role="administrator", password=PASSWORD).email
    page = visitor.page()
    page.goto("/sign-in")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill("not the password")
    page.locator("[name=password]").press("Enter")
    expect(page.locator(".errsum")).to_be_focused()
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/dashboard**")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for path in PAGES:
            page.goto(path.format(body=body))
            check_no_sideways_scrolling(page, f"{path} at {width}")
            assert page.evaluate(OVER_ITS_CELL) == [], f"{path} at {width}"
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto("/dashboard/editions/8/programme/sessions/new")
    page.locator("main form button[type=submit]").last.click()
    assert page.locator(".errsum li").first.evaluate(FROM_SIGN_TO_TEXT) < LINE


LINE = 12  # pixels, less than half a line
# Titles in a table that lie over the column beside theirs.
OVER_ITS_CELL = """() => [...document.querySelectorAll("table.list tbody th > a")].filter((title) => {
  const [inner, cell] = [title, title.closest("th")].map((one) => one.getBoundingClientRect());
  return inner.right > cell.right + 1 || inner.left < cell.left - 1;
}).map((title) => title.textContent)"""
# How far the line on which the sign of an entry stands is from the first line of its text.
FROM_SIGN_TO_TEXT = r"""(entry) => {
  const link = entry.querySelector("a");
  link.textContent += " and once more".repeat(8);
  entry.prepend(document.createTextNode("\u2060"));
  const sign = document.createRange();
  sign.selectNode(entry.firstChild);
  return Math.abs(sign.getBoundingClientRect().top - link.getBoundingClientRect().top);
}"""
