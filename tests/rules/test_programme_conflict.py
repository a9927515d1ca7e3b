import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from eventapp.rules.programme_conflict import Frame, Place, Sitting, find_conflicts

START = datetime(2027, 6, 8, 7, 0, tzinfo=UTC)
HALL = Place(id=1, seats=100, booths=2, opens_at=time(8), closes_at=time(18))
FRAME = Frame(days=[date(2027, 6, 8), date(2027, 6, 9)], zone=ZoneInfo("Africa/Nairobi"), rooms={1: HALL})


def sitting(number, hour=0.0, hours=1.0, **more):
    starts = START + timedelta(hours=hour)
    return Sitting(
        **{
            "id": number,
            "kind": "panel",
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=hours),
            "room": 1,
            **more,
        }
    )


def told(*sittings, frame=FRAME):
    return [(one.session, one.what, one.other, one.person) for one in find_conflicts(sittings, frame)]


def test_a_room_is_taken_twice_and_both_are_told():
    assert told(sitting(1), sitting(2, 0.5)) == [(1, "room_twice", 2, None), (2, "room_twice", 1, None)]
    assert told(sitting(1), sitting(2, 1)) == [], "one may end as another starts"
    assert told(sitting(1, hours=4), sitting(2, 1), sitting(3, 2))[0::2] == [
        (1, "room_twice", 2, None),
        (2, "room_twice", 1, None),
    ], "a long session runs into every later one"


def test_a_person_cannot_be_in_two_places():
    one, two = (
        sitting(1, people=frozenset({7, 8})),
        sitting(2, 0.5, room=None, kind="break", people=frozenset({8, 9})),
    )
    assert told(one, two) == [(1, "person_twice", 2, 8), (2, "person_twice", 1, 8)]


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"room": None}, "no_room"),
        ({"room": 99}, "no_room"),  # a room that has gone
        ({"hour": 48}, "outside_days"),
        ({"hour": -2.5}, "outside_hours"),  # 07:30 in Nairobi
        ({"hour": 7.5}, "outside_hours"),  # until 18:30
        ({"languages": 3}, "too_few_booths"),
        ({"signed_up": 101}, "too_many_people"),
        ({"signed_up": 31, "seats": 30}, "too_many_people"),
        ({"is_unnamed": True}, "nobody_named"),
    ],
)
def test_what_one_session_lacks(more, what):
    assert [kind for _, kind, _, _ in told(sitting(1, **more))] == [what]


def test_what_is_well():
    assert told(sitting(1, languages=2, signed_up=100), sitting(2, room=None, kind="break")) == []
    unknown = Frame(days=[], zone=ZoneInfo("UTC"), rooms={1: Place(id=1, seats=None, booths=0)})
    assert told(sitting(1, 5000, signed_up=9999), frame=unknown) == []


def test_the_day_is_that_of_the_zone_when_the_clocks_go_back():
    """In Lugano 31 October 2027 lasts 25 hours."""
    frame = Frame(
        days=[date(2027, 10, 31)], zone=ZoneInfo("Europe/Zurich"), rooms={1: Place(id=1, seats=9, booths=0)}
    )
    moments = [
        datetime(2027, 10, day, hour, 30, tzinfo=UTC)
        for day, hour in ((30, 21), (30, 22), (31, 22), (31, 23))
    ]
    found = told(
        *(
            sitting(number, starts_at=at, ends_at=at + timedelta(minutes=20))
            for number, at in enumerate(moments, 1)
        ),
        frame=frame,
    )
    assert [session for session, _, _, _ in found] == [1, 4]


@pytest.mark.parametrize("seed", range(5))
def test_the_sweep_finds_what_comparing_each_with_each_finds(seed):
    chance = random.Random(seed)
    sittings = [
        sitting(
            number,
            chance.uniform(0, 9),
            chance.choice((0.5, 1, 3)),
            room=chance.choice((None, 1, 2, 3)),
            people=frozenset(chance.sample(range(12), 2)),
        )
        for number in range(1, 60)
    ]
    plain = set()
    for one in sittings:
        for other in sittings:
            if one.id == other.id or one.starts_at >= other.ends_at or other.starts_at >= one.ends_at:
                continue
            if one.room is not None and one.room == other.room:
                plain.add((one.id, "room_twice", other.id, None))
            plain |= {(one.id, "person_twice", other.id, who) for who in one.people & other.people}
    found = told(*sittings, frame=Frame(days=[], zone=ZoneInfo("UTC")))
    pairs = [one for one in found if one[1].endswith("twice")]
    assert set(pairs) == plain and len(pairs) == len(plain)
