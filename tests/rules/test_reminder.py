"""When a reminder goes out: days before the closing, in the morning of the edition's zone, never after it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from eventapp.errors import Refused
from eventapp.rules.reminder import Calendar, find_due, find_next, list_due, read_days

CLOSES = datetime(2027, 4, 30, 20, 59, tzinfo=UTC)  # 23:59 in Nairobi
NAIROBI = Calendar(state="published", closes_at=CLOSES, zone="Africa/Nairobi")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 4, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("", []),
        ("7", [7]),
        ("7, 14,30", [30, 14, 7]),
        ("٧، ١٤", [14, 7]),
        ("7;7 0", [7, 0]),
    ],
)
def test_days_as_they_are_typed(typed, days):
    assert read_days(typed) == days


@pytest.mark.parametrize("typed", ["-1", "7.5", "a week", "181", "99999", " ".join(map(str, range(11)))])
def test_days_that_are_none(typed):
    with pytest.raises(Refused):
        read_days(typed)


def test_the_morning_of_the_edition_s_zone():
    (first, second) = list_due(NAIROBI, [2, 9])
    assert (first.due_on, first.at) == (date(2027, 4, 21), at(21, 5))
    assert (second.due_on, second.at) == (date(2027, 4, 28), at(28, 5))


def test_the_clock_of_the_zone_counts_also_when_it_changes():
    closes = datetime(2027, 4, 4, 20, 0, tzinfo=UTC)
    calendar = Calendar(state="published", closes_at=closes, zone="Europe/Paris")
    before, after = list_due(calendar, [8, 1])
    assert before.at == datetime(2027, 3, 27, 7, tzinfo=UTC)
    assert after.at == datetime(2027, 4, 3, 6, tzinfo=UTC)


def test_no_date_after_the_closing():
    early = Calendar(
        state="published", closes_at=at(30, 4), zone="Africa/Nairobi"
    )  # 07:00, before the morning
    assert [one.due_on.day for one in list_due(early, [1, 0])] == [29]
    assert list_due(Calendar(state="published", closes_at=None, zone="UTC"), [1]) == []


def test_due_from_the_first_second_on_for_a_day():
    due = at(23, 5)
    for moment, found in (
        (due - timedelta(seconds=1), None),
        (due, date(2027, 4, 23)),
        (due + timedelta(hours=23, minutes=59), date(2027, 4, 23)),
        (due + timedelta(hours=24), None),
    ):
        result = find_due(NAIROBI, [7], moment)
        assert (result.due_on if result else None) == found


def test_of_two_dates_one_behind_the_other_the_later_one_is_due():
    assert find_due(NAIROBI, [7, 6], at(24, 5)).due_on == date(2027, 4, 24)


@pytest.mark.parametrize("state", ["draft", "held", "archived", "postponed", "cancelled"])
def test_nobody_is_reminded_of_what_does_not_take_place(state):
    calendar = Calendar(state=state, closes_at=CLOSES, zone="Africa/Nairobi")
    assert not calendar.may_remind(at(23, 5))
    assert find_due(calendar, [7], at(23, 5)) is None
    assert find_next(calendar, [7], {}, at(1, 5)) is None


def test_nobody_is_reminded_after_the_closing():
    assert find_due(NAIROBI, [0], at(30, 20, 58)).due_on == date(2027, 4, 30)
    assert find_due(NAIROBI, [0], at(30, 20, 59)) is None


def test_the_next_date():
    assert find_next(NAIROBI, [14, 7], {}, at(1, 0)).due_on == date(2027, 4, 16)
    assert find_next(NAIROBI, [14, 7], {}, at(16, 6)).due_on == date(2027, 4, 16)  # late, and still to come
    done = {date(2027, 4, 16): at(16, 5)}
    assert find_next(NAIROBI, [14, 7], done, at(16, 6)).due_on == date(2027, 4, 23)
    assert find_next(NAIROBI, [14, 7], done, at(25, 6)) is None
