"""The public programme in parts, what runs now, and the same instants in every form in which it is handed out."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar

from eventapp.extensions import db
from eventapp.models import ProgrammeSpeaker
from eventapp.services import programme
from tests.factories.editions import make_edition
from tests.factories.programme import make_room, make_session, make_speaker, make_track, publish
from tests.services.test_editions_manage import ORGANISER

# When the clocks go back in Lugano; a day of Abuja that is another one in Buenos Aires; a zone with half an hour.
PLACES = {
    "Europe/Zurich": (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "2027-10-31T02:30:00+02:00"),
    "Africa/Lagos": (datetime(2027, 6, 8, 23, 30, tzinfo=UTC), "2027-06-09T00:30:00+01:00"),
    "America/Argentina/Buenos_Aires": (datetime(2027, 6, 8, 2, 0, tzinfo=UTC), "2027-06-07T23:00:00-03:00"),
    "Asia/Kolkata": (datetime(2027, 6, 8, 4, 0, tzinfo=UTC), "2027-06-08T09:30:00+05:30"),
}

TWICE = {
    "Europe/Zurich": '<bdi dir="ltr">02:30 (UTC+2)</bdi>'
}  # which of the two it is stands beside the time


@pytest.fixture
def edition(ctx):
    edition = make_edition()
    hall = make_room(edition, names={"en": "Hall & <A>", "ar": "القاعة"})
    track = make_track(edition, names={"en": "Victims", "fr": "Victimes"})
    opening = make_session(
        edition,
        title={"en": "Opening \x0b ceremony", "fr": "Ouverture"},
        kind="plenary",
        room_id=hall.id,
        track_id=track.id,
        floor_language="en",
        interpretation=["fr", "ar"],
        asks_sign_up=True,
        starts_at=datetime(2027, 6, 8, 6, 0, tzinfo=UTC),
    )
    speaker = make_speaker(name="Amina <Example>")
    opening.speakers.append(ProgrammeSpeaker(speaker_id=speaker.id, position=0, function="chair"))
    make_session(edition, title={"en": "Second day"}, starts_at=datetime(2027, 6, 9, 6, 0, tzinfo=UTC))
    make_session(edition, title={"en": "Police only"}, access="sectors")
    publish(edition)
    db.session.commit()
    return edition


def main(page):
    return page.text.partition("<main")[2]


def test_filters_need_no_script(client, edition):
    page = main(client.get("/editions/8/programme"))
    assert "Hall &amp; &lt;A&gt;" in page and "Victims" in page
    assert re.search(r"In English, with interpretation into (French and Arabic|Arabic and French)", page)
    french = client.get("/fr/editions/8/programme").text
    assert re.search(r"En anglais, interprétation en (français et arabe|arabe et français)", french)
    for query, seen in (
        ("day=2027-06-09", {"Second day"}),
        ("track=Victims", {"Opening"}),
        ("room=Hall+%26+%3CA%3E", {"Opening"}),
        ("kind=panel", {"Second day"}),
        ("kind=panel&track=Victims", set()),
        ("day=nonsense", set()),
        ("other=1", {"Opening", "Second day"}),
    ):
        page = main(client.get(f"/editions/8/programme?{query}"))
        titles = set(re.findall(r"<b><span[^>]*>(Opening|Second day)|<b>(Opening|Second day)", page))
        assert {one or other for one, other in titles} == seen, query
    assert "Only a part" not in main(client.get("/editions/8/programme?other=1"))
    chosen = main(
        client.get("/editions/8/programme?kind=plenary&track=Victims&room=Hall+%26+%3CA%3E&day=2027-06-08")
    )
    assert (
        "Only a part of the programme: Tuesday 8 June 2027, Victims, Hall &amp; &lt;A&gt;, Plenary." in chosen
    )
    assert "No session is like this" in main(client.get("/editions/8/programme?kind=break"))
    french = main(client.get("/fr/editions/8/programme?track=Victims"))
    assert "Ouverture" in french and "Victimes" in french


def test_where_nothing_can_be_chosen_nothing_is_asked(client, ctx):
    edition = make_edition()
    make_session(edition, title={"en": "All there is"})
    publish(edition)
    page, chosen = (main(client.get(f"/editions/8/programme{query}")) for query in ("", "?kind=break"))
    assert "All there is" in page and "<form" not in page
    assert '<select class="form-select" id="f-kind"' in chosen and ">Show</button>" in chosen


def test_who_chairs_and_where_it_stands_is_said_in_each_form(client, edition):
    """The chair as such, the languages, that one signs up, and the address of the session itself."""
    opening = programme.list_sessions(edition.id)[0]
    page = client.get("/editions/8/programme").text
    assert 'Amina &lt;Example&gt;</bdi></b> <span class="muted">Chair<' in page
    assert page.count("Seats by signing up") == 1
    told = client.get("/editions/8.json").json["sessions"]
    assert [one["asks_sign_up"] for one in told] == [True, False]
    address = f"http://localhost/editions/8/programme#session-{opening.public_id}"
    (event,) = json.loads(re.search(r"ld\+json\">(.*?)</script>", page)[1])["subEvent"][:1]
    assert event["url"] == told[0]["url"] == address
    for path in (f"/fr/editions/8/sessions/{opening.public_id}.ics", "/fr/editions/8.ics"):
        *_, entry = sorted(
            Calendar.from_ical(client.get(path).data).walk("VEVENT"),
            key=lambda one: "Ouverture" in one["summary"],
        )
        assert str(entry["url"]) == address.replace("/editions", "/fr/editions")
        into = re.escape("Amina <Example> (Présidence)")
        assert re.fullmatch(rf"En anglais, interprétation en \w+ et \w+\n\n{into}", entry["description"])


def test_what_runs_now_ends_with_the_session(client, edition, clock, app):
    def told():
        found = re.search(
            r'class="nownext".*?</section>', client.get("/editions/8/programme").text, re.DOTALL
        )
        return re.findall(r"Opening|Second day", found[0]) if found else None

    assert told() is None
    clock.moment = datetime(2027, 6, 8, 6, 30, tzinfo=UTC)
    assert told() == ["Opening", "Second day"]
    clock.moment = datetime(2027, 6, 8, 7, 0, tzinfo=UTC)
    assert told() == ["Second day"]
    clock.moment = datetime(2027, 6, 9, 7, 0, tzinfo=UTC)
    assert told() is None


def test_a_closed_session_is_nowhere(client, edition):
    for path in ("/editions/8/programme", "/editions/8", "/", "/editions/8.json", "/editions/8.ics"):
        assert b"Police only" not in client.get(path).data, path
    for path in ("/editions/8/schedule.xml", "/editions/8/schedule.json"):
        assert b"Police only" not in client.get(path).data, path
    closed = next(one for one in programme.list_sessions(edition.id) if one.access == "sectors")
    assert client.get(f"/editions/8/sessions/{closed.public_id}.ics").status_code == 404


def test_the_schedule_as_xml(client, edition):
    response = client.get("/editions/8/schedule.xml")
    assert response.mimetype == "application/xml"
    root = ET.fromstring(response.data)
    assert [one.tag for one in root] == ["version", "conference", "day", "day"]
    assert root.findtext("conference/acronym") == "edition_8"
    assert (root.findtext("conference/start"), root.findtext("conference/days")) == ("2027-06-08", "2")
    first, second = root.findall("day")
    assert first.attrib == {
        "index": "1",
        "date": "2027-06-08",
        "start": "2027-06-08T00:00:00+03:00",
        "end": "2027-06-09T00:00:00+03:00",
    }
    (event,) = first.findall("room/event")
    assert first.find("room").get("name") == "Hall & <A>"
    assert (event.findtext("start"), event.findtext("duration")) == ("09:00", "01:00")
    assert event.findtext("title") == "Opening  ceremony", "what XML cannot hold is left out"
    assert [one.text for one in event.findall("persons/person")] == ["Amina <Example>"]
    assert second.find("room").get("name") == "No room yet"
    everything = root.findall("day/room/event")
    for unique in ("id", "guid"):
        assert len({one.get(unique) for one in everything}) == len(everything)
    assert all(int(one.get("id")) > 0 for one in [*everything, *root.iter("person")])
    assert len({one.findtext("slug") for one in everything}) == len(everything)


def test_the_schedule_as_json_says_the_same(client, edition):
    root = ET.fromstring(client.get("/editions/8/schedule.xml").data)
    schedule = client.get("/editions/8/schedule.json").json["schedule"]
    assert schedule["version"] == root.findtext("version")
    conference = schedule["conference"]
    assert (conference["daysCount"], conference["time_zone_name"]) == (2, "Africa/Nairobi")
    assert conference["tracks"] == [{"name": "Victims"}]
    plain = {
        (day["date"], room, one["guid"], one["date"], one["duration"])
        for day in conference["days"]
        for room, events in day["rooms"].items()
        for one in events
    }
    assert plain == {
        (day.get("date"), room.get("name"), one.get("guid"), one.findtext("date"), one.findtext("duration"))
        for day in root.findall("day")
        for room in day.findall("room")
        for one in room.findall("event")
    }


def test_an_edition_without_a_programme_has_its_days_and_nothing_in_them(client, ctx):
    make_edition()
    make_edition(starts_on=date(2028, 6, 1), ends_on=date(2028, 6, 1), date_precision="month")
    db.session.commit()
    days = ET.fromstring(client.get("/editions/8/schedule.xml").data).findall("day")
    assert [one.get("date") for one in days] == ["2027-06-08", "2027-06-09", "2027-06-10"]
    assert not [room for one in days for room in one]
    conference = client.get("/editions/8/schedule.json").json["schedule"]["conference"]
    assert [day["rooms"] for day in conference["days"]] == [{}, {}, {}] and conference["daysCount"] == 3
    for kind in ("xml", "json"):
        assert client.get(f"/editions/9/schedule.{kind}").status_code == 404, "no day is known"


@pytest.mark.parametrize("zone", PLACES)
def test_the_same_instant_in_every_form(client, ctx, zone):
    at, wall = PLACES[zone]
    edition = make_edition(time_zone=zone, starts_on=at.date(), ends_on=at.date())
    session = make_session(edition, title={"en": "Moment"}, starts_at=at)
    publish(edition)
    db.session.commit()
    page = client.get("/editions/8/programme").text
    shown = TWICE.get(zone, wall[11:16])
    assert f'<time datetime="{at.isoformat()}">{shown}</time>' in page
    event = json.loads(re.search(r'ld\+json">(.*?)</script>', page, re.DOTALL)[1])["subEvent"][0]
    (alone,) = Calendar.from_ical(client.get(f"/editions/8/sessions/{session.public_id}.ics").data).walk(
        "VEVENT"
    )
    _whole, inside = Calendar.from_ical(client.get("/editions/8.ics").data).walk("VEVENT")
    xml = ET.fromstring(client.get("/editions/8/schedule.xml").data)
    (day,) = client.get("/editions/8/schedule.json").json["schedule"]["conference"]["days"]
    ((as_json,),) = day["rooms"].values()
    plain = client.get("/editions/8.json").json["sessions"][0]["starts_at"].replace("Z", "+00:00")
    told = [event["startDate"], xml.findtext("day/room/event/date"), as_json["date"], plain]
    moments = [datetime.fromisoformat(one) for one in told] + [alone["dtstart"].dt, inside["dtstart"].dt]
    assert {one.astimezone(UTC) for one in moments} == {at}
    assert told[:3] == [wall] * 3
    assert day["date"] == wall[:10]


def test_a_session_that_was_taken_out_is_cancelled_in_calendars(client, edition, clock, app):
    opening = programme.list_sessions(edition.id)[0]
    address = f"/editions/8/sessions/{opening.public_id}.ics"

    def told():
        app.extensions["eventapp.cache"].clear()  # the test's transaction moves no version
        (event,) = Calendar.from_ical(client.get(address).data).walk("VEVENT")
        return str(event["status"]), int(event["sequence"])

    assert told() == ("CONFIRMED", 0)
    clock.move(hours=1)
    opening.ends_at += timedelta(minutes=15)
    publish(edition)
    assert told() == ("CONFIRMED", 1)
    programme.delete(ORGANISER, 8, opening.id, now=clock())
    publish(edition)
    db.session.commit()
    assert told() == ("CANCELLED", 2)
    assert "Opening" not in main(client.get("/editions/8/programme"))
    states = {
        str(one["status"]) for one in Calendar.from_ical(client.get("/editions/8.ics").data).walk("VEVENT")
    }
    assert states == {"CONFIRMED", "CANCELLED"}


@pytest.mark.parametrize(
    ("state", "word"), [("postponed", "EventPostponed"), ("cancelled", "EventCancelled")]
)
def test_an_edition_that_does_not_take_place_has_nothing_now(client, edition, clock, state, word):
    """The page keeps the sessions under the notice; what runs now and what apps read would send people there."""
    edition.state, edition.notice = state, {"en": "For reasons of health."}
    edition.updated_at = clock.moment = datetime(2027, 6, 8, 6, 30, tzinfo=UTC)
    db.session.commit()
    page = client.get("/editions/8/programme").text
    assert "For reasons of health." in page and "Opening" in page and 'id="now"' not in page
    (event,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    found = json.loads(event)
    assert {found["eventStatus"], *(one["eventStatus"] for one in found["subEvent"])} == {
        f"https://schema.org/{word}"
    }
    assert b"<event" not in client.get("/editions/8/schedule.xml").data
    days = client.get("/editions/8/schedule.json").get_json()["schedule"]["conference"]["days"]
    assert not any(day["rooms"] for day in days)
    entries = Calendar.from_ical(client.get("/editions/8.ics").data).walk("VEVENT")
    assert {entry["DTSTAMP"].dt for entry in entries} == {edition.updated_at}
