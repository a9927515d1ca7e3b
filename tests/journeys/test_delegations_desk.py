"""The secretariat by keyboard alone: makes a delegation, names who speaks for it, limits places, and reads who waits for what."""

import pytest
from playwright.sync_api import Page, expect

from eventapp.extensions import db
from eventapp.models import Delegation, OutboxMessage, Registration
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.journeys.conftest import check_accessible, check_no_sideways_scrolling

BASE = "/dashboard/editions/8"
ADDRESS = "desk@secretariat.example"


@pytest.fixture
def people(site):
    """Two officers of Namibia hold places, a third waits for one; their country has no delegation yet."""
    with site.work():
        edition = make_edition(approval="two_steps", capacity=2)
        states = ("approved", "approved", "waitlisted")
        made = [make_registration(edition, state=one, country_code="NA") for one in states]
        make_user(role="organiser", email=ADDRESS, password=PASSWORD)
        return [one.reference for one in made]


def type_into(page: Page, **fields: str) -> None:
    """Fill in fields by name, with keys alone."""
    for name, text in fields.items():
        field = page.locator(f"main [name={name}]")
        field.focus()
        if field.evaluate("one => one.tagName") == "SELECT":
            page.keyboard.type(text)
        else:
            page.keyboard.press("Control+A")
            page.keyboard.type(text)


def press(page: Page, role: str, name: str) -> None:
    """Follow a link or push a button with the Enter key, and wait for the page it leads to."""
    page.locator("main").get_by_role(role, name=name, exact=True).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.journey
def test_a_delegation_and_its_quotas_by_keyboard(site, people, visitor):
    page = visitor.page()
    page.goto("/sign-in")
    type_into(page, email=ADDRESS, password=PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    page.goto(f"{BASE}/delegations")
    check_accessible(page, "no delegation yet")
    press(page, "link", "New delegation")
    type_into(page, country_code="Namibia", quota="1")
    check_accessible(page, "the form of a delegation")
    press(page, "button", "Save")
    expect(page.locator("h1")).to_have_text("Namibia")
    expect(page.locator("main")).to_contain_text("3 registrations belong to it now.")
    expect(page.locator("main")).to_contain_text("The quota is exceeded by one person. Nobody was removed.")

    press(page, "link", "Name a focal point")
    type_into(page, name="Selma Haimbodi", email="selma@ministry.example")
    press(page, "button", "Save")
    expect(page.get_by_role("status")).to_contain_text("the link is on its way")
    check_accessible(page, "a delegation with a focal point")
    press(page, "link", "State and documents")
    type_into(page, state="Accepted")
    press(page, "button", "Save")
    expect(page.locator("main")).to_contain_text("Accepted")

    page.goto(f"{BASE}/quotas")
    type_into(page, which="Sector: Police", places="1")
    press(page, "button", "Set the quota")
    expect(page.locator(".flash").first).to_contain_text("The quota is set.")
    row = page.locator("table.sums tr").filter(has_text="Sector: Police")
    expect(row).to_contain_text("one too many")
    expect(page.locator("table.sums tr").filter(has_text="Namibia")).to_contain_text("one too many")
    check_accessible(page, "quotas that hold too many")
    check_no_sideways_scrolling(page, "quotas")

    page.goto(f"{BASE}/registrations?state=waitlisted")
    expect(page.locator("table.list")).to_contain_text(
        "Number 1 in line for the places of the sector “Police”"
    )
    expect(page.locator("table.list")).to_contain_text(
        "Number 1 in line for the places of the delegation “Namibia”"
    )

    small = visitor.page(phone=True, storage_state=page.context.storage_state())
    for path in ("delegations", "quotas"):
        small.goto(f"/ar{BASE}/{path}")
        check_no_sideways_scrolling(small, f"{path} on a phone, in Arabic")
    with site.app.app_context():
        delegation = db.session.query(Delegation).one()
        assert (delegation.country_code, delegation.quota, delegation.credentials) == ("NA", 1, "accepted")
        assert db.session.query(Registration).filter_by(delegation_id=delegation.id).count() == 3
        assert [one.kind for one in db.session.query(OutboxMessage)] == ["focal_point_link"]
