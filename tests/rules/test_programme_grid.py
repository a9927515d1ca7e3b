from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from eventapp.errors import Refused
from eventapp.rules.programme_grid import Span, build_grid, check_target, touches

NAIROBI = ZoneInfo("Africa/Nairobi")
LUGANO = ZoneInfo("Europe/Zurich")
DAY = date(2027, 6, 8)


def span(number, starts, ends, room=1, zone=NAIROBI, on=DAY):
    def at(text):
        hour, minute = map(int, text.split(":"))
        base = datetime(on.year, on.month, on.day, tzinfo=zone)
        return (base + timedelta(hours=hour, minutes=minute)).astimezone(UTC)

    return Span(id=number, room=room, starts_at=at(starts), ends_at=at(ends))


def test_an_empty_day_shows_working_hours_and_every_room():
    grid = build_grid(DAY, NAIROBI, [1, 2], [])
    assert (grid.starts_at, grid.rows) == (datetime(2027, 6, 8, 5, 0, tzinfo=UTC), 40)
    assert [(one.room, one.first, one.width) for one in grid.columns] == [(1, 1, 1), (2, 2, 1)]
    assert [mark.row for mark in grid.marks] == list(range(1, 41, 4))
    assert [one.room for one in build_grid(DAY, NAIROBI, [], []).columns] == [None]


def test_sessions_stand_where_they_are():
    grid = build_grid(DAY, NAIROBI, [1, 2], [span(7, "09:00", "10:30"), span(8, "07:10", "07:20", room=2)])
    assert grid.starts_at == datetime(2027, 6, 8, 4, 0, tzinfo=UTC), "from the whole hour before the first"
    assert [(one.id, one.row, one.rows, one.column) for one in grid.blocks] == [(8, 1, 2, 2), (7, 9, 6, 1)]


def test_sessions_at_once_share_the_room():
    grid = build_grid(
        DAY,
        NAIROBI,
        [1, 2],
        [
            span(1, "09:00", "11:00"),
            span(2, "09:30", "10:00"),
            span(3, "10:00", "11:00"),
            span(4, "09:00", "10:00", 2),
            span(5, "12:00", "13:00", None),
        ],
    )
    assert [(one.room, one.first, one.width) for one in grid.columns] == [(1, 1, 2), (2, 3, 1), (None, 4, 1)]
    assert {one.id: one.column for one in grid.blocks} == {1: 1, 2: 2, 3: 2, 4: 3, 5: 4}


def test_short_sessions_of_one_row_do_not_hide_each_other():
    short = [span(1, "09:00", "09:10"), span(2, "09:10", "09:20"), span(3, "09:20", "09:30")]
    grid = build_grid(DAY, NAIROBI, [1], short)
    assert {(one.row, one.rows, one.column) for one in grid.blocks} == {(5, 1, 1), (5, 2, 2), (6, 1, 1)}


def test_there_are_never_more_columns_than_the_page_has_places_for():
    without = [span(number, "09:00", "10:00", None) for number in range(1, 60)]
    grid = build_grid(DAY, NAIROBI, list(range(1, 26)), [span(99, "09:00", "10:00"), *without])
    assert [one.width for one in grid.columns] == [1] * 25 + [35]
    assert {one.column for one in grid.blocks} == {1, *range(26, 61)}


def test_a_session_past_midnight_ends_with_the_day():
    grid = build_grid(DAY, NAIROBI, [1], [span(1, "23:00", "25:30")])
    (block,) = grid.blocks
    assert block.row + block.rows - 1 == grid.rows == 16 * 4


def test_a_session_past_midnight_stands_in_both_days():
    night = span(1, "23:00", "25:30")
    second = DAY + timedelta(days=1)
    assert [touches(night, on, NAIROBI) for on in (DAY, second, second + timedelta(days=1))] == [1, 1, 0]
    assert not touches(span(1, "23:00", "24:00"), second, NAIROBI)
    grid = build_grid(second, NAIROBI, [1], [night])
    assert [(one.row, one.rows) for one in grid.blocks] == [(1, 6)]
    assert grid.starts_at == datetime(2027, 6, 8, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hours", "first"),
    [(date(2027, 10, 31), 25, "00:00"), (date(2027, 3, 28), 23, "00:00")],
)
def test_the_day_on_which_the_clocks_change(day, hours, first):
    midnight = datetime(day.year, day.month, day.day, tzinfo=LUGANO).astimezone(UTC)
    whole = Span(id=1, room=1, starts_at=midnight, ends_at=midnight + timedelta(hours=hours))
    grid = build_grid(day, LUGANO, [1], [whole])
    assert grid.rows == hours * 4
    walls = [f"{mark.at.astimezone(LUGANO):%H:%M}" for mark in grid.marks]
    assert (walls[0], len(walls)) == (first, hours)
    assert walls.count("02:00") == (2 if hours == 25 else 0)


def test_a_day_that_is_none_of_the_editions():
    moment = datetime(2027, 6, 8, 22, 0, tzinfo=UTC)  # 01:00 of the 9th in Nairobi
    with pytest.raises(Refused):
        check_target(moment, NAIROBI, [DAY])
    check_target(moment, NAIROBI, [date(2027, 6, 9)])
    check_target(moment, NAIROBI, [])
