"""Which edition the public site puts first, and when its pages change by themselves."""

from datetime import UTC, date, datetime

from eventapp.rules.coming import Course, find_coming, next_midnight
from eventapp.rules.edition import Window

NOW = datetime(2027, 4, 14, 12, tzinfo=UTC)


def course(
    ordinal: int, state: str = "published", last_day_on: date | None = date(2027, 6, 10), **more
) -> Course:
    window = Window(
        state=state,
        opens_at=more.get("opens_at"),
        closes_at=more.get("closes_at"),
        accepts_late=False,
    )
    return Course(ordinal=ordinal, window=window, last_day_on=last_day_on, time_zone="Africa/Nairobi")


def test_the_lowest_published_edition_comes_next():
    assert find_coming([course(9), course(8), course(7, "archived"), course(10, "draft")], NOW) == 8
    assert find_coming([course(8, "postponed"), course(9)], NOW) == 9
    assert find_coming([course(8, "cancelled"), course(9, "postponed")], NOW) == 9
    assert find_coming([course(8, "cancelled")], NOW) == 8
    assert find_coming([course(8, "held"), course(9, "draft")], NOW) is None


def test_an_edition_is_past_when_its_last_day_is_over_where_it_is_held():
    one = course(8)
    assert not one.is_past(datetime(2027, 6, 10, 20, 59, 59, tzinfo=UTC))
    assert one.is_past(datetime(2027, 6, 10, 21, 0, tzinfo=UTC))
    assert not course(8, last_day_on=None).is_past(datetime(2099, 1, 1, tzinfo=UTC))
    assert course(8, "held").is_past(NOW)


def test_pages_end_at_midnight_or_when_the_window_changes():
    midnight = datetime(2027, 4, 14, 21, tzinfo=UTC)
    assert next_midnight(NOW, "Africa/Nairobi") == midnight
    assert course(8).next_change(NOW) == midnight
    opens = datetime(2027, 4, 14, 13, tzinfo=UTC)
    assert course(8, opens_at=opens).next_change(NOW) == opens
    assert course(8, "archived", opens_at=opens).next_change(NOW) is None


def test_midnight_when_clocks_change():
    # in Paris summer time begins on 28 March 2027 at 01:00 UTC
    assert next_midnight(datetime(2027, 3, 28, 0, 30, tzinfo=UTC), "Europe/Paris") == datetime(
        2027, 3, 28, 22, tzinfo=UTC
    )
