"""The secretariat imports a list of 2,000 people in a browser: 30 bad cells are named, corrected, and the list comes in whole."""

import csv
import io
import random
import re

import pytest
from sqlalchemy import func, select

from eventapp.extensions import db
from eventapp.models import OutboxMessage, Registration
from eventapp.web.import_jobs import work_next
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.editions import make_edition
from tests.journeys.conftest import check_accessible, check_no_sideways_scrolling

PEOPLE, BAD = 2000, 30
SYLLABLES = (
    "ba",
    "ko",
    "ri",
    "men",
    "tu",
    "lo",
    "sha",
    "dri",
    "ven",
    "gar",
    "pol",
    "mi",
    "ta",
    "xu",
    "wen",
    "har",
)
COUNTRIES = ("Namibie", "Norvège", "Kenya", "Pérou", "Chine", "Côte d’Ivoire")


def names() -> list[str]:
    """Names of which no two are alike, given name and family name in turn."""
    chance = random.Random(7)
    return ["".join(chance.choices(SYLLABLES, k=4)).title() for _ in range(2 * PEOPLE)]


def semicolons(head, *, has_errors: bool) -> bytes:
    made, made_up = io.StringIO(), names()
    writer = csv.writer(made, delimiter=";")
    writer.writerow(head)
    for number in range(PEOPLE):
        country, email = COUNTRIES[number % len(COUNTRIES)], f"p{number}@x.example"
        if has_errors and number % (PEOPLE // BAD) == 5 and number < BAD * (PEOPLE // BAD):
            country, email = ("Atlantide", email) if number % 2 else (country, "personne")
        given, family = made_up[2 * number : 2 * number + 2]
        writer.writerow([country, "Police", given, family, "Chef", email, f"+264 61 {number:05}"])
    return made.getvalue().encode("cp1252")


def send(page, data: bytes) -> None:
    page.locator("#file").set_input_files({"name": "délégués.csv", "mimeType": "text/csv", "buffer": data})
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url(re.compile(r"/import/[0-9a-f-]{36}"))


@pytest.mark.journey
def test_a_list_with_bad_cells_is_corrected_and_comes_in_whole(site, visitor):
    with site.work():
        make_edition()
        make_user(role="organiser", email="desk@secretariat.example", password=PASSWORD)
    page = visitor.page()
    page.goto("/fr/sign-in")
    page.locator("[name=email]").fill("desk@secretariat.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_url("**/dashboard**")
    page.goto("/fr/dashboard/editions/8/registrations")
    page.get_by_role("link", name="Importer une liste").click()
    check_accessible(page, "the form of an import")
    with page.expect_download() as download:
        page.get_by_role("link", name="Modèle au format CSV").click()
    head = download.value.path().read_text("utf-8-sig").strip().split(",")
    titles = [head[1], head[4], head[6], head[7], head[9], head[10], head[11]]

    send(page, semicolons(titles, has_errors=True))
    assert "lignes sur 2" in page.locator("main").inner_text()
    assert work_next(site.app)
    page.get_by_text(f"{BAD} lignes contiennent une erreur").wait_for()  # the page looks by itself
    assert page.locator("main tbody tr").count() == BAD
    assert page.get_by_text(f"Ligne 7, colonne A ({head[1]})").count() == 1
    assert page.get_by_text("Windows-1252").count() == 1
    assert page.get_by_role("button", name="Importer cette liste").count() == 0
    check_accessible(page, "a list with errors")
    check_no_sideways_scrolling(page, "a list with errors")

    page.goto("/fr/dashboard/editions/8/import")
    send(page, semicolons(titles, has_errors=False))
    assert work_next(site.app)
    page.get_by_text(re.compile(r"2\s000 personnes sont ajoutées")).wait_for()
    check_accessible(page, "a list without errors")
    page.get_by_role("button", name="Importer cette liste").click()
    page.locator("#progress").wait_for()
    assert work_next(site.app)
    page.get_by_text(re.compile(r"2\s000 personnes ont été ajoutées")).wait_for()
    with site.work():
        assert db.session.scalar(select(func.count()).select_from(Registration)) == PEOPLE
        assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
        codes = select(Registration.country_code, func.count()).group_by(Registration.country_code)
        found = dict(db.session.execute(codes).all())
        assert set(found) == {"NA", "NO", "KE", "PE", "CN", "CI"} and found["NA"] == 334
        assert db.session.scalar(select(Registration.phone).order_by(Registration.id)) == "+264 61 00000"


@pytest.mark.journey
def test_without_scripts_and_on_a_phone(site, visitor):
    with site.work():
        make_edition()
        make_user(role="organiser", email="desk@secretariat.example", password=PASSWORD)
    page = visitor.page(scripts=False, phone=True)
    page.goto("/ar/sign-in")
    page.locator("[name=email]").fill("desk@secretariat.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main [type=submit]").click()
    page.goto("/ar/dashboard/editions/8/import")
    rows = "given_name,family_name,functional_title,email,country,sector\n"
    send(
        page,
        (
            rows + "Joy,Adeyemi,Head,joy@x.example,NA,LE-POL\nJoy,Adeyemi,Head,joy@x.example,NA,LE-POL\n"
        ).encode(),
    )
    assert work_next(site.app)
    page.locator("#progress a").click()
    assert page.locator("main select").count() == 1  # the second of them
    page.locator("main form [value=skip]").last.click()
    page.locator("main form[action$=confirm] [type=submit]").click()
    assert work_next(site.app)
    page.locator("#progress a").click()
    assert page.locator(".flash--good").count() == 1
    with site.work():
        assert db.session.scalar(select(func.count()).select_from(Registration)) == 1
