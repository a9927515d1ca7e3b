"""A focal point works in a real browser: a delegation of five in French, the quota, an invitation on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import PrivateLink, Registration
from eventapp.services import links
from eventapp.web.import_jobs import work_next
from tests.factories.workspaces import make_workspace
from tests.journeys.conftest import check_accessible, check_no_sideways_scrolling

PEOPLE = [
    ("Fatou", "Ndiaye", "head"),
    ("Ousmane", "Sarr", "deputy_head"),
    ("Awa", "Diouf", "expert"),
    ("Ibrahima", "Fall", "delegate"),
    ("Mariama", "Ba", "adviser"),
]


@pytest.fixture
def made(site):
    """Senegal with five places."""
    with site.work():
        return make_workspace(country="SN", quota=5)


def fill(page: Page, given: str, family: str, role: str) -> None:
    page.locator("select[name=sector]").select_option("LE-POL")
    page.locator("[name=given_name]").fill(given)
    page.locator("[name=family_name]").fill(family)
    page.locator("[name=functional_title]").fill("Commissaire")
    page.locator("[name=email]").fill("delegation@interieur.example")
    page.locator(f"[name=role][value={role}]").check()
    page.locator("main form button[type=submit]").click()


@pytest.mark.journey
def test_a_delegation_of_five_in_french_meets_its_quota(site, made, visitor):
    page = visitor.page()
    page.goto(f"/fr{made.path}")
    expect(page.locator("h1")).to_have_text("Délégation\u00a0: Sénégal")
    for given, family, role in PEOPLE:
        page.get_by_role("link", name="Inscrire quelqu’un").first.click()
        fill(page, given, family, role)
        expect(page.locator(".flash")).to_contain_text(f"{given} {family} est inscrit")
    expect(page.locator("main")).to_contain_text("Les 5 places sont prises.")
    rows = page.locator("#inside").locator("xpath=ancestor::section").locator("tbody tr")
    expect(rows).to_have_count(5)
    expect(rows.nth(0)).to_contain_text("NDIAYE, Fatou")
    expect(rows.nth(1)).to_contain_text("SARR, Ousmane")
    check_accessible(page, "the full delegation")
    page.get_by_role("link", name="Inscrire quelqu’un").first.click()
    fill(page, "Cheikh", "Gueye", "delegate")
    expect(page.locator("[data-error-summary]")).to_contain_text("Toutes les places de votre délégation")
    expect(page.locator("[name=family_name]")).to_have_value("Gueye")
    check_accessible(page, "the refused form")
    with site.app.app_context():
        states = db.session.scalars(select(Registration.state)).all()
    assert states == ["endorsed"] * 5


@pytest.mark.journey
def test_an_invitation_in_arabic_on_a_phone(site, made, visitor):
    page = visitor.page(phone=True)
    page.goto(f"/ar{made.path}/invitations")
    page.locator("[name=email]").fill("guest@example.org")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".flash")).to_contain_text("guest@example.org")
    check_no_sideways_scrolling(page, "a phone")
    check_accessible(page, "invitations")
    secret = site.app.config["SETTINGS"].secret_key
    with site.app.app_context():
        purpose = PrivateLink.purpose == "delegation_invitation"
        token = links.token_of(db.session.scalars(select(PrivateLink).where(purpose)).one(), secret)
    page.goto(f"/ar/invitations/{token}")
    check_no_sideways_scrolling(page, "a phone")
    check_accessible(page, "the invitation's form")
    page.locator("[name=privacy]").check()
    fill(page, "Amadou", "Ly", "delegate")
    expect(page).to_have_url(re.compile("/confirmed$"))
    page.goto(f"/ar{made.path}")
    expect(page.locator("#inside").locator("xpath=ancestor::section")).to_contain_text("LY, Amadou")
    check_no_sideways_scrolling(page, "a phone")


@pytest.mark.journey
def test_endorsing_with_the_keyboard_and_without_scripts(site, visitor):
    with site.work():
        made = make_workspace(country="SN", quota=5)
        for name in ("One", "Two"):
            made.add(family_name=name)
    for scripts in (True, False):
        page = visitor.page(scripts=scripts)
        page.goto(made.path)
        page.locator("input[name=pick]").first.focus()
        page.keyboard.press("Space")
        page.locator("button[value=endorsed]").focus()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Endorse one person")
        page.locator("main form button[type=submit]").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".flash")).to_contain_text("One person was endorsed.")


def look(page: Page, seen: Page, what: str) -> None:
    """Check a page without scripts on another one that has some."""
    seen.goto(page.url)
    check_accessible(seen, what)
    check_no_sideways_scrolling(seen, what)


def bring(site, page: Page, head: list[str], *rows: list[str]) -> None:
    """Send a list and have it looked at, on a page without scripts."""
    data = "\n".join(";".join(line) for line in (head, *rows)).encode()
    page.locator("#file").set_input_files({"name": "délégation.csv", "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name="Examiner la liste").click()
    assert work_next(site.app)
    page.locator("#progress a").click()


@pytest.mark.journey
def test_a_list_comes_in_within_the_quota_on_a_phone_without_scripts(site, made, visitor):
    page, seen = visitor.page(scripts=False, phone=True), visitor.page(phone=True)
    page.goto(f"/fr{made.path}")
    page.get_by_role("link", name="Importer une liste").click()
    look(page, seen, "the form of a delegation's import")
    with page.expect_download() as download:
        page.get_by_role("link", name="Modèle au format CSV").click()
    titles = download.value.path().read_text("utf-8-sig").strip().split(",")
    assert "Pays" not in ",".join(titles)
    head = [*(titles[place] for place in (1, 3, 4, 6, 7)), "country"]
    people = [
        ["LE-POL", given, family, "Commissaire", f"{given}@x.example", "SN"] for given, family, _ in PEOPLE
    ]
    bring(site, page, head, *people[:2], [*people[2][:5], "NO"])
    expect(page.locator("main")).to_contain_text("Ligne 4, colonne F (country)")
    look(page, seen, "a delegation's list with an error")

    page.get_by_role("link", name="Déposer une autre liste").click()
    bring(site, page, head, *people, people[4])
    expect(page.locator("main select")).to_have_count(1)  # once more the fifth
    look(page, seen, "a delegation's list with a look-alike")
    page.get_by_role("button", name="Importer cette liste").click()
    assert work_next(site.app)
    page.locator("#progress a").click()
    expect(page.locator(".flash--good")).to_contain_text("5 personnes ont été ajoutées")
    expect(page.locator(".flash--good")).not_to_contain_text("modifiée")  # nobody is not one
    page.locator(".flash--good a").click()
    expect(page.locator("h1")).to_have_text("Délégation\u00a0: Sénégal")
    with site.work():
        states = db.session.scalars(select(Registration.state)).all()
        assert states == ["endorsed"] * 5
