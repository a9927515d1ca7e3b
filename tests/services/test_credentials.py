"""Credentials: what comes in as a paper, what is refused, where it lies, and that nothing is left behind."""

import io
import os
import zipfile

import pytest
from PIL import Image
from sqlalchemy import select

from eventapp.adapters.papers import make_ready
from eventapp.errors import Invalid, NotFound, Refused, Stale
from eventapp.extensions import db
from eventapp.models import CredentialDocument
from eventapp.rules.access import Actor
from eventapp.rules.delegation import MOST_DOCUMENTS
from eventapp.rules.paper import MOST_BYTES, name_as_sent
from eventapp.services import credentials, delegations, delegations_manage
from tests.factories.delegations import make_delegation
from tests.factories.editions import make_edition

ORGANISER = Actor(kind="user", name="Omar", role="organiser", all_editions=True)
READER = Actor(kind="user", name="Rita", role="reader", all_editions=True)


def pdf(inside: bytes = b"", version: bytes = b"1.4") -> bytes:
    """The smallest PDF that holds together."""
    head = b"%PDF-" + version + b"\n1 0 obj<</Type/Catalog>>endobj\n" + inside
    return head + b"xref\n0 1\n0000000000 65535 f \ntrailer<<>>\nstartxref\n%d\n%%%%EOF\n" % len(head)


def image(kind: str, mode: str = "RGB", **save) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (60, 40)).save(out, kind, **save)
    return out.getvalue()


