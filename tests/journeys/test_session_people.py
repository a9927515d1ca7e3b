"""A closed session's people by keyboard: found as one types, ticked, written to; the guest finds the session on a phone."""

import pytest
from playwright.sync_api import expect

from eventapp import worker
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.editions import make_edition
from tests.factories.programme import make_session, publish
from tests.factories.registrations import make_registration
from tests.journeys.test_programme import DESK, ORGANISER, Keyboard, link_of


@pytest.mark.journey
def test_somebody_is_invited_by_keyboard_and_comes(site, visitor):
    with site.work():
        edition = make_edition()
        number = make_session(
            edition, title={"en": "Undercover methods"}, access="invited", asks_sign_up=True
        ).id
        publish(edition)
        make_user(role="organiser", email=ORGANISER, password=PASSWORD, all_editions=True)
        guest = link_of(site, make_registration(edition, state="approved", family_name="Okoro"))
        make_registration(edition, state="approved", family_name="Okafor")
    page = visitor.page()
    page.goto("/sign-in")
    page.locator("[name=email]").fill(ORGANISER)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.goto(f"{DESK}/sessions/{number}/invited")
    keys = Keyboard(page)
    keys.reach("#q")
    keys.type("oko")
    expect(page.locator("#found li")).to_have_count(1)
    assert page.url.endswith("/invited"), "no page was loaded anew"
    keys.reach("#found [name=pick]")
    expect(page.locator("#found [name=pick]")).to_be_checked()  # the only one who is meant
    keys.follow("#found button[type=submit]")
    expect(page.locator(".flash--good")).to_contain_text("One person was added")
    keys.follow("form[action$='/invited/letters'] button")
    expect(page.locator(".flash--good")).to_contain_text("One person is written to")
    with site.app.app_context():
        assert worker.deliver(site.app) == 1
    phone = visitor.page(phone=True)
    phone.goto(guest)
    phone.locator("li", has_text="Undercover methods").get_by_role("button", name="Sign up").click()
    expect(phone.locator("li", has_text="Undercover methods")).to_contain_text("You have a seat")
    keys.follow("a[href*='/invited/'][href$='/remove']")
    keys.follow("main form .btn-bad")
    expect(page.locator("main")).to_contain_text("is not invited any more")
    phone.reload()
    expect(phone.locator("body")).not_to_contain_text("Undercover")
