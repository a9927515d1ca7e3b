"""Times in an edition's zone, days as exactly as they are known, web addresses, order, overlaps."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from eventapp.errors import Invalid, Refused
from eventapp.rules.body import check_web_address, moved
from eventapp.rules.edition_plan import check_plan, check_zone, days_of, known_days, moment_in_zone, wall_time
from eventapp.rules.programme import check_hours, check_times

LUGANO = ZoneInfo("Europe/Zurich")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_times_are_kept_in_utc():
    assert moment_in_zone("2027-10-30T23:59", LUGANO) == utc(2027, 10, 30, 21, 59)
    assert moment_in_zone("2027-10-31T23:59", LUGANO) == utc(2027, 10, 31, 22, 59)


def test_the_hour_that_happens_twice_is_the_first_one():
    assert moment_in_zone("2027-10-31T02:30", LUGANO) == utc(2027, 10, 31, 0, 30)


def test_saving_again_moves_nothing():
    second = utc(2027, 10, 31, 1, 30)  # 02:30 for the second time
    assert moment_in_zone(wall_time(second, LUGANO), LUGANO, second) == second
    with_seconds = utc(2027, 4, 30, 21, 59, 59)
    assert moment_in_zone(wall_time(with_seconds, LUGANO), LUGANO, with_seconds) == with_seconds
    assert moment_in_zone("2027-04-30T23:58", LUGANO, with_seconds) == utc(2027, 4, 30, 21, 58)


def test_the_hour_that_is_left_out_is_refused():
    with pytest.raises(Refused, match="does not exist"):
        moment_in_zone("2027-03-28T02:30", LUGANO)
    assert moment_in_zone("2027-03-28T03:00", LUGANO) == utc(2027, 3, 28, 1, 0)


@pytest.mark.parametrize(
    "text", ["yesterday", "2027-02-30T10:00", "2027-04-30T23:59+02:00", "0001-01-01T00:00", "2027"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(Refused):
        moment_in_zone(text, LUGANO)


@pytest.mark.parametrize("name", ["Europe/Lugano", "../etc/passwd", "Europe", "", "right/UTC"])
def test_what_is_no_zone_is_refused(name):
    with pytest.raises(Refused):
        check_zone(name)


def test_days_are_kept_as_exactly_as_they_are_known():
    day, later = date(2027, 6, 8), date(2027, 6, 10)
    assert known_days(day, None, "day") == (day, day)
    assert known_days(day, later, "day") == (day, later)
    assert known_days(day, later, "month") == (date(2027, 6, 1), date(2027, 6, 1))
    assert known_days(day, None, "year") == (date(2027, 1, 1), date(2027, 1, 1))
    assert known_days(None, None, "unknown") == (None, None)
    assert days_of(day, later, "day") == [day, day + timedelta(1), later]
    assert days_of(day, later, "month") == []


PLAN = {
    "title": {"en": "A"},
    "starts_on": date(2027, 6, 8),
    "ends_on": None,
    "date_precision": "day",
    "registration_opens_at": utc(2027, 3, 1),
    "registration_closes_at": utc(2027, 4, 1),
    "latitude": 1.0,
    "longitude": 2.0,
}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": {}}, "title"),
        ({"starts_on": None}, "starts_on"),
        ({"date_precision": "unknown"}, "date_precision"),
        ({"ends_on": date(2027, 6, 7)}, "ends_on"),
        ({"registration_opens_at": None}, "registration_opens_at"),
        ({"registration_closes_at": utc(2027, 3, 1)}, "registration_closes_at"),
        ({"longitude": None}, "longitude"),
    ],
)
def test_what_does_not_hold_together_is_refused_at_its_field(change, field):
    check_plan(PLAN)
    with pytest.raises(Invalid) as refusal:
        check_plan(PLAN | change)
    assert list(refusal.value.problems) == [field]


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "ftp://example.org", "example.org", "https://", "https://user:pass@example.org", "https://[::1"],
)  # fmt: skip
def test_addresses_that_are_none(text):
    with pytest.raises(Refused):
        check_web_address(text)


def test_addresses():
    assert check_web_address(" https://example.org/a?b=c ") == "https://example.org/a?b=c"
    assert check_web_address("") == ""


def test_order():
    assert moved(["a", "b", "c"], "b", up=True) == ["b", "a", "c"]
    assert moved(["a", "b", "c"], "b", up=False) == ["a", "c", "b"]
    assert moved(["a", "b"], "a", up=True) == ["a", "b"]
    assert moved(["a", "b"], "b", up=False) == ["a", "b"]


def test_sessions_end_after_they_start():
    check_times(utc(2027, 10, 31, 0, 30), utc(2027, 10, 31, 1, 0))
    for start, end in ((utc(2027, 6, 8, 9), utc(2027, 6, 8, 9)), (utc(2027, 6, 8), utc(2027, 6, 9, 1))):
        with pytest.raises(Refused) as refusal:
            check_times(start, end)
        assert refusal.value.field == "ends"


@pytest.mark.parametrize(
    ("opens", "closes", "field"),
    [(time(8), None, "closes_at"), (None, time(8), "opens_at"), (time(8), time(8), "closes_at")],
)
def test_hours_of_a_room_hold_together(opens, closes, field):
    with pytest.raises(Refused) as refusal:
        check_hours(opens, closes)
    assert refusal.value.field == field
    check_hours(None, None)
    check_hours(time(8), time(18))
