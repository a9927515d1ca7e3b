"""The secretariat merges a duplicate: found by the worker, compared, merged with chosen values, also without JavaScript."""

import pytest
from flask import url_for
from playwright.sync_api import expect

from eventapp.extensions import db
from eventapp.models import OutboxMessage, Registration
from eventapp.services import links
from eventapp.web.duplicate_search import search_next
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.duplicates import make_twice
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.journeys.conftest import check_accessible, check_no_sideways_scrolling

QUEUE = "/dashboard/editions/8/duplicates"


@pytest.fixture
def doubled(site):
    """One delegate registered in Arabic and once more in Latin letters; gives the private links of both."""
    with site.work():
        edition = make_edition(capacity=2)
        arabic = {"given_name": "محمد", "family_name": "الحسيني", "language": "ar"}
        latin = {"given_name": "Al-Husseini", "family_name": "Mohammed", "functional_title": "Colonel"}
        people = make_twice(edition, state="approved", first=arabic, second=latin)
        make_registration(edition, given_name="Joy", family_name="Adaku", state="waitlisted")
        make_user(role="organiser", email="mercier@secretariat.example", password=PASSWORD)
        key = site.app.config["SECRET_KEY"]
        made = [
            links.make_link("registration", secret=key, now=site.clock(), registration_id=one.id)
            for one in people
        ]
        return [links.token_of(one, key) for one in made]


def sign_in(page):
    page.goto("/sign-in")
    page.locator("[name=email]").fill("mercier@secretariat.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    return page


@pytest.mark.journey
def test_the_secretariat_merges_a_duplicate(site, visitor, doubled):
    page = sign_in(visitor.page())
    page.goto(QUEUE)
    page.get_by_role("button", name="Search everybody again").click()
    expect(page.locator("#progress")).to_contain_text("Being searched")
    assert search_next(site.app)
    expect(page.locator("#progress")).to_contain_text("Last searched on")  # by itself
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Names in another script")
    check_accessible(page, "queue of duplicates")

    page.get_by_role("link", name="Compare").click()
    check_accessible(page, "comparison")
    page.get_by_label("Family name: الحسيني").check()
    page.get_by_label("Post: Colonel").check()
    expect(page.locator("main")).to_contain_text("One of the two places comes free")
    page.get_by_role("button", name="Merge the two").click()
    expect(page.locator("main")).to_contain_text("The two registrations are one now")
    expect(page.locator("main")).to_contain_text("One person moved up from the waiting list.")
    check_accessible(page, "registration after the merge")
    with site.app.app_context():
        states = dict(db.session.query(Registration.family_name, Registration.state))
        assert states == {"الحسيني": "approved", "Mohammed": "merged", "Adaku": "approved"}
        assert (
            db.session.query(OutboxMessage).filter_by(kind="registration_merged", language="ar").count() == 2
        )

    delegate = visitor.page()
    for token in doubled:
        delegate.goto(own_page(site, token))
        expect(delegate.locator("main")).to_contain_text("Colonel")


def own_page(site, token):
    with site.app.test_request_context():
        return url_for("registrations.show", token=token)


@pytest.mark.journey
def test_on_a_phone_without_scripts_two_people_are_told_apart(site, visitor, doubled):
    page = sign_in(visitor.page(phone=True, scripts=False))
    page.goto(QUEUE)
    page.get_by_role("button", name="Search everybody again").click()
    assert search_next(site.app)
    page.get_by_role("link", name="Refresh").click()
    check_no_sideways_scrolling(page, "queue of duplicates")
    page.get_by_role("link", name="Compare").click()
    check_no_sideways_scrolling(page, "comparison")
    page.get_by_role("button", name="Not the same person").click()
    expect(page.locator("main")).to_contain_text("these are two people")
    expect(page.locator("main")).to_contain_text("Nobody seems to be here twice")
