"""A speaker's own page: what it shows, what is done on it, and what it never does."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import AuditEntry, Speaker
from eventapp.services import speakers_letters
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.programme import link_of, make_place, make_room, make_session, make_speaker, publish
from tests.pages import csrf_token

FIELDS = {"name": "Amina Diop", "functional_title": "Judge", "organisation": "Court", "language": "fr"}


@pytest.fixture
def edition(ctx):
    return make_edition()


@pytest.fixture
def session(edition):
    return make_session(edition, title={"en": "Opening"}, room_id=make_room(edition).id)


@pytest.fixture
def amina(session):
    made = make_speaker(name="Amina Diop")
    make_place(session, made)
    return made


@pytest.fixture
def page(client, amina):
    """Gives the page, or sends a form to a part of it."""
    path = f"/speaker/{link_of(amina)}"

    def ask(part="", data=None, prefix="", **more):
        if data is None:
            return client.get(f"{prefix}{path}{part}")
        token = csrf_token(client.get(f"{prefix}{path}/profile").text)
        return client.post(f"{prefix}{path}{part}", data={"csrf_token": token, **data}, **more)

    return ask


@pytest.mark.parametrize("prefix", ["", "/fr", "/es", "/ar"])
def test_everything_is_on_one_page_that_nobody_keeps(page, prefix):
    answer = page(prefix=prefix)
    assert "Amina Diop" in answer.text and "Opening" in answer.text and "Main hall" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert 'name="agrees" id="agrees" value="1">' in answer.text, "never ticked beforehand"


def test_the_languages_and_what_the_room_has(page, session):
    session.floor_language, session.interpretation = "fr", ["ar"]
    session.room.equipment = {"en": "One screen"}
    assert "In French, with interpretation into Arabic" in page().text
    assert "In the room: One screen" in page().text


def test_accepted_and_declined_with_a_reason(page, session):
    part = f"/sessions/{session.public_id}"
    answer = page(f"{part}/accept", {}, follow_redirects=True)
    assert "you accept" in answer.text and "Accepted" in answer.text
    assert "Decline this session?" in page(f"{part}/decline").text
    answer = page(f"{part}/decline", {"reason": "I travel <b>"}, follow_redirects=True)
    assert "Declined" in answer.text and "I travel &lt;b&gt;" in answer.text
    stale = page(f"{part}/decline", {"reason": "Kept", "csrf_token": "old"})
    assert stale.status_code == 422 and "Kept" in stale.text


def test_a_session_of_somebody_else_is_refused_with_the_way_back(page, edition):
    other = make_session(edition, title={"en": "Quiet"})
    for answer in (
        page(f"/sessions/{other.public_id}/decline"),
        page(f"/sessions/{other.public_id}/accept", {}),
    ):
        assert answer.status_code == 404 and "Quiet" not in answer.text and "Back to your page" in answer.text


def test_the_profile_with_a_picture(app, page, amina, tmp_path):
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(made, "PNG")
    sent = {
        **FIELDS,
        "version": "1",
        "biography_ar": "قاضية",
        "picture": (io.BytesIO(made.getvalue()), "me.png"),
    }
    answer = page("/profile", sent, follow_redirects=True)
    assert "Your profile is saved." in answer.text
    own = page("/picture")
    assert own.status_code == 200 and own.headers["Content-Type"] == "image/webp"
    assert own.headers["Cache-Control"] == "no-store" and '/picture"' in answer.text
    assert amina.biography == {"ar": "قاضية"} and amina.picture is not None
    bad = {**FIELDS, "version": "2", "picture": (io.BytesIO(b"%PDF-1.7"), "me.png")}
    answer = page("/profile", bad)
    assert answer.status_code == 422 and amina.picture is not None
    nameless = page("/profile", {**FIELDS, "name": "", "version": "2", "biography_en": "Typed"})
    assert nameless.status_code == 422 and "Typed" in nameless.text


def test_a_profile_that_the_secretariat_changed_meanwhile(page, amina):
    page("/profile", {**FIELDS, "version": "1"})
    answer = page("/profile", {**FIELDS, "version": "1", "organisation": "Another court"})
    assert answer.status_code == 409 and "Another court" in answer.text
    assert "was changed while you had it open" in answer.text and amina.organisation == "Court"


def test_agreed_and_taken_back(client, page, edition, amina, session):
    page(f"/sessions/{session.public_id}/accept", {})
    publish(edition)
    db.session.commit()
    public = f"/editions/{edition.ordinal}/speakers"
    assert "Amina Diop" not in client.get(public).text
    answer = page("/public-page", {"agrees": "1"}, follow_redirects=True)
    assert "You agreed on" in answer.text
    assert "Amina Diop" in client.get(public).text
    page("/public-page", {})
    assert "Amina Diop" not in client.get(public).text
    assert "You did not agree." in page().text
    assert page("/public-page", {"agrees": "1", "csrf_token": "old"}).status_code == 422


def test_no_address_of_the_programme_names_whoever_has_declined(client, page, edition, session):
    page(f"/sessions/{session.public_id}/accept", {})
    publish(edition)
    db.session.commit()
    here, calendar = f"/editions/{edition.ordinal}", f"/sessions/{session.public_id}.ics"
    part = f"/sessions/{session.public_id}/decline"
    told = ("/programme", ".json", "/schedule.xml", "/schedule.json", "/speakers")

    def where():
        return [part for part in told if "Amina Diop" in client.get(f"{here}{part}").text]

    before = client.get(f"{here}{calendar}").text
    page("/public-page", {"agrees": "1"})
    assert where() == list(told)
    page(part, {"reason": ""})
    assert where() == []
    after = client.get(f"{here}{calendar}").text
    assert "SEQUENCE:0" in before and "SEQUENCE:1" in after and "Amina" not in after


def test_a_dead_link_tells_nothing(client, amina):
    unknown = client.get("/speaker/nobody")
    assert unknown.status_code == 404
    token = link_of(amina)
    speakers_letters.end_links(amina.id, now=NOW)
    db.session.commit()
    revoked = client.get(f"/speaker/{token}")
    assert revoked.status_code == 404
    assert revoked.text.replace(token, "") == unknown.text.replace("nobody", "")


def test_looking_changes_nothing(page, amina):
    for part in ("", "/profile", ""):
        page(part)
    assert not db.session.scalars(select(AuditEntry).where(AuditEntry.subject_type != "archive")).all()
    assert db.session.get(Speaker, amina.id).version == 1
