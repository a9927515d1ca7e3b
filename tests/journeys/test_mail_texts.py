"""What an edition writes itself, and when it reminds: an organiser changes a mail in Arabic, looks at it, sets a schedule."""

import pytest
from playwright.sync_api import expect

from eventapp import worker
from eventapp.extensions import db
from eventapp.models import Edition, OutboxMessage
from eventapp.services import links, mail
from eventapp.web.reminders import remind_next
from tests.engines import SECRET
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.delegations import make_delegation
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.factories.reminders import make_linked_focal_point
from tests.journeys.conftest import check_accessible, check_no_sideways_scrolling

HOME = "/dashboard/editions/8"
TEXT = "أهلا بكم {name}\n\n{facts}\n\nصفحتكم:\n{link}"


@pytest.fixture
def page(site, visitor):
    """An organiser who is signed in."""
    with site.work():
        edition = make_edition(approval="two_steps", contact_email="office@conference.example")
        delegation = make_delegation(edition)
        make_linked_focal_point(delegation, language="en")
        make_registration(edition, delegation_id=delegation.id)
        make_user("organiser", email="organiser@secretariat.example", password=PASSWORD, editions=[edition])
    page = visitor.page()
    page.goto("/sign-in")
    page.locator("[name=email]").fill("organiser@secretariat.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    return page


@pytest.mark.journey
def test_an_own_text_is_written_looked_at_and_sent(site, page):
    page.goto(f"{HOME}/mail-texts")
    page.get_by_role("link", name="Registration approved").click()
    page.locator("a[href$='/registration_approved/ar']").click()
    body = page.locator("#body")
    assert "{link}" in body.input_value()

    body.fill(TEXT.replace("{link}", ""))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#body-e")).to_contain_text("{link} is missing")
    check_accessible(page, "a text that was refused")

    body.fill(TEXT)
    page.get_by_role("button", name="Look at it first").click()
    letter = page.locator("iframe").content_frame
    expect(letter.locator("body")).to_contain_text("أهلا بكم السيدة أمينة مثال")
    shape = letter.locator(".letter").evaluate(
        "one => [getComputedStyle(one).maxWidth, getComputedStyle(one).direction]"
    )
    assert shape == ["600px", "rtl"]  # the style of the letter is let through, as it is sent
    check_no_sideways_scrolling(page, "preview")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main")).to_contain_text("The text is saved.")
    expect(page.locator("main")).to_contain_text("own text of this edition")

    with site.work():
        person = make_registration(
            db.session.scalars(db.select(Edition).where(Edition.ordinal == 8)).one(), state="approved"
        )
        link = links.make_link("registration", secret=SECRET, now=site.clock(), registration_id=person.id)
        mail.enqueue(
            "registration_approved",
            recipient=person.email,
            language="ar",
            now=site.clock(),
            registration=person,
            link=link,
        )
    worker.deliver(site.app)
    page.goto(f"{HOME}/mail")
    page.get_by_role("link", name=person_address(site)).click()
    expect(page.locator(".letter")).to_contain_text("أهلا بكم")


def person_address(site) -> str:
    with site.app.app_context():
        return db.session.scalars(db.select(OutboxMessage.recipient)).one()


@pytest.mark.journey
def test_a_schedule_is_set_and_a_focal_point_reminded(site, page):
    page.goto(f"{HOME}/reminders")
    page.locator("#endorsement").fill("15")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main")).to_contain_text("15 April 2027, 08:00")
    expect(page.locator("main")).to_contain_text("Amina Diop")
    check_accessible(page, "reminders with somebody who is next")
    site.clock.move(hours=17)
    assert remind_next(site.app) == 1
    page.reload()
    if "/sign-in" in page.url:  # it is the next morning
        page.locator("[name=email]").fill("organiser@secretariat.example")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").click()
        page.goto(f"{HOME}/reminders")
    expect(page.locator("main")).to_contain_text("Went out: 15 April 2027, 08:00 (1 message)")
