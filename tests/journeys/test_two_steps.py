"""Two steps: a delegate registers, is endorsed, waits, moves up and is approved, and reads on the way who decides next."""

import re

import pytest
from playwright.sync_api import Page, expect

from eventapp.extensions import db
from eventapp.models import OutboxMessage, Registration
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.factories.workspaces import make_workspace
from tests.journeys.conftest import check_accessible, check_no_sideways_scrolling
from tests.journeys.test_delegate import fill_the_form

PASSWORD = "correct horse battery staple 9"


@pytest.fixture
def made(site):
    """One place, which somebody has; Namibia has a focal point."""
    with site.work():
        edition = make_edition(approval="two_steps", capacity=1)
        make_registration(edition, state="approved", country_code="NO", family_name="Holder")
        make_user(role="organiser", email="desk@secretariat.example", password=PASSWORD)
        return make_workspace(edition, country="NA", quota=2)


def register(page: Page) -> str:
    """The address of the private page."""
    page.goto("/editions/8/register")
    page.locator("input[name=represents][value=country]").check()
    page.locator("select[name=country]").select_option("NA")
    fill_the_form(page, given="Selma", family="Haimbodi")
    page.locator("input[name=privacy]").check()
    page.get_by_role("button", name="Continue to review").click()
    page.get_by_role("button", name="Confirm registration").click()
    expect(page.locator("main")).to_contain_text("Namibia is asked to endorse it first.")
    page.get_by_role("link", name="Go to my registration").click()
    return page.url


def decide(page: Page, decision: str, name: str, *, reason: str = "") -> None:
    """The secretariat decides about one person of the list, after the preview."""
    page.goto("/dashboard/editions/8/registrations")
    page.locator("tr").filter(has_text=name).locator("input[name=pick]").check()
    page.locator(f"button[name=decision][value={decision}]").click()
    if reason:
        page.locator("[name=reason]").fill(reason)
    check_accessible(page, f"preview: {decision}")
    page.locator("main form button[type=submit]").first.click()


def endorse(page: Page, path: str) -> None:
    page.goto(path)
    page.locator("input[name=pick]").first.check()
    page.locator("button[value=endorsed]").first.click()
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".flash")).to_contain_text("One person was endorsed.")


@pytest.mark.journey
def test_from_the_form_to_the_place(site, made, visitor):
    own = register(visitor.page(phone=True, scripts=False))
    delegate, focal, desk = visitor.page(phone=True), visitor.page(), visitor.page()
    delegate.goto(own)
    check_accessible(delegate, "own page, waits for the endorsement")
    expect(delegate.locator("[aria-current=step]")).to_contain_text("Endorsement of your delegation")

    endorse(focal, made.path)
    delegate.goto(own)
    expect(delegate.locator("main")).to_contain_text("Your delegation has endorsed you.")
    check_no_sideways_scrolling(delegate, "own page, endorsed")

    desk.goto("/sign-in")
    desk.locator("[name=email]").fill("desk@secretariat.example")
    desk.locator("[name=password]").fill(PASSWORD)
    desk.locator("main button[type=submit]").click()
    desk.goto("/dashboard/editions/8")
    desk.locator("a[href*='queue=decide']").first.click()
    expect(desk.locator("table.list")).to_contain_text("Endorsed by Namibia: the secretariat decides")
    check_accessible(desk, "queue: the secretariat decides")
    decide(desk, "waitlisted", "HAIMBODI")
    delegate.goto(own)
    expect(delegate.locator("main")).to_contain_text("You are on the waiting list.")

    decide(desk, "cancelled", "HOLDER", reason="On request")
    delegate.goto(own)
    expect(delegate.locator("main")).to_contain_text("Your registration is approved. You have a place.")
    expect(delegate.locator(".steps")).to_contain_text(re.compile("Endorsed.*Approved", re.DOTALL))
    with site.app.app_context():
        person = db.session.query(Registration).filter_by(family_name="Haimbodi").one()
        assert (person.state, person.delegation.country_code) == ("approved", "NA")
        letters = db.session.query(OutboxMessage).filter_by(registration_id=person.id)
        assert [one.kind for one in letters.order_by(OutboxMessage.id)] == [
            "registration_received", "registration_endorsed", "registration_waitlisted", "registration_promoted",
        ]  # fmt: skip
        copies = (
            db.session.query(OutboxMessage).filter_by(kind="delegation_decided").order_by(OutboxMessage.id)
        )
        assert [one.values["decision"] for one in copies] == ["waitlisted", "promoted"]
