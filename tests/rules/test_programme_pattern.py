from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from eventapp.rules.programme_pattern import Span, transfer

LUGANO, ABUJA = ZoneInfo("Europe/Zurich"), ZoneInfo("Africa/Lagos")
DAYS = [date(2027, 6, 8), date(2027, 6, 9)]


def span(number, day, hour, minutes=60):
    starts = datetime(2026, 10, day, hour, tzinfo=LUGANO).astimezone(UTC)
    return Span(number, starts, starts + timedelta(minutes=minutes))


def test_the_same_hours_on_other_days_in_another_zone():
    """25 October 2026 has 25 hours in Lugano: nine o'clock stays nine o'clock."""
    found = transfer(
        [span(2, 25, 9), span(1, 24, 14, 90), span(3, 26, 9), span(4, 27, 9)], LUGANO, DAYS, ABUJA
    )
    walls = [
        (one.id, f"{one.starts_at.astimezone(ABUJA):%d %H:%M}", one.ends_at - one.starts_at)
        for one in found.placed
    ]
    assert walls == [(1, "08 14:00", timedelta(minutes=90)), (2, "09 09:00", timedelta(hours=1))]
    assert found.left == [3, 4]


def test_an_hour_that_the_clocks_leave_out_is_the_next_one():
    found = transfer([span(1, 24, 2)], LUGANO, [date(2027, 3, 28)], LUGANO)
    assert f"{found.placed[0].starts_at.astimezone(LUGANO):%H:%M}" == "03:00"


def test_nothing_to_take_and_nowhere_to_put_it():
    assert transfer([], LUGANO, DAYS, ABUJA).placed == []
    assert transfer([span(1, 24, 9)], LUGANO, [], ABUJA).left == [1]
