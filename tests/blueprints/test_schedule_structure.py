"""The schedule for conference apps keeps to what its format wants: which parts, in which order, written how.

The format is described by the schemas that its keepers publish (github.com/voc/schedule, validator/xsd and validator/json);
what follows is written from them, and stricter where apps are: nothing that the format does not know.
"""

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from eventapp.extensions import db
from eventapp.models import DocumentFile, ProgrammeSpeaker
from tests.factories.documents import make_document
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.programme import make_room, make_session, make_speaker, make_track, publish

TEXT = re.compile(r".*", re.DOTALL)
SAID = re.compile(r".+", re.DOTALL)
NUMBER = re.compile(r"[1-9][0-9]*")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})")
LENGTH = re.compile(r"[0-9]{1,2}:[0-5][0-9]")
CLOCK = re.compile(r"[0-2][0-9]:[0-5][0-9]")
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ADDRESS = re.compile(r"https?://[^\s]+")
SLUG = re.compile(r"[a-z0-9_-]+[a-z0-9]")
ACRONYM = re.compile(r"[a-z0-9_-][a-z0-9_]{3,}")
LANGUAGE = re.compile(r"[a-z]{2}")
CONFERENCE = {
    "title": SAID,
    "acronym": ACRONYM,
    "start": DAY,
    "end": DAY,
    "days": NUMBER,
    "timeslot_duration": LENGTH,
}
EVENT = {  # any order
    "room": SAID,
    "title": SAID,
    "subtitle": TEXT,
    "type": SAID,
    "date": MOMENT,
    "start": CLOCK,
    "duration": LENGTH,
    "abstract": TEXT,
    "slug": SLUG,
    "track": TEXT,
    "language": LANGUAGE,
    "description": TEXT,
    "url": ADDRESS,
}


@pytest.fixture
def edition(ctx):
    """Everything there can be: nothing but a title, all of it, over midnight, a whole day, in a room without an English name."""
    edition = make_edition(starts_on=date(2027, 6, 8), ends_on=date(2027, 6, 11))
    hall = make_room(edition, names={"en": 'Hall "A" & <B>', "ar": "القاعة"})
    cellar = make_room(edition, names={"fr": "Cave \ufffe"})
    full = make_session(
        edition,
        title={"en": "Data & <evidence> \x1f", "fr": "Données"},
        description={"en": "First line\nsecond line\n\nanother paragraph"},
        room_id=hall.id,
        track_id=make_track(edition).id,
        floor_language="fr",
    )
    for position, function in enumerate(("chair", "speaker", "rapporteur")):
        place = ProgrammeSpeaker(speaker_id=make_speaker().id, position=position, function=function)
        full.speakers.append(place)
    paper = make_document(edition, full, title={"en": 'On "A" & <B> \x1f'}, symbol="CTOC/1", revision="Rev.2")
    paper.files.append(address("en"))
    paper.files.append(address("ar"))
    make_session(edition, kind="break")
    night = datetime(2027, 6, 9, 20, 30, tzinfo=UTC)
    make_session(edition, room_id=cellar.id, starts_at=night, ends_at=night + timedelta(hours=2))
    make_session(edition, room_id=hall.id, starts_at=night, ends_at=night + timedelta(hours=24))
    publish(edition)
    db.session.commit()
    return edition


def address(language: str) -> DocumentFile:
    """A recording at another site."""
    where = f"https://video.example/{language}?a=1&b=2"
    return DocumentFile(language=language, url=where, uploaded_at=CLOCK_STANDS_AT, uploaded_by="Omar")


def fits(values: dict, wanted: dict) -> list[str]:
    """What is missing, what the format does not know, and what is written otherwise than it wants."""
    strange = [f"{name} is not known" for name in values if name not in wanted]
    missing = [f"{name} is missing" for name in wanted if name not in values]
    wrong = [
        f"{name} is {values[name]!r}"
        for name, pattern in wanted.items()
        if name in values and not pattern.fullmatch(str(values[name]))
    ]
    return strange + missing + wrong


def leaves(element: ET.Element) -> dict[str, str]:
    """The parts of an element that hold text alone; each may stand once."""
    found = {}
    for part in element:
        assert part.tag not in found and not len(part) and not part.attrib, part.tag
        found[part.tag] = part.text or ""
    return found


