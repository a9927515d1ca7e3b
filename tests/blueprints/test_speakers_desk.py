"""Speakers in the dashboard: the form, the list with what is missing, the link, and the letter to many."""

import pytest

from eventapp.extensions import db
from eventapp.models import OutboxMessage, Speaker
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.programme import link_of, make_place, make_session, make_speaker
from tests.factories.registrations import make_registration
from tests.pages import csrf_token


@pytest.fixture
def edition(ctx):
    return make_edition()


@pytest.fixture
def desk(client, edition):
    sign_in(client, make_user(role="organiser", all_editions=True))
    path = f"/dashboard/editions/{edition.ordinal}/programme/speakers"

    def ask(part="", data=None, **more):
        if data is None:
            return client.get(f"{path}{part}")
        token = csrf_token(client.get(f"{path}/new").text)
        return client.post(f"{path}{part}", data={"csrf_token": token, **data}, **more)

    return ask


def test_the_whole_profile_is_kept(desk, edition):
    person = make_registration(edition, given_name="Joy", family_name="Adeyemi")
    sent = {
        "honorific": "Dr",
        "name": "Joy Adeyemi",
        "email": " Joy@Court.Example",
        "language": "ar",
        "biography_en": "A judge.",
        "registration": "adeyemi",
    }
    assert desk("/new", sent).status_code == 303
    made = db.session.query(Speaker).filter_by(name="Joy Adeyemi").one()
    assert (made.honorific, made.email, made.language) == ("Dr", "joy@court.example", "ar")
    assert (made.biography, made.registration_id) == ({"en": "A judge."}, person.id)
    page = desk(f"/{made.id}").text
    assert person.reference in page and "A judge." in page
    answer = desk(f"/{made.id}", {**sent, "version": "1", "registration": "nobody at all"})
    assert answer.status_code == 422 and "No registration of this edition is found" in answer.text
    assert desk(f"/{made.id}", {**sent, "version": "1", "registration": ""}).status_code == 303
    assert desk(f"/{made.id}", {**sent, "version": "1"}).status_code == 409


def test_the_list_says_what_is_missing(desk, edition):
    amina = make_speaker(name="Amina Diop", picture=None)
    make_place(make_session(edition), amina, "accepted")
    make_place(make_session(edition), amina, "declined", reason="I travel")
    make_speaker(name="Elsewhere")
    page = desk().text
    assert "word on the public page, biography and picture" in page
    assert page.index("Amina Diop") < page.index("In no session of this edition") < page.index("Elsewhere")
    assert "I travel" in desk(f"/{amina.id}").text


def test_the_link_is_sent_ended_and_the_profile_taken_off(desk, edition):
    amina = make_speaker(name="Amina Diop", email="a@court.example", agreed_at=NOW, consent_answered_at=NOW)
    assert "on its way to a@court.example" in desk(f"/{amina.id}/link", {}, follow_redirects=True).text
    assert "leads in until" in desk(f"/{amina.id}").text
    assert "leads nowhere" in desk(f"/{amina.id}/link/revoke", {}, follow_redirects=True).text
    assert "off the public page" in desk(f"/{amina.id}/withdraw", {}, follow_redirects=True).text
    assert amina.agreed_at is None


def test_many_are_written_to_after_a_look(desk, edition):
    session = make_session(edition)
    amina, bo = (make_speaker(name=name, email=f"{name}@court.example") for name in ("Amina", "Bo"))
    silent = make_speaker(name="Silent")
    for one in (amina, bo, silent):
        make_place(session, one)
    link_of(amina)
    page = desk("/letters").text
    assert "2 people are written to." in page and "no e-mail address is known" in page
    assert "Invitation to speak" in page and "Reminder: speakers" in page
    answer = desk("/letters", {"speaker": [str(amina.id), "x"]}, follow_redirects=True)
    assert "One letter is on its way." in answer.text
    assert "written to today already" in desk("/letters").text
    answer = desk("/letters", {"speaker": str(amina.id)}, follow_redirects=True)
    assert "Nobody was written to" in answer.text
    assert [one.recipient for one in db.session.query(OutboxMessage)] == ["Amina@court.example"]


def test_nothing_is_missing(desk):
    assert "Nothing is missing" in desk("/letters").text