def archive(inside: str = "word/document.xml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(inside, "x")
    return out.getvalue()


@pytest.fixture
def edition(ctx):
    return make_edition()


@pytest.fixture
def delegation(edition):
    return make_delegation(edition)


def keep(delegation, folder, clock, data=None, name="note.pdf"):
    with credentials.placed(make_ready(data or pdf(), name), folder) as ready:
        return credentials.keep(ORGANISER, delegation, ready, now=clock())


def test_a_pdf_stays_as_it_came():
    paper = make_ready(pdf(), "Note verbale.PDF")
    assert (paper.content, paper.media_type, paper.file_name) == (
        pdf(),
        "application/pdf",
        "Note verbale.pdf",
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_an_image_is_written_anew(kind):
    paper = make_ready(image(kind), "scan.pdf")
    assert (paper.media_type, paper.file_name) == ("image/jpeg", "scan.jpg")
    assert Image.open(io.BytesIO(paper.content)).format == "JPEG"


def test_nothing_but_the_picture_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    data = image("JPEG", exif=exif) + archive() + b"<script>alert(1)</script>"
    assert b"secret" in data
    content = make_ready(data, "scan.jpg").content
    assert not any(word in content for word in (b"secret", b"script", b"PK\x03\x04"))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED = {
    "empty": (b"", "empty"),
    "svg": (SVG, "neither"),
    "html": (b"<!doctype html><script>alert(1)</script>", "neither"),
    "html before a pdf": (b"<html>" + pdf(), "neither"),
    "blank before a pdf": (b"\n" + pdf(), "neither"),
    "program": (b"MZ" + b"\0" * 200, "neither"),
    "word": (archive(), "office"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "office"),
    "rich text": (b"{\\rtf1 hello}", "office"),
    "cut pdf": (pdf()[:-8], "not whole"),
    "head alone": (b"%PDF-1.7\n", "not whole"),
    "pdf and archive": (pdf() + archive(), "not whole"),
    "pdf and html": (pdf() + b"<script>alert(1)</script>", "not whole"),
    "wrong table": (b"%PDF-1.4\nstartxref\n3\n%%EOF", "damaged"),
    "table behind the end": (b"%PDF-1.4\nstartxref\n999999\n%%EOF", "damaged"),
    "script": (pdf(b"2 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj\n"), "program"),
    "spelled script": (pdf(b"2 0 obj<</S/Java#53cript>>endobj\n"), "program"),
    "launch": (pdf(b"2 0 obj<</S/Launch/F(cmd.exe)>>endobj\n"), "program"),
    "attachment": (pdf(b"2 0 obj<</Type/EmbeddedFile>>endobj\n"), "program"),
    "locked": (pdf(b"trailer<</Encrypt 5 0 R>>\n"), "password"),
    "cut png": (image("PNG")[:-30], "image that can be read"),
    "gif head alone": (b"GIF89a", "image that can be read"),
    "too large": (b"%PDF-" + b"0" * MOST_BYTES, "10 MB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name):
    data, words = REFUSED[name]
    with pytest.raises(Refused, match=words):
        make_ready(data, "note.pdf")


def test_an_archive_that_swallows_the_end_of_a_pdf():
    """The end of the archive has the end of the PDF as its comment: both programs would open it."""
    tail = pdf()
    end = b"PK\x05\x06" + b"\0" * 16 + len(tail).to_bytes(2, "little")
    begins = tail.rindex(b"xref\n0 1")
    whole = b"%PDF-1.4\n" + end + tail.replace(b"startxref\n%d" % begins, b"startxref\n%d" % (begins + 31))
    with pytest.raises(Refused, match="not whole"):
        make_ready(whole, "note.pdf")
    harmless = whole.replace(b"PK\x05\x06", b"PK\x05\x05")
    assert make_ready(harmless, "note.pdf").content == harmless


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\papers\\note.exe", "note.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "a b Set-Cookie x.pdf"),
        ("مذكرة شفوية.pdf", "مذكرة شفوية.pdf"),
        ("", "document.pdf"),
        ("....", "document.pdf"),
        ("x" * 500 + ".pdf", "x" * 120 + ".pdf"),
    ],
)
def test_names(name, kept):
    assert name_as_sent(name, ".pdf") == kept


def test_a_paper_is_kept_whole_and_in_private(delegation, tmp_path, clock):
    folder = tmp_path / "credentials"
    document = keep(delegation, folder, clock)
    (path,) = folder.iterdir()
    assert path == credentials.path_of(document, folder) and path.read_bytes() == pdf()
    assert "note" not in path.name
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert (delegation.credentials, document.uploaded_by) == ("copy", "Omar")
    assert [entry.action for entry in delegations.list_history(delegation)] == ["credentials.add_document"]


def test_a_state_that_was_said_stays(delegation, tmp_path, clock):
    delegation.credentials = "deficient"
    keep(delegation, tmp_path, clock)
    assert delegation.credentials == "deficient"


def test_whatever_is_refused_leaves_nothing_behind(delegation, tmp_path, clock, monkeypatch):
    keep(delegation, tmp_path, clock)
    before = list(tmp_path.iterdir())
    with pytest.raises(Invalid):  # the same paper a second time
        keep(delegation, tmp_path, clock, name="again.pdf")
    with pytest.raises(RuntimeError), credentials.placed(make_ready(pdf(b"%x\n"), "a"), tmp_path):
        raise RuntimeError

    def full(_descriptor):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        keep(delegation, tmp_path, clock, pdf(b"%y\n"))
    assert list(tmp_path.iterdir()) == before


def test_not_more_than_the_limit(delegation, tmp_path, clock):
    for number in range(MOST_DOCUMENTS):
        keep(delegation, tmp_path, clock, pdf(b"%%%d\n" % number))
    with pytest.raises(Invalid) as refused:
        keep(delegation, tmp_path, clock, pdf(b"%one more\n"))
    assert refused.value.problems["document"].values == {"limit": MOST_DOCUMENTS}
    assert len(list(tmp_path.iterdir())) == MOST_DOCUMENTS


def test_only_those_who_may_and_only_the_own_papers(edition, delegation, tmp_path, clock):
    number = keep(delegation, tmp_path, clock).public_id
    other = make_delegation(edition, country_code="NA")
    with pytest.raises(NotFound):
        credentials.get_document(other, number)
    with pytest.raises(NotFound):
        credentials.fetch(ORGANISER, edition.ordinal, other.public_id, number, now=clock())
    with pytest.raises(Refused):
        credentials.fetch(READER, edition.ordinal, delegation.public_id, number, now=clock())
    credentials.fetch(ORGANISER, edition.ordinal, delegation.public_id, number, now=clock())
    latest = delegations.list_history(delegation)[0]
    assert (latest.action, latest.new) == ("credentials.fetch", {"document": "note.pdf"})


def test_a_removed_paper_goes_with_its_file_and_its_name(edition, delegation, tmp_path, clock):
    number = keep(delegation, tmp_path, clock).public_id
    kept = keep(delegation, tmp_path, clock, pdf(b"%other\n"))
    credentials.remove(ORGANISER, edition.ordinal, delegation.public_id, number, now=clock())
    assert credentials.tidy(tmp_path) == 1
    assert [path.name for path in tmp_path.iterdir()] == [kept.stored_name]
    assert db.session.scalars(select(CredentialDocument.file_name).order_by(CredentialDocument.id)).all() == [
        "",
        "note.pdf",
    ]
    with pytest.raises(NotFound):
        credentials.get_document(delegation, number)


def test_tidy_takes_what_a_killed_process_left_and_nothing_young(delegation, tmp_path, clock):
    keep(delegation, tmp_path, clock)
    for name, age in ((f"{'0' * 32}.pdf", 7200), (f".{'1' * 32}.pdf", 7200), (f"{'2' * 32}.pdf", 5)):
        path = tmp_path / name
        path.write_bytes(b"x")
        os.utime(path, (path.stat().st_mtime - age,) * 2)
    assert credentials.tidy(tmp_path) == 2
    assert len(list(tmp_path.iterdir())) == 2
    assert credentials.tidy(tmp_path / "nowhere") == 0


def test_the_papers_of_a_removed_delegation_go(edition, delegation, tmp_path, clock):
    keep(delegation, tmp_path, clock)
    files = delegations_manage.remove(ORGANISER, edition.ordinal, delegation.public_id, now=clock())
    assert credentials.tidy(tmp_path, files) == 1 and not list(tmp_path.iterdir())


def test_how_credentials_stand(edition, delegation, clock):
    def say(state, note="", version=None):
        credentials.set_state(
            ORGANISER,
            edition.ordinal,
            delegation.public_id,
            state,
            note,
            version=version or delegation.version,
            now=clock(),
        )

    read = delegation.version
    say("original")
    with pytest.raises(Refused) as refused:
        say("deficient")
    assert refused.value.field == "note"
    with pytest.raises(Stale):
        say("accepted", version=read)
    say("deficient", "The seal is missing.")
    assert (delegation.credentials, delegation.credentials_note) == ("deficient", "The seal is missing.")
