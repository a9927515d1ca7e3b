"""The secretariat: the first organiser comes in by the one-time link, decides in bulk, counts, exports."""

import csv
import json

import pytest
from playwright.sync_api import expect

from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage, Registration
from eventapp.services import accounts
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.journeys.conftest import check_accessible


def first_link(site) -> str:
    with site.work():
        token = accounts.first_organiser_link(now=site.clock(), secret=site.app.config["SECRET_KEY"])
    assert token
    return f"/welcome/{token}"


def make_people(site) -> None:
    """Five wait for a decision: two from Namibia, one from Norway, one NGO, one international organization."""
    with site.work():
        edition = make_edition(approval="one_step", capacity=4)
        for country in ("NA", "NA", "NO"):
            make_registration(edition, country_code=country, sector_code="LE-POL")
        make_registration(
            edition,
            represents="organisation",
            country_code=None,
            seat_country_code="IT",
            organisation="Casa Aurora",
            sector_code="NGO",
        )
        make_registration(
            edition,
            represents="organisation",
            country_code=None,
            organisation="International Organization",
            sector_code="IGO",
        )


@pytest.mark.journey
def test_from_the_one_time_link_to_the_exported_counts(site, visitor):
    make_people(site)
    page = visitor.page()
    page.goto(first_link(site))
    check_accessible(page, "welcome")
    page.locator("[name=name]").fill("A. Mercier")
    page.locator("[name=email]").fill("mercier@secretariat.example")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.goto("/dashboard/editions/8/registrations")
    if "/sign-in" in page.url:
        page.locator("[name=email]").fill("mercier@secretariat.example")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").click()
    assert page.url.endswith("/dashboard/editions/8/registrations")

    page.locator("input[name=all]").check()
    page.locator("button[name=decision][value=approved]").click()
    expect(page.locator("main")).to_contain_text("4 places are left")  # five are chosen: the preview says so
    check_accessible(page, "preview of a decision")
    page.locator("main tbody a").first.click()
    page.go_back()  # after a look at somebody: the browser does not ask whether to send the form again
    expect(page.locator("main")).to_contain_text("4 places are left")
    page.locator("main form button[type=submit]").first.click()
    with site.app.app_context():
        states = [one.state for one in db.session.query(Registration).order_by(Registration.id)]
        assert states == ["approved"] * 4 + ["submitted"]
        assert db.session.query(OutboxMessage).filter_by(kind="registration_approved").count() == 4
        assert db.session.query(AuditEntry).filter_by(action="registration.approve").count() == 4

    page.goto("/dashboard/editions/8/counts")
    table = page.locator("table").filter(has_text="Namibia").first
    expect(table.locator("tr").filter(has_text="Namibia")).to_contain_text("2")
    check_accessible(page, "counts")
    answer = page.request.get("/dashboard/editions/8/counts.csv")
    rows = list(csv.reader(answer.text().splitlines()))
    assert any("NA" in row for row in rows), rows
    counts = page.request.get("/dashboard/editions/8/counts.json").json()
    assert "NA" in json.dumps(counts)


@pytest.mark.journey
def test_a_second_use_of_the_link_is_refused(site, visitor):
    link = first_link(site)
    page = visitor.page()
    for _ in range(2):
        page.goto(link)  # looking does not use it up
        assert page.locator("[name=email]").count() == 1
    page.locator("[name=name]").fill("First")
    page.locator("[name=email]").fill("first@secretariat.example")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    stranger = visitor.page()
    stranger.goto(link)
    assert stranger.locator("[name=email]").count() == 0


@pytest.mark.journey
def test_a_reader_looks_and_changes_nothing(site, visitor):
    make_people(site)
    with site.work():
        make_user(role="reader", email="reader@secretariat.example", password=PASSWORD)
    page = visitor.page(phone=True)
    page.goto("/sign-in")
    page.locator("[name=email]").fill("reader@secretariat.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.goto("/dashboard/editions/8/registrations")
    expect(page.locator("table.list tbody tr")).to_have_count(5)
    assert page.locator("button[name=decision]").count() == 0
