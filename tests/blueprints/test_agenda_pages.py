"""The pages of the own agenda: buttons without a script, the print view, the calendar's address."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import ProgrammeSession, SessionSector
from eventapp.services import links
from tests.engines import SECRET
from tests.factories.editions import make_edition
from tests.factories.programme import make_place, make_room, make_session, make_speaker, publish
from tests.factories.registrations import make_registration
from tests.pages import csrf_token


@pytest.fixture
def edition(ctx):
    edition = make_edition()
    hall = make_room(edition, capacity=1)
    make_session(edition, title={"en": "Workshop", "ar": "حلقة عمل"}, asks_sign_up=True, room_id=hall.id)
    make_session(edition, title={"en": "Closing"}, room_id=hall.id)
    closed = make_session(edition, title={"en": "Police only"}, access="sectors")
    closed.sectors = [SessionSector(sector_code="LE")]
    publish(edition)
    return edition


def token_for(edition, clock, **values):
    made = make_registration(edition, **{"state": "approved", "sector_code": "PRV-FIN", **values})
    link = links.make_link("registration", secret=SECRET, now=clock(), registration_id=made.id)
    db.session.commit()
    return links.token_of(link, SECRET)


def press(client, token, page, title):
    """Press the button of one session; gives the page that follows."""
    lines = re.findall(r"<li id=.*?</li>", page, re.DOTALL)
    (line,) = (one for one in lines if re.search(rf"<b>(<[^>]*>)?{title}", one))
    action = re.search(r'action="([^"]+)"', line)[1]
    answer = client.post(action, data={"csrf_token": csrf_token(page)})
    assert answer.status_code == 303 and "#session-" in answer.headers["Location"]
    return client.get(f"/registrations/{token}/agenda").text


def test_an_agenda_is_chosen_and_given_up(client, edition, clock):
    token = token_for(edition, clock)
    assert "My agenda" in client.get(f"/registrations/{token}").text
    page = client.get(f"/registrations/{token}/agenda").text
    assert "1 seat is free" in page and "Police only" not in page
    page = press(client, token, page, "Workshop")
    assert "You have a seat" in page
    page = press(client, token, page, "Closing")
    assert page.count("At the same time on your agenda") == 2
    mine = client.get(f"/registrations/{token}/agenda?mine=1").text
    assert "Workshop" in mine and "Closing" in mine
    held = client.post(f"/registrations/{token}/data.json", data={"csrf_token": csrf_token(page)}).json
    assert [(one["session"]["en"], one["state"]) for one in held["agenda"]] == [
        ("Workshop", "seat"),
        ("Closing", "noted"),
    ]
    other = token_for(edition, clock)
    page = press(client, other, client.get(f"/registrations/{other}/agenda").text, "Workshop")
    assert "You are number 1 in line for a seat" in page
    assert (
        "Nothing chosen yet" in client.get(f"/registrations/{token_for(edition, clock)}/agenda?mine=1").text
    )
    page = press(client, token, client.get(f"/registrations/{token}/agenda").text, "Workshop")
    assert "The session is not on your agenda any more" in page


def test_who_waits_for_a_decision_cannot_sign_up(client, edition, clock):
    token = token_for(edition, clock, state="submitted")
    page = client.get(f"/registrations/{token}/agenda").text
    assert "You can sign up once your registration is approved" in page
    officer = token_for(edition, clock, sector_code="LE-POL")
    theirs = client.get(f"/registrations/{officer}/agenda").text
    address = re.search(r'action="([^"]+)/sign-up"[^<]*(?:<[^>]+>)*?[^<]*', theirs)[1]
    workshop = re.findall(r'<li id="session-([0-9a-f-]+)".*?</li>', theirs, re.DOTALL)
    assert len(workshop) == 3 and address
    for number in workshop:
        sent = client.post(
            f"/registrations/{token}/agenda/{number}/sign-up", data={"csrf_token": csrf_token(page)}
        )
        assert sent.status_code == 303
    after = client.get(f"/registrations/{token}/agenda?mine=1").text
    assert "Closing" in after and "Workshop" not in after and "Police only" not in after


def test_the_secret_calendar(client, edition, clock):
    token = token_for(edition, clock)
    page = press(client, token, client.get(f"/registrations/{token}/agenda").text, "Closing")
    form = {"csrf_token": csrf_token(page)}
    assert client.post(f"/registrations/{token}/agenda/calendar", data=form).status_code == 303
    page = client.get(f"/registrations/{token}/agenda").text
    address = re.search(r'href="(http://localhost)(/calendar/[^"]+\.ics)"', page)[2]
    assert f'href="webcal://localhost{address}"' in page, "a phone subscribes by it"
    answer = client.get(address)
    assert answer.mimetype == "text/calendar" and "no-store" in answer.headers["Cache-Control"]
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert str(event["summary"]) == "Closing" and event["dtstart"].params["TZID"] == "Africa/Nairobi"
    assert token not in answer.text
    assert client.post(f"/registrations/{token}/agenda/calendar", data=form).status_code == 303
    assert client.get(address).status_code == 410
    assert client.post(f"/registrations/{token}/agenda/calendar/revoke", data=form).status_code == 303
    assert "Make an address" in client.get(f"/registrations/{token}/agenda").text
    assert client.get("/calendar/nothing.ics").status_code == 404


def test_who_chairs_and_reports_is_named_to_whoever_may_come(client, edition, clock):
    """The own agenda is the only place where those who may come read who speaks in a closed session."""
    closed = db.session.scalar(select(ProgrammeSession).where(ProgrammeSession.access == "sectors"))
    for name, function in (("Ada Chairs", "chair"), ("Ben Reports", "rapporteur")):
        make_place(closed, make_speaker(name=name), "accepted", function=function)
    make_place(closed, make_speaker(name="Cy Waits"), "invited")
    publish(edition)
    officer, banker = token_for(edition, clock, sector_code="LE-POL"), token_for(edition, clock)
    seen = client.get(f"/registrations/{officer}/agenda").text
    assert re.search(r"Ada Chairs</bdi></b> <span[^>]*>Chair<", seen)
    assert re.search(r"Ben Reports</bdi></b> <span[^>]*>Rapporteur<", seen)
    assert "Cy Waits" not in seen
    other = client.get(f"/registrations/{banker}/agenda").text
    assert "Ada" not in other and "Ben" not in other
    form = {"csrf_token": csrf_token(seen)}
    client.post(f"/registrations/{officer}/agenda/{closed.public_id}/sign-up", data=form)
    client.post(f"/registrations/{officer}/agenda/calendar", data=form)
    page = client.get(f"/registrations/{officer}/agenda?mine=1").text
    assert "Ada Chairs" in page
    answer = client.get(re.search(r'href="http://localhost(/calendar/[^"]+\.ics)"', page)[1])
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert str(event["description"]) == "Ada Chairs (Chair)\nBen Reports (Rapporteur)"
    assert str(event["url"]).endswith("/editions/8/programme"), "it stands nowhere in the public programme"


def test_an_edition_without_a_programme(client, ctx, clock):
    token = token_for(make_edition(), clock)
    assert "you choose your sessions here" in client.get(f"/registrations/{token}/agenda").text


def test_what_is_over_has_no_button(client, edition, clock):
    token = token_for(edition, clock)
    clock.move(days=(edition.ends_on - clock().date() + timedelta(days=2)).days)
    page = client.get(f"/registrations/{token}/agenda").text
    assert "Over" in page and "/sign-up" not in page


def test_what_somebody_waits_for_is_tentative_in_the_calendar(client, edition, clock):
    press(
        client,
        first := token_for(edition, clock),
        client.get(f"/registrations/{first}/agenda").text,
        "Workshop",
    )
    token = token_for(edition, clock)
    page = press(client, token, client.get(f"/registrations/{token}/agenda").text, "Workshop")
    client.post(f"/registrations/{token}/agenda/calendar", data={"csrf_token": csrf_token(page)})
    page = client.get(f"/registrations/{token}/agenda").text
    address = re.search(r"(/calendar/[^\"]+\.ics)", page)[1]
    (event,) = Calendar.from_ical(client.get(address).data).walk("VEVENT")
    assert (event["status"], str(event["summary"])) == ("TENTATIVE", "Workshop (waiting for a seat)")
    press(client, first, client.get(f"/registrations/{first}/agenda").text, "Workshop")
    (event,) = Calendar.from_ical(client.get(address).data).walk("VEVENT")
    assert (event["status"], str(event["summary"])) == ("CONFIRMED", "Workshop")


def test_who_has_withdrawn_chooses_nothing(client, edition, clock):
    token = token_for(edition, clock, state="withdrawn")
    page = client.get(f"/registrations/{token}/agenda").text
    assert "Nothing can be chosen here any more" in page and "/sign-up" not in page


def test_a_session_that_asks_for_signing_up_later(client, edition, clock):
    token = token_for(edition, clock)
    press(client, token, client.get(f"/registrations/{token}/agenda").text, "Closing")
    closing = db.session.scalars(
        select(ProgrammeSession).where(ProgrammeSession.title["en"].as_string() == "Closing")
    ).one()
    closing.asks_sign_up = True
    db.session.flush()
    publish(edition)
    db.session.commit()
    page = client.get(f"/registrations/{token}/agenda?mine=1").text
    assert "You have no seat yet" in page
    assert "You have a seat" in press(client, token, page, "Closing")
