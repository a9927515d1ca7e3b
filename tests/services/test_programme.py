"""The programme: sessions in the edition's zone, rooms, speakers in order."""

from datetime import UTC, date, datetime, timedelta

import pytest

from eventapp.errors import Conflict, Invalid, NotFound, Refused, Stale
from eventapp.extensions import db
from eventapp.models import ProgrammeSession, ProgrammeSpeaker, Room, SessionSignUp, Speaker
from eventapp.rules.access import SYSTEM
from eventapp.services import (
    audit,
    programme,
    programme_conflicts,
    programme_rooms,
    programme_tracks,
    speakers,
    versions,
)
from eventapp.services.programme_lines import list_lines
from tests.factories.editions import make_edition
from tests.factories.programme import make_room, make_session, make_speaker
from tests.factories.registrations import make_registration
from tests.services.test_editions_manage import NOW, ORGANISER, READER, of_editions

pytestmark = pytest.mark.usefixtures("ctx")

START = datetime(2027, 6, 8, 7, 0, tzinfo=UTC)


def values(**changes):
    plain = {"title": {"en": "Opening"}, "kind": "plenary", "description": {}, "starts_at": START,
             "ends_at": START + timedelta(hours=1), "room_id": None}  # fmt: skip
    return plain | changes


def test_sessions_stand_in_order_with_their_warnings():
    edition = make_edition(ordinal=8)
    room = make_room(edition)
    late = programme.create(
        ORGANISER,
        8,
        values(starts_at=START + timedelta(minutes=30), ends_at=START + timedelta(hours=2), room_id=room.id),
        now=NOW,
    )
    early = programme.create(ORGANISER, 8, values(room_id=room.id), now=NOW)
    far = programme.create(
        ORGANISER,
        8,
        values(starts_at=START + timedelta(days=9), ends_at=START + timedelta(days=9, hours=1)),
        now=NOW,
    )
    assert list(programme.list_sessions(edition.id)) == [early, late, far]
    sessions = list_lines(edition.id)
    assert [one.id for one in sessions] == [early.id, late.id, far.id]
    found = programme_conflicts.list_conflicts(edition, sessions)
    assert [(one.session.id, one.what, one.other and one.other.id) for one in found] == [
        (early.id, "room_twice", late.id),
        (late.id, "room_twice", early.id),
        (far.id, "outside_days", None),
        (far.id, "no_room", None),
    ]


def test_days_are_those_of_the_zone_when_the_clocks_go_back():
    edition = make_edition(
        ordinal=8, time_zone="Europe/Zurich", starts_on=date(2027, 10, 31), ends_on=date(2027, 10, 31)
    )
    make_session(edition, starts_at=datetime(2027, 10, 30, 22, 30, tzinfo=UTC))  # 00:30 in Lugano
    make_session(edition, starts_at=datetime(2027, 10, 31, 22, 30, tzinfo=UTC))  # 23:30
    outside = make_session(edition, starts_at=datetime(2027, 10, 31, 23, 30, tzinfo=UTC))  # the next day
    found = programme_conflicts.list_conflicts(edition, list_lines(edition.id))
    assert [one.session.id for one in found if one.what == "outside_days"] == [outside.id]


def test_people_who_declined_and_seats_that_are_left_make_no_conflict():
    edition = make_edition(ordinal=8)
    room = make_room(edition, capacity=1, booths=1)
    speaker = make_speaker(name="Ada")
    first, second = (make_session(edition, room_id=one) for one in (room.id, None))
    for session in (first, second):
        session.speakers.append(ProgrammeSpeaker(speaker_id=speaker.id, position=0))
    people = [make_registration(edition, state="approved") for _ in range(2)]
    for person, state in zip(people, ("seat", "waiting"), strict=True):
        db.session.add(
            SessionSignUp(programme_session_id=first.id, registration_id=person.id, state=state, since=NOW)
        )
    db.session.flush()

    def told():
        found = programme_conflicts.list_conflicts(edition, list_lines(edition.id))
        return [(one.session.id, one.what, one.person) for one in found if one.what != "no_room"]

    assert told() == [(first.id, "person_twice", "Ada"), (second.id, "person_twice", "Ada")]
    second.speakers[0].state = "declined"
    room.capacity = 0
    first.interpretation = ["fr", "ar"]
    db.session.flush()
    assert told() == [(first.id, "too_many_people", ""), (first.id, "too_few_booths", "")]
    people[0].state = "withdrawn"
    db.session.flush()
    assert told() == [(first.id, "too_few_booths", "")]


