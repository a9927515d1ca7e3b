"""The door: days, phases, who is let in at once, on purpose or never."""

from datetime import UTC, date, datetime

import pytest

from eventapp.errors import Closed, Invalid, Refused
from eventapp.rules.attendance import (
    Door,
    admission,
    check_admission,
    check_open,
    check_reason,
    check_undo,
    countries_meant,
)
from eventapp.rules.vocabulary import EDITION_STATES, REGISTRATION_STATES


def door(**more: object) -> Door:
    return Door(
        **{
            "state": "published",
            "starts_on": date(2027, 6, 8),
            "ends_on": date(2027, 6, 10),
            "date_precision": "day",
            "time_zone": "Africa/Nairobi",
            **more,
        }
    )


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2027, 6, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        (at(6, 20), "before"),  # 23 o'clock in Nairobi
        (at(6, 21), "open"),  # midnight there: the eve
        (at(8), "open"),
        (at(11, 20), "open"),
        (at(11, 21), "after"),
    ],
)
def test_the_desk_works_from_the_eve_to_the_day_after(moment, phase):
    assert door().phase(moment) == phase


def test_the_day_is_that_of_the_venue():
    assert check_open(door(), at(8, 21)) == date(2027, 6, 9)
    assert check_open(door(time_zone="America/Lima"), at(8, 4)) == date(2027, 6, 7)


def test_where_the_days_are_not_known_the_desk_works():
    for unknown in (
        door(date_precision="month"),
        door(starts_on=None, ends_on=None, date_precision="unknown"),
    ):
        assert unknown.phase(at(1)) == "open"
        assert unknown.days() == []


def test_an_edition_of_one_day_has_one_day():
    assert door(ends_on=None).days() == [date(2027, 6, 8)]
    assert door(ends_on=None).phase(at(10)) == "after"
    assert len(door().days()) == 3
    assert len(door(ends_on=date(2028, 6, 8)).days()) == 14


def test_earlier_days_may_be_entered_from_paper_but_none_to_come():
    first = [day.day for day in door().open_days(at(9))]
    assert first == [7, 8, 9]
    assert [day.day for day in door().open_days(at(7))] == [7]
    assert [day.day for day in door().open_days(at(11))] == [7, 8, 9, 10, 11]
    assert door().open_days(at(20)) == []
    assert door(date_precision="month").open_days(at(9)) == [date(2027, 6, 9)]
    assert check_open(door(), at(9), date(2027, 6, 8)) == date(2027, 6, 8)
    with pytest.raises(Closed):
        check_open(door(), at(9), date(2027, 6, 10))


@pytest.mark.parametrize("state", EDITION_STATES)
def test_only_an_edition_that_takes_place_has_a_desk(state):
    if state in ("published", "held"):
        assert check_open(door(state=state), at(9)) == date(2027, 6, 9)
    else:
        with pytest.raises(Closed):
            check_open(door(state=state), at(9))


@pytest.mark.parametrize("moment", [at(1), at(20)])
def test_nobody_is_checked_in_outside_of_the_days(moment):
    with pytest.raises(Closed):
        check_open(door(), moment)


def test_each_state_has_its_admission():
    found = {state: admission(state, is_erased=False) for state in REGISTRATION_STATES}
    assert found == {
        "approved": "at_once",
        "submitted": "on_purpose",
        "endorsed": "on_purpose",
        "waitlisted": "on_purpose",
        "withdrawn": "on_purpose",
        "declined": "never",
        "rejected": "never",
        "replaced": "never",
        "cancelled": "never",
        "merged": "never",
    }
    assert {admission(state, is_erased=True) for state in REGISTRATION_STATES} == {"never"}


@pytest.mark.parametrize(
    ("state", "despite", "code"),
    [
        ("approved", "", None),
        ("approved", "waitlisted", None),  # approved meanwhile: all the better
        ("waitlisted", "waitlisted", None),
        ("waitlisted", "", "ask"),
        ("withdrawn", "waitlisted", "ask"),  # the desk saw another state
        ("rejected", "rejected", "never"),
        ("cancelled", "", "never"),
    ],
)
def test_the_desk_must_know_the_state(state, despite, code):
    if code is None:
        check_admission(state, is_erased=False, despite=despite)
        return
    with pytest.raises(Refused) as caught:
        check_admission(state, is_erased=False, despite=despite)
    assert caught.value.code == code


def test_an_undo_wants_a_reason_and_an_edition_that_is_not_archived():
    check_reason("wrong person")
    with pytest.raises(Invalid):
        check_reason("")
    check_undo("held")
    with pytest.raises(Closed):
        check_undo("archived")


def test_countries_are_meant_by_the_beginning_of_a_word():
    names = {"KE": ["kenya"], "CI": ["cote d'ivoire"], "ZA": ["south africa"], "NO": ["norway", "norvege"]}
    assert countries_meant("ken", names) == ["KE"]
    assert countries_meant("afr", names) == ["ZA"]
    assert countries_meant("norv", names) == ["NO"]
    assert countries_meant("no", names) == []  # two letters stand in too many names
    assert countries_meant("enya", names) == []
