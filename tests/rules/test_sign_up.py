from datetime import UTC, datetime, timedelta

import pytest

from eventapp.errors import Closed, Refused
from eventapp.rules.session_access import Visitor, may_come
from eventapp.rules.sign_up import Appointment, check_sign_up, clashes_with, enter, seats_of
from eventapp.rules.vocabulary import SESSION_ACCESS

NOON = datetime(2027, 6, 8, 12, 0, tzinfo=UTC)
PARENTS = {"LE-POL": "LE", "LE-BRD": "LE", "PRV-FIN": "PRV"}


def opened_to(visitor, **more):
    return {
        access
        for access in (*SESSION_ACCESS, "unheard-of", "")
        if may_come(
            visitor, **{"access": access, "sectors": ["LE"], "session": 7, "parents": PARENTS, **more}
        )
    }


@pytest.mark.parametrize(
    ("visitor", "opened"),
    [
        (Visitor(is_approved=False, sector="LE-POL", invited_to=frozenset({7})), {"all"}),
        (Visitor(is_approved=True, sector="PRV-FIN"), {"all", "delegates"}),
        (Visitor(is_approved=True, sector="LE-POL"), {"all", "delegates", "sectors"}),
        (Visitor(is_approved=True, sector="LE"), {"all", "delegates", "sectors"}),
        (
            Visitor(is_approved=True, sector="PRV-FIN", invited_to=frozenset({7})),
            {"all", "delegates", "invited"},
        ),
        (Visitor(is_approved=True, sector="PRV-FIN", invited_to=frozenset({8})), {"all", "delegates"}),
    ],
)
def test_who_may_come(visitor, opened):
    assert opened_to(visitor) == opened


def test_one_sector_below_is_not_its_neighbour():
    border = Visitor(is_approved=True, sector="LE-BRD")
    assert "sectors" not in opened_to(border, sectors=["LE-POL"])
    assert "invited" not in opened_to(
        Visitor(is_approved=True, sector="", invited_to=frozenset({7})), session=None
    )


@pytest.mark.parametrize(
    ("asks", "seats", "taken", "line", "state"),
    [
        (False, 0, 9, True, "noted"),
        (True, None, 900, False, "seat"),
        (True, 2, 1, False, "seat"),
        (True, 2, 2, False, "waiting"),
        (True, 2, 1, True, "waiting"),  # nobody goes past the line
        (True, 0, 0, False, "waiting"),
    ],
)
def test_what_becomes_of_somebody(asks, seats, taken, line, state):
    assert enter(asks_sign_up=asks, seats=seats, taken=taken, is_somebody_waiting=line) == state


def test_seats_are_never_more_than_the_room_has():
    assert [seats_of(*limits) for limits in ((None, None), (30, None), (None, 80), (100, 80), (30, 80))] == [
        None,
        30,
        80,
        80,
        30,
    ]


def test_when_nobody_signs_up():
    open_ = {"is_approved": True, "asks_sign_up": True, "ends_at": NOON, "now": NOON - timedelta(hours=1)}
    open_["edition_state"] = "published"
    check_sign_up(**open_)
    check_sign_up(**open_ | {"is_approved": False, "asks_sign_up": False})
    with pytest.raises(Refused):
        check_sign_up(**open_ | {"is_approved": False})
    with pytest.raises(Closed):
        check_sign_up(**open_ | {"now": NOON})


def test_what_is_at_the_same_time():
    def at(name, hour, hours=1.0):
        return Appointment(name, NOON + timedelta(hours=hour), NOON + timedelta(hours=hour + hours))

    others = [at("a", 0), at("b", 1), at("c", -1, 5), at("d", 0.5)]
    assert clashes_with(others[0], others) == ["c", "d"]
    assert clashes_with(at("e", 2), others) == ["c"]
