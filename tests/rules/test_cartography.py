"""The map sheet: projection, great circles, names that keep out of each other's way."""

import json
import math
import re
from itertools import combinations
from pathlib import Path

import pytest

from eventapp.rules.cartography import (
    HEIGHT,
    WIDTH,
    Point,
    Stop,
    coordinates_text,
    equator_path,
    graticule_path,
    great_circle,
    merge_stops,
    number,
    project,
    wrap,
)
from eventapp.rules.cartography_apart import Disc, move_apart
from eventapp.rules.cartography_drawing import MapDrawing, MapView, draw_route
from eventapp.rules.cartography_labels import Box, text_width

SEVEN = (
    ("Damascus", 2010, 33.5138, 36.2765),
    ("Lyon", 2013, 45.7640, 4.8357),
    ("Lyon", 2014, 45.7640, 4.8357),
    ("Lugano", 2016, 46.0037, 8.9511),
    ("Doha", 2017, 25.2854, 51.5310),
    ("Abuja", 2018, 9.0765, 7.3986),
    ("Buenos Aires", 2019, -34.6037, -58.3816),
)
EUROPE = (
    ("Lyon", 2031, 45.76, 4.84),
    ("Genève", 2032, 46.20, 6.14),
    ("Lugano", 2033, 46.00, 8.95),
    ("Milano", 2034, 45.46, 9.19),
    ("Zürich", 2035, 47.37, 8.54),
)
ARABIC = ("دمشق", "ليون", "ليون", "لوغانو", "الدوحة", "أبوجا", "بوينس آيرس")
SUVA = Stop((1,), "Suva", (2030,), -18.1416, 178.4419)
APIA = Stop((2,), "Apia", (2031,), -13.8333, -171.7667)


def stops_of(rows, *, last_is_next=False):
    count = len(rows)
    return [
        Stop((index,), city, (year,), latitude, longitude, is_next=last_is_next and index == count)
        for index, (city, year, latitude, longitude) in enumerate(rows, 1)
    ]


def pairs_of(path):
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", path)]


def assert_clear(view: MapView):
    for one, two in combinations(view.stops, 2):
        assert not one.box.meets(two.box), (view.name, one.city, two.city)
        apart = math.dist((float(one.x), float(one.y)), (float(two.x), float(two.y)))
        assert apart >= float(one.halo) + float(two.halo), (view.name, one.city, two.city)
    for stop in view.stops:
        for other in view.stops:
            if other is not stop:
                assert not stop.box.holds(Point(float(other.x), float(other.y))), (
                    view.name,
                    stop.city,
                    other.city,
                )


def assert_within(view: MapView):
    left, top, width, height = (float(word) for word in view.view_box.split())
    frame = Box(left - 0.2, top - 0.2, left + width + 0.2, top + height + 0.2)
    for stop in view.stops:
        assert stop.box.inside(frame), (view.name, stop.city)
        assert frame.holds(Point(float(stop.x), float(stop.y)))


# -- projection ------------------------------------------------------------------------------------------------------


def test_the_middle_of_the_world_is_the_middle_of_the_sheet():
    assert project(0, 0) == Point(WIDTH / 2, HEIGHT / 2)


def test_the_equator_fills_the_width():
    assert project(0, 180).x == pytest.approx(WIDTH)
    assert project(0, -180).x == pytest.approx(0)


def test_the_sheet_has_equal_earths_shape():
    tall = project(-90, 0).y - project(90, 0).y
    assert WIDTH / tall == pytest.approx(2.05458, abs=1e-4)


def test_the_pole_line_has_its_published_length():
    # the paper: the poles are lines of 0.59247 times the equator's length
    long = project(90, 180).x - project(90, -180).x
    assert long / WIDTH == pytest.approx(0.59247, abs=1e-3)


