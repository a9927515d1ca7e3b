"""Who may be named, who is given a seat by hand, and what a merge makes of two places."""

from datetime import UTC, datetime, timedelta

import pytest

from eventapp.errors import Closed, Refused
from eventapp.rules.session_people import FULL, Seats, better_place, check_gift, may_be_invited
from eventapp.rules.vocabulary import REGISTRATION_STATES

NOON = datetime(2027, 6, 8, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def test_whoever_is_registered_can_be_named():
    named = {state for state in REGISTRATION_STATES if may_be_invited(state, is_erased=False)}
    assert named == {"submitted", "endorsed", "approved", "waitlisted"}
    assert not may_be_invited("approved", is_erased=True)


def gift(**values):
    seats = Seats(own=values.pop("own", 5), room=values.pop("room", 9), taken=values.pop("taken", 0))
    asked = {"asks_sign_up": True, "may_come": True, "ends_at": LATER, "despite": "", "now": NOON}
    check_gift(seats=seats, **{**asked, **values})


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"asks_sign_up": False}, "no-seats"),
        ({"may_come": False}, "closed"),
        ({"taken": 5}, "full"),
        ({"taken": 9, "despite": FULL}, "room"),
        ({"taken": 5, "despite": "yes"}, "full"),
        ({"taken": 0, "room": 0, "own": None, "despite": FULL}, "room"),
    ],
)
def test_seats_by_hand_that_are_refused(values, code):
    with pytest.raises(Refused) as refused:
        gift(**values)
    assert refused.value.code == code


def test_seats_by_hand_that_are_given():
    gift()
    gift(taken=5, despite=FULL)
    gift(own=None, room=None, taken=900)
    with pytest.raises(Closed):
        gift(ends_at=NOON)


@pytest.mark.parametrize(
    ("kept", "gone", "better"),
    [
        (None, ("noted", NOON), ("noted", NOON)),
        (("waiting", NOON), ("seat", LATER), ("seat", LATER)),
        (("seat", NOON), ("withdrawn", LATER), ("seat", NOON)),
        (("waiting", LATER), ("waiting", NOON), ("waiting", NOON)),
    ],
)
def test_of_two_places_the_better_one_stays(kept, gone, better):
    assert better_place(kept, gone) == better
