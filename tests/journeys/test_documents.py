"""A paper in Arabic: put into the programme by the secretariat, refused once in plain words, fetched by a reader."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.factories.accounts import PASSWORD, make_user
from tests.factories.documents import pdf
from tests.factories.editions import make_edition
from tests.factories.programme import make_session, publish
from tests.journeys.conftest import check_accessible, check_no_sideways_scrolling

DOCUMENTS = "/dashboard/editions/8/programme/documents"
NAME = "ورقة عمل.pdf"


@pytest.fixture
def programme(site):
    with site.work():
        edition = make_edition()
        make_session(edition, title={"en": "Opening"}, starts_at=datetime(2027, 6, 8, 7, 0, tzinfo=UTC))
        publish(edition)
        make_user(role="organiser", all_editions=True, email="o@secretariat.example", password=PASSWORD)


def sent(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.mark.journey
def test_a_paper_in_arabic(visitor, programme):
    page = visitor.page()
    page.goto("/sign-in")
    page.locator("[name=email]").fill("o@secretariat.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.goto(f"{DOCUMENTS}/new")
    check_accessible(page, "new document")
    page.get_by_label("Title: English").fill("Background")
    page.get_by_label("Title: العربية").fill("خلفية")
    page.locator("#kind").select_option("paper")
    page.locator("#symbol").fill("CTOC/2027/1")
    page.locator("#session_id").select_option(label="Opening")
    page.get_by_label("Whoever may come to its session", exact=True).check()
    page.get_by_role("button", name="Save").click()
    page.locator("#document_language").select_option("ar")
    page.locator("#file").set_input_files(sent("program.pdf", b"MZ and so on"))
    page.get_by_role("button", name="Add to the document").click()
    expect(page.locator("#file-e")).to_contain_text("neither a PDF")
    check_accessible(page, "a document that was refused")
    page.locator("#file").set_input_files(sent(NAME, pdf()))
    page.get_by_role("button", name="Add to the document").click()
    expect(page.locator(".owed").first).to_contain_text(NAME)
    page.goto(DOCUMENTS)
    check_accessible(page, "documents")

    for language, dark in (("", False), ("/ar", True)):
        reader = visitor.page(dark=dark, phone=dark)
        reader.goto(f"{language}/editions/8/programme")
        check_accessible(reader, f"{language} programme with documents")
        check_no_sideways_scrolling(reader, f"{language} programme with documents")
        with reader.expect_download() as fetched:
            reader.locator(".documents a").click()
        assert fetched.value.suggested_filename == NAME
        assert fetched.value.path().read_bytes() == pdf()