@pytest.mark.parametrize("language", ["", "/fr", "/es", "/ar"])
def test_the_xml_keeps_to_its_format(client, edition, language):
    root = ET.fromstring(client.get(f"{language}/editions/8/schedule.xml").data)
    assert (root.tag, root.attrib) == ("schedule", {})
    head, conference, *days = root
    assert head.tag == "version" and SAID.fullmatch(head.text)
    assert conference.tag == "conference" and fits(leaves(conference), CONFERENCE) == []
    assert len(root.findall("day/room/event/links/link")) == 2
    assert [day.tag for day in days] == ["day"] * len(days) and len(days) == 2
    for index, day in enumerate(days, 1):
        assert fits(day.attrib, {"index": NUMBER, "date": DAY, "start": MOMENT, "end": MOMENT}) == []
        assert day.get("index") == str(index)
        for room in day:
            assert (room.tag, list(room.attrib)) == ("room", ["name"]) and len(room) > 0
            for event in room:
                check_event(event, day, room.get("name"))
    events = [event for day in days for room in day for event in room]
    assert len(events) == 4
    for unique in ("id", "guid"):
        assert len({one.get(unique) for one in events}) == 4, unique
    assert len({one.findtext("slug") for one in events}) == 4


def check_event(event: ET.Element, day: ET.Element, room: str) -> None:
    assert event.tag == "event" and fits(event.attrib, {"id": NUMBER, "guid": GUID}) == []
    (people,), (links,) = event.findall("persons"), event.findall("links")
    event.remove(people)
    event.remove(links)
    told = leaves(event)
    assert fits(told, EVENT) == [] and told["room"] == room
    for link in links:
        assert link.tag == "link" and fits(link.attrib, {"href": ADDRESS}) == []
        assert SAID.fullmatch(link.text) and not len(link)
    for person in people:
        assert person.tag == "person" and fits(person.attrib, {"id": NUMBER}) == []
        assert person.text and not len(person)
    starts = datetime.fromisoformat(told["date"])
    assert f"{starts:%H:%M}" == told["start"]
    assert datetime.fromisoformat(day.get("start")) <= starts < datetime.fromisoformat(day.get("end"))


CONFERENCE_JSON = CONFERENCE | {"daysCount": NUMBER, "time_zone_name": SAID, "url": ADDRESS, "tracks": TEXT}
DAY_JSON = {"index": NUMBER, "date": DAY, "day_start": MOMENT, "day_end": MOMENT, "rooms": TEXT}
EVENT_JSON = EVENT | {"id": NUMBER, "guid": GUID, "persons": TEXT, "links": TEXT}


@pytest.mark.parametrize("language", ["", "/ar"])
def test_the_json_keeps_to_its_format(client, edition, language):
    data = client.get(f"{language}/editions/8/schedule.json").json
    assert set(data) == {"$schema", "schedule"} and data["$schema"].endswith("/schedule/schema.json")
    schedule = data["schedule"]
    assert fits(schedule, {"version": SAID, "base_url": ADDRESS, "conference": SAID}) == []
    conference = schedule["conference"]
    assert fits(conference, {**CONFERENCE_JSON, "days": SAID}) == []
    assert type(conference["daysCount"]) is int and conference["daysCount"] == len(conference["days"])
    assert ZoneInfo(conference["time_zone_name"]).key == edition.time_zone
    assert all(set(one) == {"name"} and one["name"] for one in conference["tracks"])
    events = []
    for day in conference["days"]:
        assert fits(day, DAY_JSON) == [] and type(day["index"]) is int
        for room, inside in day["rooms"].items():
            assert inside and {one["room"] for one in inside} == {room}
            events += inside
    assert len(events) == 4 and len({one["id"] for one in events}) == 4
    assert sum(len(one["links"]) for one in events) == 2
    for one in events:
        assert fits(one, EVENT_JSON) == [] and type(one["id"]) is int
        assert all(fits(link, {"url": ADDRESS, "title": SAID}) == [] for link in one["links"])
        assert str(uuid.UUID(one["guid"])) == one["guid"]
        for person in one["persons"]:
            assert fits(person, {"id": NUMBER, "guid": GUID, "public_name": SAID}) == []
            assert type(person["id"]) is int


def test_a_break_of_the_format_is_noticed():
    """The patterns are no rubber stamps."""
    good = {"id": "7", "guid": str(uuid.UUID(int=7))}
    wanted = {"id": NUMBER, "guid": GUID}
    assert fits(good, wanted) == []
    for bad in ({"id": "0"}, {"guid": "7"}, {"more": "x"}):
        assert fits(good | bad, wanted) != [], bad
    assert fits({"id": "7"}, wanted) == ["guid is missing"]
    for pattern, wrong in (
        (MOMENT, "2027-06-08T09:00:00"),
        (LENGTH, "1:5"),
        (CLOCK, "9:00"),
        (ADDRESS, "/x"),
    ):
        assert not pattern.fullmatch(wrong)
