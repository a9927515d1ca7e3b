from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from eventapp.errors import NotFound, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, ProgrammeSpeaker, Room, SessionSector, Track
from eventapp.services import editions_copy, programme, programme_pattern, programme_public
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.programme import make_room, make_session, make_speaker, make_track
from tests.services.test_editions_manage import ORGANISER, READER, of_editions

pytestmark = pytest.mark.usefixtures("ctx")


@pytest.fixture
def source(ctx):
    edition = make_edition(ordinal=8)
    hall = make_room(edition, names={"en": "Hall", "fr": "Salle"}, booths=3, equipment={"en": "Screen"})
    track = make_track(edition, names={"en": "Victims"})
    opening = make_session(
        edition,
        title={"en": "Opening"},
        description={"en": "Only then"},
        room_id=hall.id,
        track_id=track.id,
        access="sectors",
        interpretation=["fr"],
    )
    opening.sectors = [SessionSector(sector_code="LE")]
    opening.speakers.append(ProgrammeSpeaker(speaker_id=make_speaker().id, position=0))
    make_session(edition, title={"en": "Third day"}, starts_at=datetime(2027, 6, 10, 7, 0, tzinfo=UTC))
    db.session.flush()
    return edition


def later(**values):
    return make_edition(
        ordinal=9,
        **{"starts_on": date(2028, 5, 2), "ends_on": date(2028, 5, 3), "time_zone": "Africa/Lagos", **values},
    )


def test_a_copy_takes_rooms_and_tracks_along(source):
    made = editions_copy.copy(ORGANISER, 8, 9, now=NOW)
    room = db.session.scalars(select(Room).where(Room.edition_id == made.id)).one()
    assert (room.names, room.booths, room.equipment) == ({"en": "Hall", "fr": "Salle"}, 3, {"en": "Screen"})
    assert [one.names for one in db.session.scalars(select(Track).where(Track.edition_id == made.id))] == [
        {"en": "Victims"}
    ]
    assert programme.list_sessions(made.id) == []


def test_the_pattern_stands_on_the_new_days_as_drafts(source):
    target = later()
    hall = make_room(target, names={"en": "Hall"})
    found = programme_pattern.preview(ORGANISER, 9, 8)
    assert (len(found.pattern.placed), len(found.pattern.left)) == (1, 1)
    assert programme_pattern.take(ORGANISER, 9, 8, now=NOW) == 1
    (made,) = programme.list_sessions(target.id)
    assert made.title == {"en": "Opening"} and made.description == {} and made.speakers == []
    assert made.starts_at == datetime(2028, 5, 2, 9, 0, tzinfo=UTC), "10:00 in Nairobi is 10:00 in Lagos"
    assert made.ends_at - made.starts_at == timedelta(hours=1)
    assert (made.room_id, made.track_id, made.access, made.interpretation) == (
        hall.id,
        None,
        "sectors",
        ["fr"],
    )
    assert [one.sector_code for one in made.sectors] == ["LE"], "what was closed stays closed"
    assert programme_public.list_sessions(target.id) == []
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "programme.take_pattern")).one()
    assert entry.new == {"from": 8, "sessions": 1}


def test_what_is_refused(source):
    later()
    with pytest.raises(Refused):
        programme_pattern.take(READER, 9, 8, now=NOW)
    programme_pattern.take(ORGANISER, 9, 8, now=NOW)
    with pytest.raises(Refused, match="already"):
        programme_pattern.take(ORGANISER, 9, 8, now=NOW)
    unknown = make_edition(ordinal=10, starts_on=None, ends_on=None, date_precision="unknown")
    with pytest.raises(Refused, match="nothing to take"):
        programme_pattern.take(ORGANISER, 10, 8, now=NOW)
    with pytest.raises(NotFound):
        programme_pattern.preview(of_editions(unknown), 10, 8)


def test_editions_with_a_programme_are_offered(source):
    target = later()
    assert [(one.ordinal, count) for one, count in programme_pattern.list_sources(ORGANISER, target)] == [
        (8, 2)
    ]
    assert programme_pattern.list_sources(of_editions(target), target) == []
