from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from eventapp.rules.programme_document import Shown
from eventapp.rules.programme_now import filtered, list_choices, now_and_next

START = datetime(2027, 6, 8, 6, 0, tzinfo=UTC)
NAIROBI = ZoneInfo("Africa/Nairobi")


def shown(number, hour, hours=1.0, **more):
    starts = START + timedelta(hours=hour)
    return Shown(
        **{
            "id": str(number),
            "number": number,
            "title": {"en": f"Session {number}"},
            "kind": "panel",
            "description": {},
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=hours),
            "room": {"en": "Hall", "fr": "Salle"},
            "track": None,
            "floor_language": "",
            "interpretation": [],
            "access": "all",
            "sectors": [],
            "asks_sign_up": False,
            "capacity": None,
            "people": [],
            "sequence": 0,
            "changed_at": START,
            "is_cancelled": False,
            **more,
        }
    )


PROGRAMME = [shown(1, 0, 2), shown(2, 0), shown(3, 3), shown(4, 3), shown(5, 20)]


@pytest.mark.parametrize(
    ("hour", "running", "following", "until"),
    [
        (-13, [], [], -12),  # long before
        (-12, [], [1, 2], 0),
        (0, [1, 2], [3, 4], 1),
        (1, [1], [3, 4], 2),
        (2.5, [], [3, 4], 3),
        (20.5, [5], [], 21),
        (21, [], [], None),  # over
    ],
)
def test_now_and_next(hour, running, following, until):
    moment = now_and_next(PROGRAMME, START + timedelta(hours=hour))
    assert ([one.number for one in moment.running], [one.number for one in moment.following]) == (
        running,
        following,
    )
    assert moment.until == (None if until is None else START + timedelta(hours=until))


def test_nothing_runs_without_a_programme():
    assert now_and_next([], START).until is None


def test_filters_by_what_there_is():
    sessions = [
        shown(1, 0, track={"en": "Victims", "ar": "الضحايا"}),
        shown(2, 16, kind="break", room={"fr": "Jardin"}),  # 22:00 UTC is the next day in Nairobi
        shown(3, 16, room=None),
    ]
    choices = list_choices(sessions, NAIROBI)
    assert [key for key, _ in choices["day"]] == ["2027-06-08", "2027-06-09"]
    assert [key for key, _ in choices["room"]] == ["Hall", "Jardin"]
    assert choices["track"] == [("Victims", {"en": "Victims", "ar": "الضحايا"})]

    def left(**wanted):
        return [one.number for one in filtered(sessions, wanted, NAIROBI)]

    assert left(day="", room="") == [1, 2, 3]
    assert left(day="2027-06-09") == [2, 3]
    assert left(day="2027-06-09", kind="break") == [2]
    assert left(room="Jardin") == [2]
    assert left(track="Victims") == [1]
    assert left(track="nothing") == []