def test_what_is_refused():
    edition, other = make_edition(ordinal=8), make_edition(ordinal=9)
    with pytest.raises(Refused):
        programme.create(ORGANISER, 8, values(ends_at=START), now=NOW)
    with pytest.raises(Invalid):
        programme.create(ORGANISER, 8, values(title={}), now=NOW)
    with pytest.raises(Invalid):
        programme.create(ORGANISER, 8, values(room_id=make_room(other).id), now=NOW)
    with pytest.raises(Refused):
        programme.create(READER, 8, values(), now=NOW)
    session = programme.create(of_editions(edition), 8, values(), now=NOW)
    with pytest.raises(NotFound):
        programme.edit(ORGANISER, 9, session.id, values(), version=1, now=NOW)
    with pytest.raises(NotFound):
        programme.delete(of_editions(edition), 9, session.id, now=NOW)


def test_the_second_of_two_organisers_is_told():
    make_edition(ordinal=8)
    session = programme.create(ORGANISER, 8, values(), now=NOW)
    opened = session.version
    programme.edit(ORGANISER, 8, session.id, values(kind="panel"), version=opened, now=NOW)
    with pytest.raises(Conflict):
        programme.edit(ORGANISER, 8, session.id, values(kind="break"), version=opened, now=NOW)
    (entry,) = versions.list_since(session, opened)
    assert (entry.old["kind"], entry.new) == ("plenary", {"kind": "panel"})


def test_speakers_in_order():
    edition = make_edition(ordinal=8)
    session = make_session(edition)
    a, b, c = (make_speaker().id for _ in range(3))
    for number in (a, b, c):
        programme.add_speaker(ORGANISER, 8, session.id, number, now=NOW)
    with pytest.raises(Conflict):
        programme.add_speaker(ORGANISER, 8, session.id, a, now=NOW)
    programme.move_speaker(ORGANISER, 8, session.id, c, up=True, now=NOW)
    assert [one.speaker_id for one in session.speakers] == [a, c, b]
    programme.remove_speaker(ORGANISER, 8, session.id, a, now=NOW)
    db.session.refresh(session)
    assert [one.speaker_id for one in session.speakers] == [c, b]
    programme.delete(ORGANISER, 8, session.id, now=NOW)
    assert db.session.get(Speaker, c) is not None


def test_rooms():
    edition = make_edition(ordinal=8)
    programme_rooms.add_room(
        ORGANISER, 8, {"names": {"en": "Hall A"}, "capacity": 90, "position": 1}, now=NOW
    )
    (room,) = programme_rooms.list_rooms(edition.id)
    session, opened = make_session(edition, room_id=room.id), room.version
    second = {"names": {"en": "Hall B"}, "capacity": None, "position": 0}
    programme_rooms.edit_room(ORGANISER, 8, room.id, second, version=opened, now=NOW)
    assert (room.names, room.capacity) == ({"en": "Hall B"}, None)
    with pytest.raises(Stale):
        programme_rooms.edit_room(ORGANISER, 8, room.id, second | {"capacity": 5}, version=opened, now=NOW)
    (entry,) = versions.list_since(room, opened)
    assert entry.new == second and room.capacity is None
    with pytest.raises(Invalid):
        programme_rooms.add_room(ORGANISER, 8, second | {"names": {}}, now=NOW)
    assert programme_rooms.count_sessions_in(room.id) == 1
    programme_rooms.delete_room(ORGANISER, 8, room.id, now=NOW)
    assert db.session.get(ProgrammeSession, session.id).room_id is None
    (gone,) = versions.list_since(session, 1)  # whoever has the session open is told that its room has gone
    assert (gone.old["room_id"], gone.new) == (room.id, {"room_id": None})
    assert not db.session.get(Room, room.id)


PERSON = {"name": "A. Speaker", "functional_title": "Judge", "organisation": "Court", "body_id": None}


def test_speakers_of_another_edition_are_not_to_be_changed():
    mine, other = make_edition(ordinal=8), make_edition(ordinal=9)
    speaker = speakers.create_speaker(of_editions(mine), 8, PERSON, now=NOW)
    second = PERSON | {"name": "B. Speaker"}
    speakers.edit_speaker(of_editions(mine), 8, speaker.id, second, version=1, now=NOW)
    with pytest.raises(Stale):
        speakers.edit_speaker(of_editions(mine), 8, speaker.id, PERSON, version=1, now=NOW)
    assert [entry.new for entry in versions.list_since(speaker, 1)] == [{"name": "B. Speaker"}]
    session = make_session(other)
    programme.add_speaker(ORGANISER, 9, session.id, speaker.id, now=NOW)
    with pytest.raises(Refused):
        speakers.edit_speaker(of_editions(mine), 8, speaker.id, PERSON, version=2, now=NOW)
    with pytest.raises(Refused):
        speakers.delete_speaker(ORGANISER, 8, speaker.id, now=NOW)
    programme.remove_speaker(ORGANISER, 9, session.id, speaker.id, now=NOW)
    speakers.delete_speaker(of_editions(mine), 8, speaker.id, now=NOW)


