"""Figures as claims, the chart of growth and the scale bar."""

from datetime import UTC, datetime

from eventapp.rules.figure import Claim, host_of, split_claims, web_address
from eventapp.rules.growth import draw_growth
from eventapp.rules.partial_date import partial_date
from eventapp.rules.scale_bar import draw_scale


def claim(value: int, **more: object) -> Claim:
    return Claim(**{"measure": "participants", "qualifier": "exactly", "value": value, **more})


def test_one_of_each_measure_is_shown_and_the_others_stay():
    first, second = claim(150, is_shown=True), claim(43, measure="countries", is_shown=True)
    other, lost = claim(200), claim(5, measure="speakers")
    figures = split_claims([other, first, second, lost])
    assert figures.participants is first
    assert figures.countries is second
    assert figures.others == (other, lost)
    assert not split_claims([])


def test_sources_are_named_once_in_order():
    one, two = "https://www.example.org/a", "https://example.com/b"
    figures = split_claims(
        [
            claim(1, source_url=one, is_shown=True),
            claim(2, measure="countries", source_url=two, is_shown=True),
            claim(3, measure="speakers", source_url=one, is_shown=True),
            claim(4, measure="organisations", is_shown=True),
        ]
    )
    assert [source.host for source in figures.sources] == ["example.org", "example.com"]
    assert [more.measure for more in figures.more] == ["speakers", "organisations"]


def test_only_addresses_of_the_web_become_links():
    assert web_address(" https://example.org/x ") == "https://example.org/x"
    for wrong in (
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "http://",
        "https://[x",
        "ftp://a",
    ):
        assert web_address(wrong) == ""
        assert host_of(wrong) == ""


def test_bars_keep_their_proportions_and_say_what_is_not_published():
    editions = [
        split_claims([claim(100, is_shown=True, qualifier="more_than")]),
        split_claims([]),
        split_claims([claim(200, is_shown=True)]),
    ]
    growth = draw_growth(editions)
    assert growth is not None
    small, none, large = growth.panels[0].bars
    assert float(large.height) == 2 * float(small.height)
    assert small.is_open
    assert not large.is_open
    assert none.value is None
    assert [bar.value for bar in growth.panels[1].bars] == [None, None, None]
    assert draw_growth([split_claims([])]) is None
    assert draw_growth([split_claims([claim(0, is_shown=True)])]) is not None


def test_thirty_editions_make_the_chart_wider():
    growth = draw_growth([split_claims([claim(1, is_shown=True)])] * 30)
    assert growth is not None
    assert float(growth.width) == 3000


def test_the_scale_bar_stands_at_today():
    opens, closes = datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 3, 11, tzinfo=UTC)
    middle = draw_scale(opens, closes, datetime(2027, 3, 6, tzinfo=UTC), "UTC")
    assert (middle.now_x, middle.days_left) == ("240.0", 5)
    assert draw_scale(opens, closes, datetime(2027, 2, 1, tzinfo=UTC), "UTC").now_x is None
    assert draw_scale(opens, closes, closes, "UTC").now_x is None
    # at 22:00 UTC the last day has begun in Auckland
    assert draw_scale(opens, closes, datetime(2027, 3, 10, 22, tzinfo=UTC), "Pacific/Auckland").days_left == 0


def test_dates_are_as_exact_as_they_are_known():
    day = datetime(2014, 11, 1, tzinfo=UTC).date()
    assert partial_date(day, "day") == "2014-11-01"
    assert partial_date(day, "month") == "2014-11"
    assert partial_date(day, "year") == "2014"
    assert partial_date(day, "unknown") is None
    assert partial_date(None, "day") is None
