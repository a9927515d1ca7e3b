"""The same instants on every page, in every calendar and feed, also in the night in which the clocks go back."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
import vobject
from icalendar import Calendar

from eventapp.extensions import db
from eventapp.models import ProgrammeSession, ProgrammeSpeaker, SessionSignUp
from eventapp.services import links
from eventapp.services.programme import list_sessions
from tests.engines import SECRET
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.programme import make_room, make_session, make_speaker, publish
from tests.factories.programme_walk import link_of
from tests.factories.registrations import make_registration
from tests.pages import csrf_token

HOUR = timedelta(hours=1)
NIGHT = datetime(2027, 10, 30, 22, 0, tzinfo=UTC)  # midnight in Lugano; at 01:00 UTC it is 02:00 again there
EVENING = datetime(2027, 6, 8, 22, 30, tzinfo=UTC)  # still the 8th in Buenos Aires, not so in Abuja
# Zone and day; sessions by their begin and length in hours; what clocks show there and the offset of the begin.
PLACES = {
    "Lugano": (
        ("Europe/Zurich", date(2027, 10, 30), date(2027, 10, 31)),
        {
            "Midnight": (NIGHT, 1.5, "00:00–01:30", "+02:00"),
            "Across": (NIGHT + 1.5 * HOUR, 3, "01:30–03:30", "+02:00"),
            "First": (NIGHT + 2.5 * HOUR, 0.5, "02:30 (UTC+2)–02:00 (UTC+1)", "+02:00"),
            "Second": (NIGHT + 3.5 * HOUR, 0.5, "02:30 (UTC+1)–03:00", "+01:00"),
            "Morning": (NIGHT + 11 * HOUR, 1, "10:00–11:00", "+01:00"),
        },
    ),
    "Abuja": (
        ("Africa/Lagos", date(2027, 6, 8), date(2027, 6, 9)),
        {
            "Evening": (EVENING, 1, "23:30–00:30", "+01:00"),
            "Late": (EVENING + HOUR, 1, "00:30–01:30", "+01:00"),
        },
    ),
}


class Scene:
    """An edition at a place with its programme, an organiser, and a delegate who has all of it on the agenda."""

    def __init__(self, app, place: str) -> None:
        (zone, first, last), self.told = PLACES[place]
        self.zone = ZoneInfo(zone)
        self.edition = make_edition(time_zone=zone, starts_on=first, ends_on=last, city={"en": place})
        hall = make_room(self.edition, names={"en": "Hall"})
        person = make_registration(self.edition, state="approved")
        speaker = make_speaker(name="Amina Diop", agreed_at=CLOCK_STANDS_AT)
        for title, (at, hours, *_) in self.told.items():
            one = make_session(
                self.edition, title={"en": title}, starts_at=at, ends_at=at + hours * HOUR, room_id=hall.id
            )
            one.speakers.append(ProgrammeSpeaker(speaker_id=speaker.id, position=0))
            sign_up = SessionSignUp(programme_session_id=one.id, registration_id=person.id)
            sign_up.state, sign_up.since = "noted", CLOCK_STANDS_AT
            db.session.add(sign_up)
        publish(self.edition)
        self.public, self.desk = app.test_client(), app.test_client()
        self.path = f"/editions/{self.edition.ordinal}"
        self.agenda = f"/registrations/{link_of('registration', person)}/agenda"
        link = links.make_link("speaker", secret=SECRET, now=CLOCK_STANDS_AT, speaker_id=speaker.id)
        self.speaker = f"/speaker/{links.token_of(link, SECRET)}"
        self.calendar = f"/calendar/{link_of('calendar', person)}.ics"
        sign_in(self.desk, make_user())

    @property
    def instants(self):
        return {title: (at, at + hours * HOUR) for title, (at, hours, *_) in self.told.items()}

    def titles(self, found):
        return {key: value for key, value in found.items() if key in self.told}


def of_page(html: str) -> dict[str, tuple[tuple[datetime, datetime], str]]:
    """Of each line with a title: both instants, and what is written for them."""
    found = {}
    for line in re.findall(r"<li[^>]*>.*?</li>", html, re.DOTALL):
        times = re.findall(r'<time datetime="([^"]+)">(.*?)</time>', line)
        title = re.search(
            r"(Midnight|Across|First|Second|Morning|Evening|Late)\b", line.partition("</time>")[2]
        )
        if len(times) >= 2 and title:
            (start, wall), (end, until) = times[:2]
            told = datetime.fromisoformat(start), datetime.fromisoformat(end)
            found[title[1]] = (told, re.sub("<[^>]*>", "", unescape(f"{wall}–{until}")))
    return found


def of_icalendar(data: bytes):
    events = Calendar.from_ical(data).walk("VEVENT")
    return {str(one["summary"]): (one["dtstart"].dt, one["dtend"].dt) for one in events}


def of_vobject(data: bytes):
    """A reader that knows the zones by the file alone."""
    events = vobject.readOne(data.decode()).vevent_list
    return {one.summary.value: (one.dtstart.value, one.dtend.value) for one in events}


def span(start: str, duration: str) -> tuple[datetime, datetime]:
    hours, minutes = map(int, duration.split(":"))
    at = datetime.fromisoformat(start)
    return at, (at.astimezone(UTC) + timedelta(hours=hours, minutes=minutes))


def of_xml(data: bytes):
    events = ET.fromstring(data).iter("event")
    return {one.findtext("title"): span(one.findtext("date"), one.findtext("duration")) for one in events}


def of_schedule(answer):
    days = answer.json["schedule"]["conference"]["days"]
    events = [one for day in days for room in day["rooms"].values() for one in room]
    return {one["title"]: span(one["date"], one["duration"]) for one in events}


def of_record(answer):
    return {
        one["title"]["en"]: tuple(datetime.fromisoformat(one[name]) for name in ("starts_at", "ends_at"))
        for one in answer.json["sessions"]
    }


def of_event(html: str):
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', html, re.DOTALL)[1])
    return {
        one["name"]: tuple(datetime.fromisoformat(one[name]) for name in ("startDate", "endDate"))
        for one in data["subEvent"]
    }


@pytest.mark.parametrize("place", PLACES)
def test_the_same_instants_everywhere(app, ctx, place):
    scene = Scene(app, place)
    db.session.commit()
    page = scene.public.get(f"{scene.path}/programme").text
    calendars = [scene.public.get(one).data for one in (f"{scene.path}.ics", scene.calendar)]
    calendars += [
        scene.public.get(f"{scene.path}/sessions/{one.public_id}.ics").data
        for one in list_sessions(scene.edition.id)
    ]
    days = {at.astimezone(scene.zone).date() for at, *_ in scene.told.values()}
    grid = "".join(
        scene.desk.get(f"/dashboard{scene.path}/programme/grid?day={day}").text for day in sorted(days)
    )
    told = {
        "schema.org": of_event(page),
        "schedule.xml": of_xml(scene.public.get(f"{scene.path}/schedule.xml").data),
        "schedule.json": of_schedule(scene.public.get(f"{scene.path}/schedule.json")),
        "record": of_record(scene.public.get(f"{scene.path}.json")),
        **{f"icalendar {number}": of_icalendar(one) for number, one in enumerate(calendars[:2])},
        **{f"vobject {number}": of_vobject(one) for number, one in enumerate(calendars[:2])},
        "sessions": {key: value for one in calendars[2:] for key, value in of_icalendar(one).items()},
        "sessions, vobject": {key: value for one in calendars[2:] for key, value in of_vobject(one).items()},
    }
    for name, found in told.items():
        moments = {
            key: tuple(one.astimezone(UTC) for one in pair) for key, pair in scene.titles(found).items()
        }
        assert (name, moments) == (name, scene.instants)
    expected = {title: (scene.instants[title], wall) for title, (_, _, wall, _) in scene.told.items()}
    for name, html in (("page", page), ("agenda", scene.public.get(scene.agenda).text), ("grid", grid)):
        shown = {title: (pair, wall) for title, (pair, wall) in of_page(html).items()}
        assert (name, shown) == (name, expected)


def test_the_page_names_both_offsets_of_the_night(app, ctx):
    scene = Scene(app, "Lugano")
    db.session.commit()
    for address in (f"{scene.path}/programme", scene.agenda):
        assert "All times are Lugano time (UTC+2, then UTC+1)" in scene.public.get(address).text, address
    offsets = {
        one.findtext("title"): one.findtext("date")[-6:]
        for one in ET.fromstring(scene.public.get(f"{scene.path}/schedule.xml").data).iter("event")
    }
    assert offsets == {title: offset for title, (_, _, _, offset) in scene.told.items()}


def test_a_speaker_reads_which_hour_of_the_night_it_is(app, ctx):
    scene = Scene(app, "Lugano")
    db.session.commit()

    def words(address):
        text = re.sub("<[^>]*>", " ", scene.public.get(address).text)
        return re.sub(r"\s*–\s*", "–", " ".join(text.split()))

    page = words(f"{scene.path}/speakers")
    assert "31 Oct, 02:30 (UTC+2)" in page and "31 Oct, 02:30 (UTC+1)" in page
    own = words(scene.speaker)
    assert "31 October 2027, 01:30–03:30 (UTC+2, then UTC+1)" in own
    assert "31 October 2027, 02:30 (UTC+1)–03:00 (UTC+1)" in own


def test_an_evening_in_abuja_is_another_day_in_buenos_aires(app, ctx):
    """The day stands where the edition is held; whoever reads elsewhere gets the instant with its offset."""
    scene = Scene(app, "Abuja")
    db.session.commit()
    page = scene.public.get(f"{scene.path}/programme").text
    assert re.findall(r'id="day-([0-9-]+)"', page) == ["2027-06-08", "2027-06-09"]
    at, _ = of_page(page)["Late"][0]
    assert (
        at.astimezone(ZoneInfo("America/Argentina/Buenos_Aires")).isoformat() == "2027-06-08T20:30:00-03:00"
    )


def test_a_calendar_describes_its_zone_by_each_change(app, ctx):
    scene = Scene(app, "Lugano")
    db.session.commit()
    (zone,) = Calendar.from_ical(scene.public.get(f"{scene.path}.ics").data).walk("VTIMEZONE")
    assert str(zone["tzid"]) == "Europe/Zurich"
    parts = {
        (part.name, part["dtstart"].dt): (part["tzoffsetfrom"].td, part["tzoffsetto"].td)
        for part in zone.subcomponents
    }
    assert parts[("DAYLIGHT", datetime(2027, 3, 28, 2))] == (HOUR, 2 * HOUR)
    assert parts[("STANDARD", datetime(2027, 10, 31, 3))] == (2 * HOUR, HOUR)
    assert b"DTSTART:20271031T013000Z" in scene.public.get(scene.calendar).data


# What is typed in the forms at a time that happens twice, or not at all.


@pytest.fixture
def desk(app, ctx):
    edition = make_edition(
        time_zone="Europe/Zurich", starts_on=date(2027, 10, 30), ends_on=date(2027, 10, 31)
    )
    made = make_session(edition, title={"en": "Night"}, starts_at=NIGHT + 6 * HOUR)
    client = app.test_client()
    sign_in(client, make_user())
    return client, f"/dashboard/editions/{edition.ordinal}/programme/sessions", made.id


def typed(client, address, **fields):
    """Send the form as it is opened, with some fields typed anew."""
    page = client.get(address).text
    sent = {"csrf_token": csrf_token(page), "title_en": "Night", "kind": "panel", "access": "all"}
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    return client.post(address, data={**sent, "version": found[1] if found else "", **fields})


def stored(title="Night"):
    db.session.expire_all()
    rows = db.session.query(ProgrammeSession).order_by(ProgrammeSession.id.desc())
    one = next(row for row in rows if row.title == {"en": title})
    return one.starts_at, one.ends_at


def test_a_time_that_happens_twice_is_asked_about(desk):
    client, base, _ = desk
    night = {"starts": "2027-10-31T02:30", "ends": "2027-10-31T03:30"}
    answer = typed(client, f"{base}/new", **night)
    assert answer.status_code == 422 and 'id="starts_twice-e"' in answer.text
    assert "Please say which one is meant" in answer.text and 'id="ends_twice"' not in answer.text
    assert "the first one (UTC+2)" in answer.text and "the second one (UTC+1)" in answer.text
    for said, at in (("first", NIGHT + 2.5 * HOUR), ("second", NIGHT + 3.5 * HOUR)):
        assert typed(client, f"{base}/new", **night, starts_twice=said).status_code == 303
        assert stored() == (at, NIGHT + 4.5 * HOUR)
    assert typed(client, f"{base}/new", **night, starts_twice="third").status_code == 422
    both = {"starts": "2027-10-31T02:30", "starts_twice": "first", "ends": "2027-10-31T02:30"}
    assert typed(client, f"{base}/new", **both, ends_twice="second").status_code == 303
    assert stored() == (NIGHT + 2.5 * HOUR, NIGHT + 3.5 * HOUR), "an hour long, and the same on the clock"
    assert 'id="ends-e"' in typed(client, f"{base}/new", **both, ends_twice="first").text


def test_what_was_said_stays_and_can_be_said_otherwise(desk):
    client, base, number = desk
    night = {"starts": "2027-10-31T02:30", "ends": "2027-10-31T03:30"}
    assert typed(client, f"{base}/{number}", **night, starts_twice="second").status_code == 303
    page = client.get(f"{base}/{number}").text
    assert re.search(r'<option value="second" selected>', page)
    assert typed(client, f"{base}/{number}", **night).status_code == 303, "as it stood"
    assert stored()[0] == NIGHT + 3.5 * HOUR
    assert typed(client, f"{base}/{number}", **night, starts_twice="first").status_code == 303
    assert stored()[0] == NIGHT + 2.5 * HOUR


def test_a_session_is_moved_to_either(desk):
    client, base, number = desk
    asked = typed(client, f"{base}/{number}/move", starts="2027-10-31T02:15")
    assert asked.status_code == 422 and 'id="starts_twice-e"' in asked.text
    moved = typed(client, f"{base}/{number}/move", starts="2027-10-31T02:15", starts_twice="second")
    assert moved.status_code == 303 and stored()[0] == NIGHT + 3.25 * HOUR
    assert re.search(r'<option value="second" selected>', client.get(f"{base}/{number}/move").text)


def test_a_time_that_the_clocks_leave_out_is_refused_with_its_reason(desk):
    client, base, _ = desk
    answer = typed(client, f"{base}/new", starts="2027-03-28T02:30", ends="2027-03-28T04:00")
    assert answer.status_code == 422 and "This time does not exist in Europe/Zurich" in answer.text
    assert 'value="2027-03-28T02:30"' in answer.text and 'id="starts_twice"' not in answer.text