def test_a_changed_session_moves_the_date_of_its_edition(ctx, clock):
    """Feeds and calendars tell readers when an edition last changed; its parts count."""
    edition = make_edition()
    version = edition.version
    clock.move(hours=1)
    audit.record_of_edition(SYSTEM, "edition.edit", edition, now=clock(), new={"capacity": 1})
    db.session.refresh(edition)
    assert (edition.updated_at, edition.version) == (clock(), version)


def test_tracks_come_and_go_and_sessions_stay():
    edition = make_edition(ordinal=8)
    named = {"names": {"en": "Victims"}, "position": 0}
    track = programme_tracks.add_track(ORGANISER, 8, named, now=NOW)
    session = programme.create(ORGANISER, 8, values(track_id=track.id), now=NOW)
    version = session.version
    with pytest.raises(Invalid):
        programme_tracks.add_track(ORGANISER, 8, {"names": {}, "position": 1}, now=NOW)
    with pytest.raises(Refused):
        programme_tracks.add_track(READER, 8, named, now=NOW)
    with pytest.raises(Invalid):
        programme.create(ORGANISER, make_edition(ordinal=9).ordinal, values(track_id=track.id), now=NOW)
    opened = track.version
    programme_tracks.edit_track(ORGANISER, 8, track.id, named | {"position": 3}, version=opened, now=NOW)
    with pytest.raises(Stale):
        programme_tracks.edit_track(ORGANISER, 8, track.id, named, version=opened, now=NOW)
    assert programme_tracks.count_sessions_of(track.id) == 1
    programme_tracks.delete_track(ORGANISER, 8, track.id, now=NOW)
    assert programme_tracks.list_tracks(edition.id) == []
    assert session.track_id is None and session.version == version + 1
    actions = [entry.action for entry in audit.list_of_subject("track", track.id)]
    assert actions == ["track.create", "track.edit", "track.delete"]


def test_a_session_is_opened_to_chosen_sectors():
    make_edition(ordinal=8)
    session = programme.create(ORGANISER, 8, values(access="sectors", sectors=["PRV", "LE"]), now=NOW)
    assert [one.sector_code for one in session.sectors] == ["LE", "PRV"]
    for codes in ([], ["NONE"]):
        with pytest.raises(Invalid):
            programme.create(ORGANISER, 8, values(access="sectors", sectors=codes), now=NOW)
    opened = session.version
    narrower = values(access="sectors", sectors=["LE"])
    programme.edit(ORGANISER, 8, session.id, narrower, version=opened, now=NOW)
    assert [one.sector_code for one in session.sectors] == ["LE"]
    with pytest.raises(Stale):
        programme.edit(
            ORGANISER, 8, session.id, values(access="all", sectors=["LE"]), version=opened, now=NOW
        )
    programme.edit(
        ORGANISER, 8, session.id, values(access="all", sectors=["LE"]), version=session.version, now=NOW
    )
    assert session.sectors == []
    (first, second) = [one for one in audit.list_of_subject("session", session.id) if one.old]
    assert (first.old["sectors"], first.new["sectors"]) == (["LE", "PRV"], ["LE"])
    assert second.new == {"access": "all", "sectors": []}


def test_what_somebody_does_in_a_session_and_whether_they_come():
    make_edition(ordinal=8)
    session = programme.create(ORGANISER, 8, values(), now=NOW)
    speaker = make_speaker(name="Ada")
    programme.add_speaker(ORGANISER, 8, session.id, speaker.id, function="chair", now=NOW)
    (place,) = session.speakers
    assert (place.function, place.state, place.answered_at) == ("chair", "invited", None)
    for _ in range(2):  # the second changes nothing
        programme.edit_place(
            ORGANISER, 8, session.id, speaker.id, function="chair", state="declined", now=NOW
        )
    assert (place.state, place.answered_at) == ("declined", NOW)
    entries = [
        one for one in audit.list_of_subject("session", session.id) if one.action == "session.edit_speaker"
    ]
    assert [one.new for one in entries] == [{"speaker_state": "declined", "speaker": speaker.id}]
    with pytest.raises(Refused):
        programme.edit_place(READER, 8, session.id, speaker.id, function="chair", state="invited", now=NOW)
