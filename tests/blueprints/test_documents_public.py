"""Documents for everybody: under their sessions, in the open data, as downloads that can be resumed."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from eventapp.extensions import db
from eventapp.web.sending import sending_places
from tests.factories.documents import make_document, make_file, pdf
from tests.factories.editions import make_edition
from tests.factories.programme import make_session, publish
from tests.queries import counted_queries


@pytest.fixture
def edition(ctx):
    return make_edition()


@pytest.fixture
def folder(app):
    return app.config["SETTINGS"].documents


def programme(client, edition) -> str:
    return client.get(f"/editions/{edition.ordinal}/programme").text


def test_under_its_session_and_in_the_open_data(client, edition, folder):
    session = make_session(edition, title={"en": "Opening"})
    publish(edition)
    document = make_document(edition, session, title={"en": "Background", "ar": "خلفية"}, symbol="CTOC/1")
    row = make_file(document, folder, language="ar", file_name="ورقة عمل.pdf")
    make_file(document, folder, language="fr", stored_name=None, url="https://video.example/1")
    make_file(make_document(edition, title={"en": "Outcome of all"}, kind="outcome"), folder)
    db.session.commit()
    page = programme(client, edition)
    assert page.index("Opening") < page.index("Background") < page.index("Outcome of all")
    assert "CTOC/1" in page and f"/documents/{row.public_id}" in page and "https://video.example/1" in page
    found = client.get(f"/editions/{edition.ordinal}.json").json
    (own,) = found["sessions"][0]["documents"]
    assert (own["symbol"], own["title"]["ar"]) == ("CTOC/1", "خلفية")
    assert [one["language"] for one in own["files"]] == ["ar", "fr"]
    assert own["files"][0]["url"].endswith(f"/documents/{row.public_id}")
    assert own["files"][0]["sha256"] == row.sha256 and own["files"][1]["size"] is None
    assert [one["title"]["en"] for one in found["documents"]] == ["Outcome of all"]
    (event,) = ET.fromstring(client.get(f"/fr/editions/{edition.ordinal}/schedule.xml").data).iter("event")
    assert [(one.get("href"), one.text) for one in event.find("links")] == [
        (
            own["files"][0]["url"].replace("/documents", "/fr/documents"),
            "Document de travail\N{NO-BREAK SPACE}: CTOC/1, Background (Arabe)",
        ),
        ("https://video.example/1", "Document de travail\N{NO-BREAK SPACE}: CTOC/1, Background (Français)"),
    ]


def test_as_an_attachment_under_its_own_name(client, edition, folder):
    row = make_file(make_document(edition), folder, file_name="ورقة عمل.pdf")
    answer = client.get(f"/documents/{row.public_id}")
    assert answer.data == pdf() and answer.mimetype == "application/pdf"
    name = answer.headers["Content-Disposition"]
    assert name.startswith("attachment;")
    assert unquote(re.search(r"filename\*=UTF-8''(\S+)", name)[1]) == "ورقة عمل.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-cache" in answer.headers["Cache-Control"] and "private" in answer.headers["Cache-Control"]


def test_from_where_the_line_broke_off(client, edition, folder):
    row = make_file(make_document(edition), folder, pdf(b"x" * 5000))
    page, whole = f"/documents/{row.public_id}", pdf(b"x" * 5000)
    first = client.get(page)
    assert first.headers["Accept-Ranges"] == "bytes" and first.content_length == len(whole)
    tag = first.headers["ETag"]
    rest = client.get(page, headers={"Range": "bytes=1000-", "If-Range": tag})
    assert (rest.status_code, rest.data) == (206, whole[1000:])
    assert rest.headers["Content-Range"] == f"bytes 1000-{len(whole) - 1}/{len(whole)}"
    assert client.get(page, headers={"Range": "bytes=-10"}).data == whole[-10:]
    another = client.get(page, headers={"Range": "bytes=1000-", "If-Range": '"another"'})
    assert (another.status_code, another.data) == (200, whole)
    beyond = client.get(page, headers={"Range": "bytes=999999-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")
    several = client.get(page, headers={"Range": "bytes=0-1,5-6"})
    assert (several.status_code, several.data) == (200, whole)
    assert client.get(page, headers={"If-None-Match": tag}).status_code == 304
    head = client.head(page)
    assert (head.content_length, head.data) == (len(whole), b"")


def test_who_goes_on_with_another_file_is_told(client, edition, folder):
    """A part of this one would spoil theirs; what a part is counted in must be known, or the whole is the answer."""
    row = make_file(make_document(edition), folder, pdf(b"x" * 5_000))
    page = f"/documents/{row.public_id}"
    part = {"Range": "bytes=0-9"}
    first = client.get(page)
    for still in ({"If-Match": first.headers["ETag"]}, {"If-Match": "*"}):
        assert client.get(page, headers=part | still).status_code == 206
    since = {"If-Unmodified-Since": first.headers["Last-Modified"]}
    assert client.get(page, headers=part | since).status_code == 206
    before = {"If-Unmodified-Since": "Mon, 01 Mar 2027 00:00:00 GMT"}
    for other in ({"If-Match": '"another"'}, before):
        refused = client.get(page, headers=part | other)
        assert (refused.status_code, refused.data) == (412, b"")
    lines = client.get(page, headers={"Range": "lines=1-2"})
    assert lines.status_code == 200 and lines.data == first.data


def test_without_a_file_it_is_not_told(client, edition):
    make_document(edition, title={"en": "Nothing yet"})
    db.session.commit()
    assert "Nothing yet" not in programme(client, edition)


def test_a_file_that_is_missing_on_the_disk(client, edition, folder):
    row = make_file(make_document(edition), folder)
    (folder / row.stored_name).unlink()
    assert client.get(f"/documents/{row.public_id}").status_code == 404


def test_of_a_draft_edition_nothing(client, ctx, folder):
    row = make_file(make_document(make_edition(state="draft")), folder)
    assert client.get(f"/documents/{row.public_id}").status_code == 404


def test_a_constant_number_of_queries(client, edition, folder):
    def seen() -> int:
        client.application.extensions["eventapp.cache"].clear()
        with counted_queries() as counted:
            programme(client, edition)
        return len(counted)

    session = make_session(edition)
    publish(edition)
    make_file(make_document(edition, session), folder)
    before = seen()
    for _ in range(5):
        make_file(make_document(edition, session), folder)
        make_file(make_document(edition), folder)
    assert seen() == before


def test_slow_readers_leave_threads_for_the_pages(app, client, edition, folder):
    """Half of the threads send files; whoever comes then is asked to come again, and a place comes free."""
    row = make_file(make_document(edition), folder, pdf(b"x" * 200_000))
    page, half = f"/documents/{row.public_id}", app.config["SETTINGS"].threads // 2
    slow = [client.get(page, buffered=False) for _ in range(half)]
    for one in slow:
        next(one.iter_encoded())
    busy = client.get(page)
    assert busy.status_code == 503 and "try again in a minute" in busy.text
    assert busy.headers["Retry-After"] == "60"
    assert client.head(page).status_code == 200 and "Documents" in programme(client, edition)
    slow.pop().close()
    assert client.get(page).status_code == 200
    assert client.get(page, headers={"Range": "bytes=5-"}).status_code == 206
    for one in slow:
        one.close()
    with app.app_context():
        assert sending_places()._value == half