def test_equal_areas_stay_equal():
    def area(south, north):
        steps = 400
        width = (north - south) / steps
        total = 0.0
        for step in range(steps):
            low, high = south + step * width, south + (step + 1) * width
            rise = project(low, 0).y - project(high, 0).y
            total += rise * (project((low + high) / 2, 10).x - project((low + high) / 2, 0).x)
        return total

    def on_the_globe(south, north):
        return math.sin(math.radians(north)) - math.sin(math.radians(south))

    for south, north in ((0, 10), (30, 40), (60, 80)):
        assert area(south, north) / area(10, 20) == pytest.approx(
            on_the_globe(south, north) / on_the_globe(10, 20), rel=1e-3
        )


def test_latitudes_past_the_pole_are_held_and_longitudes_go_round():
    assert project(95, 10) == project(90, 10)
    assert project(10, 370).x == pytest.approx(project(10, 10).x)
    assert wrap(180) == 180
    assert wrap(181) == -179
    assert wrap(-190) == 170


# -- great circles ---------------------------------------------------------------------------------------------------


def test_a_route_begins_and_ends_at_its_cities():
    start, end = stops_of(SEVEN)[4:6]
    points = pairs_of(great_circle(start, end))
    assert points[0] == pytest.approx((start.point.x, start.point.y), abs=0.06)
    assert points[-1] == pytest.approx((end.point.x, end.point.y), abs=0.06)
    assert great_circle(start, end).count("M") == 1


def test_a_route_along_a_meridian_keeps_its_longitude():
    path = great_circle(Stop((1,), "A", (1,), -20, 0), Stop((2,), "B", (2,), 60, 0))
    assert {x for x, _ in pairs_of(path)} == {WIDTH / 2}


def test_no_route_between_two_editions_in_one_city():
    lyon = stops_of(SEVEN)[1:3]
    assert great_circle(*lyon) == ""
    assert len(draw_route(lyon).routes) == 0


def test_over_the_antimeridian_the_line_leaves_and_comes_back():
    path = great_circle(SUVA, APIA)
    first, second = path.split("M")[1:]
    out, back = pairs_of(first), pairs_of(second)
    assert out[-1][0] > WIDTH * 0.95
    assert back[0][0] < WIDTH * 0.05
    assert out[-1][1] == back[0][1]
    for piece in (out, back):
        assert all(abs(b[0] - a[0]) < WIDTH / 4 for a, b in zip(piece, piece[1:], strict=False))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ((90, 0), (-90, 0)),
        ((90, 20), (60, -100)),
        ((0, 0), (0, 180)),
        ((0, 10), (0, -170)),
        ((45, 30), (-45, -150)),
        ((89.9, 179), (89.9, -179)),
    ],
)
def test_poles_and_antipodes_give_a_line_on_the_sheet(start, end):
    path = great_circle(Stop((1,), "A", (1,), *start), Stop((2,), "B", (2,), *end))
    for x, y in pairs_of(path):
        assert math.isfinite(x)
        assert -0.1 <= x <= WIDTH + 0.1
        assert 0 <= y <= HEIGHT


def test_graticule_and_equator_are_paths():
    assert graticule_path().startswith("M")
    assert pairs_of(equator_path()) == [(0, 320), (1280, 320)]


# -- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latitude", "longitude", "text"),
    [
        (-1.2921, 36.8219, "1°18′ S 36°49′ E"),
        (-34.6037, -58.3816, "34°36′ S 58°23′ W"),
        (46.0037, 8.9511, "46°00′ N 8°57′ E"),
        (0, 0, "0°00′ N 0°00′ E"),
        (9.9999, 179.9999, "10°00′ N 180°00′ E"),
    ],
)
def test_coordinates_in_degrees_and_minutes(latitude, longitude, text):
    assert coordinates_text(latitude, longitude) == text


def test_coordinates_with_another_languages_letters():
    assert coordinates_text(-34.6037, -58.3816, ("N", "S", "E", "O")) == "34°36′ S 58°23′ O"


def test_numbers_are_short():
    assert [number(value) for value in (1.0, 1.04, -0.04, 12.36, -3.5)] == ["1", "1", "0", "12.4", "-3.5"]


