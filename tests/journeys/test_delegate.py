"""A delegate registers: in Arabic on a phone, with the keyboard alone, and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage, Registration
from tests.factories.editions import make_edition
from tests.journeys.conftest import check_accessible, check_no_sideways_scrolling


@pytest.fixture
def edition(site):
    with site.work():
        make_edition(approval="open", capacity=10)


def fill_the_form(page: Page, *, given: str, family: str) -> None:
    """What every delegate must answer; the country is chosen by the caller."""
    page.locator("select[name=sector]").select_option("LE-POL")
    page.locator("[name=given_name]").fill(given)
    page.locator("[name=family_name]").fill(family)
    page.locator("[name=email]").fill("delegate@police.example")
    page.locator("[name=functional_title]").fill("Head of unit")


def registrations(site) -> list[Registration]:
    with site.app.app_context():
        found = db.session.query(Registration).order_by(Registration.id).all()
        db.session.expunge_all()
        return found


@pytest.mark.journey
def test_in_arabic_on_a_phone(site, edition, visitor):
    page = visitor.page(phone=True)
    page.goto("/ar/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator("a[href$='/editions/8/register']").first.click()
    page.locator("input[name=represents][value=country]").check()
    search = page.locator("[role=combobox]").first
    search.fill("ناميبيا")
    page.locator("[role=option]:visible").first.click()
    assert page.locator("select[name=country]").input_value() == "NA"
    page.locator("form[data-once] button[type=submit]").last.click()
    expect(
        page.locator(".errsum")
    ).to_be_visible()  # nothing typed but the country: a summary, and the country is kept
    assert page.locator("select[name=country]").input_value() == "NA"
    check_accessible(page, "register, with errors, Arabic")
    fill_the_form(page, given="سلمى", family="حايمبودي")
    page.locator("input[name=privacy]").check()
    check_no_sideways_scrolling(page, "register, Arabic")
    page.locator("form[data-once] button[type=submit]").last.click()
    expect(page.locator(".review")).to_contain_text("حايمبودي")
    check_accessible(page, "review, Arabic")
    page.locator("button[name=step][value=confirm]").click()
    expect(page.locator(".ref")).to_have_text(re.compile(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$"))
    check_accessible(page, "confirmed, Arabic")
    check_no_sideways_scrolling(page, "confirmed, Arabic")
    [registration] = registrations(site)
    assert (registration.state, registration.counted_country_code, registration.language) == (
        "approved",
        "NA",
        "ar",
    )
    with site.app.app_context():
        assert (
            db.session.query(OutboxMessage).count()
            == db.session.query(AuditEntry).filter_by(subject_type="registration").count()
            == 1
        )


@pytest.mark.journey
def test_without_javascript_to_the_withdrawal(site, edition, visitor):
    page = visitor.page(scripts=False)
    page.goto("/editions/8/register")
    page.locator("input[name=represents][value=organisation]").check()
    page.locator("[name=organisation]").fill("Casa Aurora")
    page.locator("select[name=seat_country]").select_option("IT")
    fill_the_form(page, given="Chiara", family="Rossi")
    page.locator("select[name=sector]").select_option("NGO")
    page.locator("input[name=privacy]").check()
    page.get_by_role("button", name="Continue to review").click()
    page.get_by_role("button", name="Change my answers").click()
    assert page.locator("[name=family_name]").input_value() == "Rossi"  # the way back keeps everything
    page.get_by_role("button", name="Continue to review").click()
    page.get_by_role("button", name="Confirm registration").click()
    page.get_by_role("link", name="Go to my registration").click()
    page.get_by_role("link", name="Change", exact=True).click()
    page.locator("[name=badge_name]").fill("Chiara R.")
    page.get_by_role("button", name="Keep these changes").click()
    expect(page.locator("main")).to_contain_text("Chiara R.")
    page.get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").click()
    [registration] = registrations(site)
    assert (registration.state, registration.country_basis, registration.counted_country_code) == (
        "withdrawn",
        "seat",
        "IT",
    )


@pytest.mark.journey
def test_with_the_keyboard_alone(site, edition, visitor):
    page = visitor.page()
    page.goto("/editions/8/register")
    keys = page.keyboard

    def tab_to(name: str, value: str | None = None) -> None:
        for _ in range(60):
            keys.press("Tab")
            here = page.evaluate(
                "[document.activeElement.name || document.activeElement.id, document.activeElement.value]"
            )
            if here[0] == name and value in (None, here[1]):
                return
        raise AssertionError(f"the keyboard does not reach {name}")

    tab_to("represents")
    keys.press("Space")
    for _ in range(10):
        keys.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role')") == "combobox":
            break
    keys.type("Norw")
    keys.press("ArrowDown")
    keys.press("Enter")
    tab_to("sector")
    keys.type("Police")
    for name, text in (
        ("given_name", "Ingrid"),
        ("family_name", "Grønvold"),
        ("functional_title", "Adviser"),
        ("email", "ingrid@police.example"),
    ):
        tab_to(name)
        keys.type(text)
    tab_to("privacy")
    keys.press("Space")
    keys.press("Tab")
    if page.evaluate("document.activeElement.tagName") == "A":  # the notice itself
        keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("Check your answers")
    tab_to("step", "confirm")
    keys.press("Enter")
    expect(page.locator(".ref")).to_be_visible()
    [registration] = registrations(site)
    assert (registration.country_code, registration.sector_code) == ("NO", "LE-POL")


@pytest.mark.journey
def test_a_double_click_registers_once(site, edition, visitor):
    page = visitor.page()
    page.goto("/editions/8/register")
    page.locator("input[name=represents][value=country]").check()
    page.locator("select[name=country]").select_option("FR", force=True)
    fill_the_form(page, given="Jean", family="Exemple")
    page.locator("input[name=privacy]").check()
    page.get_by_role("button", name="Continue to review").click()
    page.get_by_role("button", name="Confirm registration").dblclick()
    expect(page.locator(".ref")).to_be_visible()
    assert len(registrations(site)) == 1
