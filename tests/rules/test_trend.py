"""Registrations per day at the same distance from the first day, and all editions beside each other."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from eventapp.rules.measure import Tally
from eventapp.rules.series import Computed, add_up
from eventapp.rules.trend import LONGEST, Point, Run, compare, start_day

JUNE = date(2027, 6, 8)
OLDER = date(2026, 5, 19)


def run(received: dict[date, int], *, ordinal: int = 8, starts_on: date | None = JUNE) -> Run:
    return Run(ordinal=ordinal, starts_on=starts_on, received=received)


def before(start: date, days: int) -> date:
    return start - timedelta(days=days)


def test_days_stand_at_the_same_distance():
    here = run({before(JUNE, 60): 2, before(JUNE, 58): 1})
    older = run({before(OLDER, 61): 5, before(OLDER, 58): 4, before(OLDER, 1): 1}, ordinal=7, starts_on=OLDER)
    trend = compare(here, older, today=before(JUNE, 57))
    by_distance = {day.distance: day for day in trend.days}
    assert trend.before == 7 and trend.reason == ""
    assert [trend.days[0].distance, trend.days[-1].distance] == [-61, 0]
    assert by_distance[-61].now is None and by_distance[-61].before == Point(5, 5)
    assert by_distance[-59].now == Point(0, 2) and by_distance[-59].before == Point(0, 5)
    assert by_distance[-57].now == Point(0, 3), "today has nothing yet, and is told"
    assert by_distance[-56].now is None, "what is still to come has no number"
    assert by_distance[0].before == Point(0, 10)
    assert trend.last and trend.last.on == before(JUNE, 57) and trend.last.before == Point(0, 9)


def test_the_earlier_total_stays_where_this_edition_runs_on():
    here = run({before(JUNE, 3): 1, JUNE + timedelta(days=1): 1})
    older = run({before(OLDER, 3): 7}, ordinal=7, starts_on=OLDER)
    trend = compare(here, older, today=JUNE + timedelta(days=90))
    assert trend.days[-1].distance == 1
    assert trend.days[-1].now == Point(1, 2) and trend.days[-1].before == Point(0, 7)


def test_without_a_known_day_the_days_stand_alone():
    here, older = run({JUNE: 1}), run({OLDER: 1}, ordinal=7, starts_on=OLDER)
    assert compare(here, None, today=JUNE).reason == "first"
    assert compare(run({}), older, today=JUNE).reason == "empty"
    unknown = compare(run({JUNE: 1}, starts_on=None), older, today=JUNE)
    assert unknown.reason == "no_day" and unknown.before is None
    assert unknown.days[0].distance is None and unknown.days[0].on == JUNE
    other = compare(here, run({OLDER: 1}, ordinal=7, starts_on=None), today=JUNE)
    assert other.reason == "no_day_before" and other.days[0].distance == 0


def test_only_a_day_is_a_day():
    assert start_day(JUNE, "day") == JUNE
    assert (
        start_day(JUNE, "month") is None
        and start_day(JUNE, "year") is None
        and start_day(None, "day") is None
    )


def test_a_long_run_keeps_its_total():
    trend = compare(run({before(JUNE, 900): 3, JUNE: 1}), None, today=JUNE)
    assert len(trend.days) == LONGEST
    assert trend.days[0].now == Point(0, 3) and trend.days[-1].now == Point(1, 4)


@given(st.dictionaries(st.integers(-200, 5), st.integers(1, 50), min_size=1), st.integers(-250, 40))
def test_totals_are_sums(days, today):
    received = {JUNE + timedelta(days=place): count for place, count in days.items()}
    trend = compare(run(received), None, today=JUNE + timedelta(days=today))
    points = [day.now for day in trend.days]
    assert points[-1].total == sum(days.values()) == sum(point.received for point in points)
    assert [later.total - earlier.total for earlier, later in zip(points, points[1:])] == [
        point.received for point in points[1:]
    ]


def test_editions_are_added_up_from_their_registrations():
    cells = {
        ("8", "KE", "state"): Tally(7, 7, 0, 5, 4, 1),
        ("8", "PR", "state"): Tally(1, 1, 0, 1, 0, 1),
        ("8", "FR", "seat"): Tally(3, 3, 0, 3, 0, 0),
        ("8", "", "none"): Tally(1, 1, 0, 0, 0, 0),
        ("8", "NO", "state"): Tally(4, 0, 0, 0, 0, 0),
        ("9", "NO", "state"): Tally(4, 0, 0, 0, 0, 0),
    }
    assert add_up(cells, frozenset({"PR"})) == {
        8: Computed(registered=12, approved=9, checked_in=4, countries=1),
        9: Computed(registered=0, approved=0, checked_in=0, countries=0),
    }