def test_wider_words_are_wider_in_every_script():
    assert text_width("Buenos Aires", 10) > text_width("Lyon", 10) > 0
    assert text_width("بوينس آيرس", 10) > text_width("ليون", 10) > 0
    assert text_width("東京", 10) == 20
    assert text_width("e\u0301", 10) == text_width("e", 10)


# -- drawing ---------------------------------------------------------------------------------------------------------


def test_two_editions_in_one_city_are_one_stop():
    merged = merge_stops(stops_of(SEVEN))
    assert [stop.city for stop in merged] == ["Damascus", "Lyon", "Lugano", "Doha", "Abuja", "Buenos Aires"]
    assert merged[1].ordinals == (2, 3)
    assert merged[1].years == (2013, 2014)


def test_the_seven_editions_and_the_next():
    rows = (*SEVEN, ("Nairobi", 2027, -1.2921, 36.8219))
    drawing = draw_route(stops_of(rows, last_is_next=True))
    assert [view.name for view in drawing.views] == ["wide", "medium", "compact"]
    assert len(drawing.routes) == 6
    assert [route.is_next for route in drawing.routes] == [False] * 5 + [True]
    lyon = drawing.views[0].stops[1]
    assert (lyon.ordinals, lyon.city, lyon.years) == ("2, 3", "Lyon", "2013, 2014")
    assert [stop.is_next for stop in drawing.views[0].stops] == [False] * 6 + [True]
    for view in drawing.views:
        assert_clear(view)
        assert_within(view)


@pytest.mark.parametrize("free_side", ["none", "left", "right"])
@pytest.mark.parametrize("rows", [SEVEN, EUROPE, SEVEN[:1]], ids=["seven", "europe", "one"])
@pytest.mark.parametrize("last_is_next", [False, True])
def test_no_name_lies_on_another_or_on_a_dot(rows, free_side, last_is_next):
    drawing = draw_route(stops_of(rows, last_is_next=last_is_next), free_side=free_side)
    for view in drawing.views:
        assert_clear(view)
        assert_within(view)


def test_close_cities_get_leaders_that_reach_from_dot_to_name():
    view = draw_route(stops_of(EUROPE)).views[0]
    led = [stop for stop in view.stops if stop.leader]
    assert led
    for stop in led:
        (ax, ay), (bx, by) = pairs_of(stop.leader)
        assert math.dist((ax, ay), (float(stop.x), float(stop.y))) < float(view.font_size)
        assert stop.box.meets(Box(bx - 4, by - 4, bx + 4, by + 4))


@pytest.mark.parametrize("last_is_next", [False, True])
def test_a_dot_without_room_stands_beside_its_city_and_is_tied_to_it(last_is_next):
    stops = stops_of(EUROPE, last_is_next=last_is_next)
    for view in draw_route(stops).views:
        tied = [(stop, home.point) for stop, home in zip(view.stops, stops, strict=True) if stop.tie]
        assert tied
        for stop, home in tied:
            start, end = pairs_of(stop.tie)
            assert math.dist(start, (home.x, home.y)) < 0.1
            assert end == (float(stop.x), float(stop.y))
            assert math.dist(start, end) < 4 * float(view.font_size)
        if last_is_next:  # the coming edition keeps its place, whoever stands near it
            zurich = project(47.37, 8.54)
            assert math.dist((zurich.x, zurich.y), (float(view.stops[-1].x), float(view.stops[-1].y))) < 0.1


def test_dots_with_room_stay_where_their_cities_are():
    view = draw_route(stops_of(SEVEN)).views[0]
    assert not any(stop.tie for stop in view.stops)
    for stop, home in zip(view.stops, merge_stops(stops_of(SEVEN)), strict=True):
        assert math.dist((float(stop.x), float(stop.y)), (home.point.x, home.point.y)) < 2.0


def test_dots_of_one_place_go_different_ways():
    here = Disc(Point(100.0, 100.0), 5.0)
    moved = move_apart([here] * 6, gap=1.0)
    assert all(math.dist((a.x, a.y), (b.x, b.y)) >= 10.99 for a, b in combinations(moved, 2))
    assert move_apart([here] * 6, gap=1.0) == moved


