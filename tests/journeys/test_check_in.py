"""The door: on a phone, a second desk, undone with a reason, by keyboard alone, without JavaScript, with a broken line."""

import pytest
from playwright.sync_api import expect

from eventapp.extensions import db
from eventapp.models import CheckIn, Registration
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.attendance import FIRST_MORNING, make_check_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.journeys.conftest import check_accessible, check_no_sideways_scrolling

DOOR = "/dashboard/editions/8/check-in"


@pytest.fixture
def people(site):
    """Adeyemi and Abara are approved, Adaku waits on the list; two accounts for two desks."""
    site.clock.moment = FIRST_MORNING
    with site.work():
        edition = make_edition()
        for name, state in (("Adeyemi", "approved"), ("Abara", "approved"), ("Adaku", "waitlisted")):
            make_registration(edition, family_name=name, given_name="Joy", state=state, country_code="NG")
        for name in ("first", "second"):
            make_user(
                role="organiser", name=name.title(), email=f"{name}@secretariat.example", password=PASSWORD
            )


def at_the_door(page, who="first", language=""):
    page.goto("/sign-in")
    page.fill("[name=email]", f"{who}@secretariat.example")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button[type=submit]").click()
    page.goto(language + DOOR)
    return page


def valid(site):
    with site.app.app_context():
        return db.session.query(CheckIn).filter(CheckIn.undone_at.is_(None)).count()


@pytest.mark.journey
def test_on_a_phone_with_a_second_desk(site, visitor, people):
    phone = at_the_door(visitor.page(phone=True))
    phone.fill("#name", "Main entrance")
    phone.get_by_role("button", name="Save").click()
    phone.fill("#q", "joy ade")
    expect(phone.locator(".doorlist li")).to_have_count(1)
    expect(phone.locator("#said")).to_have_text("One person found")
    check_accessible(phone, "somebody found")
    check_no_sideways_scrolling(phone, "somebody found")
    button = phone.locator(".doorlist").get_by_role("button", name="Check in")
    assert button.bounding_box()["height"] >= 44

    second = at_the_door(visitor.page(), "second")
    second.fill("#q", "adeyemi")
    expect(second.locator(".doorlist li")).to_have_count(1)
    button.click()
    expect(phone.locator("#verdict")).to_contain_text("Checked in")
    expect(phone.locator("#verdict")).to_contain_text("ADEYEMI, Joy")
    expect(phone.locator("#q")).to_have_value("")
    expect(phone.locator("#q")).to_be_focused()
    expect(phone.locator("#totals .v").first).to_have_text("1")
    check_accessible(phone, "somebody is in")

    second.locator(".doorlist").get_by_role("button", name="Check in").click()
    expect(second.locator("#verdict")).to_contain_text("Was in already")
    expect(second.locator("#verdict")).to_contain_text("09:12, Main entrance, by First")
    assert valid(site) == 1

    phone.locator("#verdict").get_by_role("link", name="Undo").click()
    check_accessible(phone, "undo")
    phone.get_by_role("button", name="It was another person").click()
    expect(phone.locator("#verdict")).to_contain_text("not checked in any more")
    assert valid(site) == 0
    phone.fill("#q", "ab")
    expect(phone.locator("#verdict")).to_be_empty()  # nobody takes the next person for the last one


@pytest.mark.journey
def test_the_numbers_of_a_page_that_stays_open(site, visitor, people):
    page = visitor.page()
    page.clock.install()
    at_the_door(page)
    expect(page.locator("#totals .v").first).to_have_text("0")
    with site.work():
        for one in db.session.query(Registration).filter_by(state="approved"):
            make_check_in(one)
    page.clock.run_for(11_000)
    expect(page.locator("#totals .v").first).to_have_text("2")


@pytest.mark.journey
def test_by_keyboard_alone(site, visitor, people):
    page = at_the_door(visitor.page())
    expect(page.locator("#q")).to_be_focused()
    for name in ("abara", "adeyemi"):
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        expect(page.locator(".doorlist li button")).to_be_focused()  # one person: the button is next
        page.keyboard.press("Enter")
        expect(page.locator("#verdict")).to_contain_text(name.upper())
        expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("joy")
    page.keyboard.press("Enter")
    expect(page.locator(".doorlist li")).to_have_count(3)
    expect(page.locator("#q")).to_be_focused()  # of several people none is chosen by chance
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("adaku")
    page.keyboard.press("Enter")
    expect(page.locator(".doorlist summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".doorlist")).to_contain_text(
        "The state of this registration is: On the waiting list"
    )
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("Checked in")
    assert valid(site) == 3


@pytest.mark.journey
def test_without_javascript(site, visitor, people):
    page = at_the_door(visitor.page(scripts=False, phone=True))
    page.fill("#q", "nigeria")
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".doorlist li")).to_have_count(3)
    page.locator(".doorlist li", has_text="ABARA").get_by_role("button").click()
    expect(page.locator("#verdict")).to_contain_text("ABARA, Joy")
    expect(page.locator("#q")).to_have_value("")
    page.fill("#q", "adaku")
    page.get_by_role("button", name="Find").click()
    page.locator(".doorlist summary").click()
    page.get_by_role("button", name="Yes, check in").click()
    expect(page.locator("#verdict")).to_contain_text("ADAKU, Joy")
    page.get_by_role("link", name="Undo").click()
    page.fill("#reason", "Told to wait")
    page.get_by_role("button", name="Undo the check-in").click()
    expect(page.locator("#verdict")).to_contain_text("Told to wait")
    assert valid(site) == 1


@pytest.mark.journey
def test_a_broken_line_is_said_and_nothing_is_lost(site, visitor, people):
    page = at_the_door(visitor.page(phone=True))
    page.fill("#q", "abara")
    expect(page.locator(".doorlist li")).to_have_count(1)
    page.route("**/people/*", lambda route: route.abort())
    page.locator(".doorlist li button").click()
    expect(page.locator("[data-request-failed]")).to_be_visible()
    expect(page.locator(".doorlist li")).to_have_count(1)
    page.unroute("**/people/*")
    page.locator(".doorlist li button").click()
    expect(page.locator("#verdict")).to_contain_text("ABARA")
    expect(page.locator("[data-request-failed]")).to_be_hidden()
    assert valid(site) == 1
    visitor.complaints.clear()  # the browser notes the line that was cut


@pytest.mark.journey
def test_whoever_was_signed_out_meanwhile_signs_in_again(site, visitor, people):
    page = at_the_door(visitor.page())
    page.fill("#q", "abara")
    expect(page.locator(".doorlist li")).to_have_count(1)
    page.context.clear_cookies()
    page.fill("#q", "adey")
    page.wait_for_url("**/sign-in**")
    assert "check-in" in page.url  # and comes back to the door
