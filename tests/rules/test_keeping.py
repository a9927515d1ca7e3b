"""When the clocks of an edition run out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from eventapp.rules.keeping import (
    CLOCKS,
    NEEDS_BOUNDS,
    RECORD_BOUNDS,
    RESPITE,
    Keeping,
    is_moved,
    months_after,
)

HELD = Keeping(
    state="held",
    starts_on=date(2027, 3, 3),
    ends_on=date(2027, 3, 5),
    date_precision="day",
    time_zone="Pacific/Auckland",
    cancelled_on=None,
    needs_days=7,
    record_months=18,
    set_at=None,
)


def test_needs_go_a_week_after_the_last_day_and_the_record_after_a_year_and_a_half():
    assert (HELD.counts_from, HELD.goes_on("needs"), HELD.goes_on("record")) == (
        date(2027, 3, 5),
        date(2027, 3, 12),
        date(2028, 9, 5),
    )


def test_the_day_begins_where_the_edition_takes_place():
    at = HELD.goes_at("needs")
    assert at == datetime(2027, 3, 11, 11, tzinfo=UTC)  # thirteen hours ahead
    assert HELD.is_due("needs", at) and not HELD.is_due("needs", at - timedelta(seconds=1))
    assert not HELD.is_due("record", at)
    assert replace(HELD, time_zone="UTC").goes_at("needs") == datetime(2027, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "unknown",
    [
        {"date_precision": "month"},
        {"date_precision": "year"},
        {"date_precision": "unknown", "starts_on": None, "ends_on": None},
        {"starts_on": None, "ends_on": None},
        {"state": "postponed"},
        {"state": "postponed", "cancelled_on": date(2027, 1, 1)},
    ],
)
def test_nothing_goes_where_no_end_is_known(unknown):
    found = replace(HELD, **unknown)
    late = datetime(2200, 1, 1, tzinfo=UTC)
    assert found.counts_from is None
    assert [(found.goes_on(one), found.is_due(one, late)) for one in CLOCKS] == [(None, False)] * 2


@pytest.mark.parametrize("state", ["draft", "published", "held", "archived"])
def test_what_the_state_is_called_does_not_matter(state):
    """An edition that nobody has marked as held is over all the same."""
    assert replace(HELD, state=state).counts_from == date(2027, 3, 5)


def test_an_edition_of_one_day_ends_on_it():
    assert replace(HELD, ends_on=None).goes_on("needs") == date(2027, 3, 10)


@pytest.mark.parametrize("state", ["cancelled", "archived"])
def test_a_cancelled_edition_ends_on_the_day_it_was_cancelled(state):
    cancelled = replace(HELD, state=state, cancelled_on=date(2026, 11, 30))
    assert cancelled.goes_on("needs") == date(2026, 12, 7)
    without_days = replace(cancelled, starts_on=None, ends_on=None, date_precision="unknown")
    assert without_days.goes_on("record") == date(2028, 5, 30)


def test_nothing_goes_within_a_week_of_a_change():
    changed = datetime(2029, 1, 1, 9, tzinfo=UTC)
    found = replace(HELD, set_at=changed)
    assert {found.goes_at(one) for one in CLOCKS} == {changed + RESPITE}
    long_before = replace(HELD, set_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert long_before.goes_at("needs") == HELD.goes_at("needs")


def test_people_are_told_a_month_before_the_record_goes():
    at = HELD.goes_at("record")
    found = [HELD.is_near(at - timedelta(days)) for days in (31, 30, 1, 0)]
    assert found == [False, True, True, False]
    assert not replace(HELD, state="postponed").is_near(at)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 8, 31), 18, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_months_end_with_their_last_day(day, months, later):
    assert months_after(day, months) == later


def test_needs_always_go_before_the_record():
    for number in range(366):
        day = date(2026, 3, 1) + timedelta(number)
        assert day + timedelta(NEEDS_BOUNDS[1]) < months_after(day, RECORD_BOUNDS[0])


def test_a_change_of_the_days_the_zone_or_the_lengths_moves_the_clocks():
    assert not is_moved(HELD, replace(HELD, state="archived", starts_on=date(2027, 3, 4)))
    for change in (
        {"ends_on": date(2027, 3, 6)},
        {"time_zone": "UTC"},
        {"needs_days": 8},
        {"record_months": 17},
        {"state": "postponed"},
    ):
        assert is_moved(HELD, replace(HELD, **change))