def test_a_long_name_is_cut_on_the_map():
    (stop,) = draw_route([Stop((9,), "Llanfair" * 12, (2030,), 53.2, -4.2)]).views[0].stops
    assert len(stop.city) <= 30
    assert stop.city.endswith("…")


def test_twenty_cities_near_each_other_still_find_room():
    rows = [
        (f"City {index}", 2000 + index, 44 + index % 5 * 1.5, 2 + index // 5 * 2.5) for index in range(20)
    ]
    assert_clear(draw_route(stops_of(rows)).views[0])


@pytest.mark.parametrize(("free_side", "low", "high"), [("left", 0.48, 1.0), ("right", 0.0, 0.52)])
def test_the_hero_keeps_the_texts_side_free(free_side, low, high):
    drawing = draw_route(stops_of(SEVEN), free_side=free_side)
    left, _, width, _ = (float(word) for word in drawing.views[0].view_box.split())
    assert not drawing.is_spread
    for stop in drawing.views[0].stops:
        assert low <= (stop.box.left - left) / width <= high
        assert low <= (stop.box.right - left) / width <= high


def test_a_route_round_the_world_says_that_no_side_is_free():
    rows = (*SEVEN, ("Suva", 2030, -18.1416, 178.4419))
    drawing = draw_route(stops_of(rows), free_side="left")
    assert drawing.is_spread
    assert_within(drawing.views[0])


def test_arabic_names_are_anchored_from_the_right():
    stops = [
        Stop((index,), city, (row[1],), row[2], row[3])
        for index, (city, row) in enumerate(zip(ARABIC, SEVEN, strict=True), 1)
    ]
    drawing = draw_route(stops, free_side="right", is_rtl=True)
    assert drawing.direction == "rtl"
    assert drawing.views[0].stops[1].ordinals == "2، 3"
    for view in drawing.views:
        assert_clear(view)
        for stop in view.stops:
            beyond = (stop.box.left + stop.box.right) / 2 - float(stop.x)
            if abs(beyond) < 0.2:
                continue  # above or below its dot
            stands_right = beyond > 0
            assert stop.anchor == ("end" if stands_right else "start")


def test_the_compact_view_leaves_out_years_and_is_narrower():
    wide, _, compact = draw_route(stops_of(SEVEN)).views
    assert all(stop.years for stop in wide.stops)
    assert not any(stop.years for stop in compact.stops)
    assert float(compact.view_box.split()[2]) < float(wide.view_box.split()[2])


def test_the_same_stops_give_the_same_drawing():
    assert draw_route(stops_of(SEVEN), free_side="left") == draw_route(stops_of(SEVEN), free_side="left")


def test_an_empty_archive_gives_the_bare_world():
    for free_side in ("none", "left"):
        drawing: MapDrawing = draw_route([], free_side=free_side)
        assert drawing.routes == ()
        assert all(view.stops == () for view in drawing.views)
        assert all(len(view.view_box.split()) == 4 for view in drawing.views)


def test_a_place_over_the_antimeridian_draws():
    drawing = draw_route([SUVA, APIA])
    assert len(drawing.routes) == 1
    assert_clear(drawing.views[0])
    assert_within(drawing.views[0])


# -- the outline that ships --------------------------------------------------------------------------------------------


def test_the_outline_is_small_and_served_as_built():
    root = Path(__file__).parents[2] / "eventapp"
    data = json.loads((root / "data/world-land.json").read_text(encoding="utf-8"))
    sheet = (root / "static/img/world.svg").read_text(encoding="utf-8")
    assert (data["width"], data["height"]) == (WIDTH, HEIGHT)
    assert len(data["land"]) <= 45_000
    for part in (data["land"], data["borders"], graticule_path(), equator_path()):
        assert f'd="{part}"' in sheet
    assert re.findall(r'id="(\w+)"', sheet) == ["land", "borders", "graticule", "equator"]
