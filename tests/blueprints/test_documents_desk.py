"""Documents in the dashboard: what they are, their files by language, and that nothing refused or broken stays behind."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import AuditEntry, DocumentFile, ProgrammeDocument
from tests.factories.accounts import make_user, sign_in
from tests.factories.documents import make_document, make_file, pdf, sent
from tests.factories.editions import make_edition
from tests.factories.office import archive, docx, types
from tests.factories.programme import make_session
from tests.pages import csrf_token

PNG = io.BytesIO()
Image.new("RGB", (60, 40), "navy").save(PNG, "PNG")


@pytest.fixture
def edition(ctx):
    return make_edition()


@pytest.fixture
def folder(app):
    return app.config["SETTINGS"].documents


@pytest.fixture
def desk(client, edition):
    sign_in(client, make_user())
    return client


@pytest.fixture
def home(edition):
    return f"/dashboard/editions/{edition.ordinal}/programme/documents"


@pytest.fixture
def put(desk, home):
    def run(document, content, name="paper.pdf", language="en", **more):
        page = f"{home}/{document.id}"
        data = sent(content, name, language, csrf_token=csrf_token(desk.get(page).text), **more)
        return desk.post(f"{page}/files", data=data, content_type="multipart/form-data")

    return run


def files(folder) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


@pytest.fixture
def nothing_stays(folder):
    before = files(folder)
    yield
    assert files(folder) == before


def test_a_document_from_nothing(desk, home, edition):
    session = make_session(edition, title={"en": "Opening"})
    new = f"{home}/new"
    token = csrf_token(desk.get(f"{new}?session={session.id}").text)
    form = {"csrf_token": token, "kind": "outcome", "access": "session", "session_id": str(session.id)}
    refused = desk.post(new, data={**form, "title_en": ""})
    assert refused.status_code == 422 and "Please answer this." in refused.text
    there = {
        **form,
        "title_en": "Statement",
        "title_ar": "البيان",
        "symbol": "CTOC/2027/1",
        "revision": "Rev.1",
    }
    saved = desk.post(new, data=there, follow_redirects=True)
    assert "You can add its files now." in saved.text
    document = db.session.scalar(select(ProgrammeDocument))
    assert (document.title, document.symbol) == ({"en": "Statement", "ar": "البيان"}, "CTOC/2027/1")
    page = desk.get(home).text
    assert "CTOC/2027/1" in page and "Opening" in page and "No file yet" in page
    assert db.session.scalar(select(AuditEntry.action).where(AuditEntry.subject_type == "document"))


def test_of_no_session_it_cannot_follow_one(desk, home):
    token = csrf_token(desk.get(f"{home}/new").text)
    form = {"csrf_token": token, "kind": "paper", "access": "session", "title_en": "A paper"}
    assert "it belongs to no session" in desk.post(f"{home}/new", data=form).text


def test_saved_over_somebody(desk, home, edition):
    document = make_document(edition)
    page = f"{home}/{document.id}"
    form = {"csrf_token": csrf_token(desk.get(page).text), "kind": "paper", "access": "all", "version": "1"}
    assert desk.post(page, data={**form, "title_en": "One"}).status_code == 303
    stale = desk.post(page, data={**form, "title_en": "Two"})
    assert stale.status_code == 409 and "One" in stale.text and "Two" in stale.text


def test_in_another_order(desk, home, edition):
    first, second = make_document(edition, position=0), make_document(edition, position=1)
    token = csrf_token(desk.get(home).text)
    desk.post(f"{home}/{second.id}/move", data={"csrf_token": token, "direction": "up"})
    rows = db.session.scalars(select(ProgrammeDocument.id).order_by(ProgrammeDocument.position)).all()
    assert rows == [second.id, first.id]


@pytest.mark.parametrize(
    ("content", "name", "kept", "media_type"),
    [
        (pdf(), "../../etc/Überblick.exe", "Überblick.pdf", "application/pdf"),
        (docx(), "C:/Users/me/ورقة عمل.docm", "ورقة عمل.docx", None),
        (PNG.getvalue(), "photo.html", "photo.jpg", "image/jpeg"),
    ],
)
def test_a_file_is_taken_by_its_content(put, edition, folder, content, name, kept, media_type):
    document = make_document(edition)
    assert put(document, content, name).status_code == 303
    row = db.session.scalar(select(DocumentFile))
    assert row.file_name == kept and row.media_type == (media_type or row.media_type)
    path = folder / row.stored_name
    assert path.stat().st_mode & 0o077 == 0 and path.stat().st_size == row.size
    assert path.read_bytes() == content or kept.endswith("jpg")
    assert not [one for one in files(folder) if one.startswith(".")]


@pytest.mark.usefixtures("nothing_stays")
@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script>", "neither a PDF"),
        (b"%PDF-1.4 and then nothing", "not whole"),
        (pdf() + archive({"a": b"x"}), "not whole"),
        (pdf(b"/JavaScript (x)"), "holds a program"),
        (docx() + pdf(), "not whole"),
        (archive({"[Content_Types].xml": types(), "word/vbaProject.bin": b"x"}), "macros"),
        (archive({"a.txt": b"x"}), "This is an archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on", "old office program"),
        (b"\x89PNG\r\n\x1a\n and then nothing", "not an image"),
        (b"MZ\x90\x00", "neither a PDF"),
    ],
)
def test_what_is_refused_leaves_nothing(put, edition, content, text):
    answer = put(make_document(edition), content)
    assert answer.status_code == 422 and text in answer.text
    assert db.session.scalar(select(DocumentFile)) is None


@pytest.mark.usefixtures("nothing_stays")
@pytest.mark.usefixtures("nothing_stays")
@pytest.mark.parametrize("more", [{}, {"url": "https://recordings.example/1"}], ids=["file", "address"])
def test_without_a_language(put, edition, more):
    document = make_document(edition)
    answer = put(document, b"" if more else pdf(), name="" if more else "paper.pdf", language="", **more)
    assert answer.status_code == 422 and "Please answer this." in answer.text
    assert db.session.scalar(select(DocumentFile)) is None


def test_a_word_that_is_cut_between_two_pieces(put, edition):
    """What runs is found wherever it stands in a long file, also written in escapes."""
    for word in (b"/JavaScript", b"/J#61va#53cript"):
        for place in (1_048_570, 1_048_540, 2_000_000):
            answer = put(make_document(edition), pdf(b" " * (place - 40) + word + b" (x)"))
            assert answer.status_code == 422 and "holds a program" in answer.text


@pytest.mark.usefixtures("nothing_stays")
def test_a_stale_token_leaves_nothing(desk, home, edition):
    document = make_document(edition)
    answer = desk.post(f"{home}/{document.id}/files", data=sent(pdf(), "a.pdf", csrf_token="stale"))
    assert answer.status_code == 422 and "open for too long" in answer.text


def test_a_file_in_place_of_another_keeps_its_address(put, edition, folder):
    document = make_document(edition)
    put(document, pdf(b"one"))
    row = db.session.scalar(select(DocumentFile))
    before, first = row.public_id, row.stored_name
    put(document, pdf(b"two"))
    row = db.session.scalar(select(DocumentFile))
    assert row.public_id == before and row.stored_name != first
    assert first not in files(folder) and row.stored_name in files(folder)
    put(document, pdf(b"three"), language="ar")
    assert len(db.session.scalars(select(DocumentFile)).all()) == 2


def test_an_address_of_a_recording(desk, home, edition):
    document = make_document(edition, kind="recording")
    page = f"{home}/{document.id}"
    form = {"csrf_token": csrf_token(desk.get(page).text), "document_language": "fr"}
    wrong = desk.post(f"{page}/files", data={**form, "url": "javascript:alert(1)"})
    assert wrong.status_code == 422 and "javascript:alert" in wrong.text
    assert "or give an address" in desk.post(f"{page}/files", data=form).text
    assert desk.post(f"{page}/files", data={**form, "url": "https://video.example/1"}).status_code == 303
    assert "https://video.example/1" in desk.get(page).text
    number = db.session.scalar(select(DocumentFile.public_id))
    assert desk.get(f"{home}/files/{number}").status_code == 404


@pytest.mark.usefixtures("nothing_stays")
def test_both_at_once(put, edition):
    assert "not both" in put(make_document(edition), pdf(), url="https://video.example/1").text


def test_removing(desk, home, edition, folder):
    document = make_document(edition)
    one, two = make_file(document, folder), make_file(document, folder, language="fr")
    names = {one.stored_name, two.stored_name}
    token = csrf_token(desk.get(f"{home}/{document.id}").text)
    desk.post(f"{home}/{document.id}/files/{one.public_id}/remove", data={"csrf_token": token})
    assert len(names & files(folder)) == 1
    assert desk.get(f"{home}/{document.id}/remove").status_code == 200
    desk.post(f"{home}/{document.id}/remove", data={"csrf_token": token})
    assert not names & files(folder)
    assert db.session.scalar(select(ProgrammeDocument)) is None


def test_a_session_takes_its_documents_along(desk, edition, folder):
    session = make_session(edition)
    row = make_file(make_document(edition, session), folder)
    name, page = (
        row.stored_name,
        f"/dashboard/editions/{edition.ordinal}/programme/sessions/{session.id}/delete",
    )
    question = desk.get(page).text
    assert "1 document of it is removed" in question
    desk.post(page, data={"csrf_token": csrf_token(question)})
    assert db.session.scalar(select(DocumentFile)) is None and name not in files(folder)


def test_of_another_edition_nothing(desk, home, folder):
    row = make_file(make_document(make_edition()), folder)
    assert desk.get(f"{home}/files/{row.public_id}").status_code == 404
    assert desk.get(f"{home}/{row.document_id}").status_code == 404


def test_readers_look_and_fetch(client, home, edition, folder):
    row = make_file(make_document(edition), folder)
    sign_in(client, make_user(role="reader"))
    assert "New document" not in client.get(home).text
    assert client.get(f"{home}/files/{row.public_id}").data == pdf()
    assert client.get(f"{home}/{row.document_id}").status_code == 403


def test_on_the_form_of_its_session(desk, edition, folder):
    session = make_session(edition)
    page = f"/dashboard/editions/{edition.ordinal}/programme/sessions/{session.id}"
    assert f"/documents/new?session={session.id}" in desk.get(page).text
    make_file(
        make_document(edition, session, title={"en": "Background"}, symbol="CTOC/2"), folder, language="ar"
    )
    db.session.commit()
    found = desk.get(page).text
    assert "Background" in found and "CTOC/2" in found and "Paper · Arabic" in found
