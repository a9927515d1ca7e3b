"""The route of the editions drawn once for three widths of screen; the template only writes down what stands here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from eventapp.rules.cartography import HEIGHT, WIDTH, Point, Stop, great_circle, merge_stops, number, path
from eventapp.rules.cartography_apart import Disc, move_apart
from eventapp.rules.cartography_labels import Box, Label, Mark, place_labels, text_width

Side = Literal["none", "left", "right"]

_WORLD = Box(0.0, 4.0, WIDTH, 566.0)  # the sheet without Antarctica
_ANYWHERE = Box(-WIDTH, -HEIGHT, 2.0 * WIDTH, 2.0 * HEIGHT)
_FREE = 0.485  # this share of the hero's width belongs to the text
_LONGEST = 30  # letters of a city's name on the map; the whole of it stands in the page


@dataclass(frozen=True, slots=True)
class Route:
    """The line from one edition's city to the next one's."""

    path: str
    is_next: bool


@dataclass(frozen=True, slots=True)
class PlacedStop:
    """A dot with its label; the anchor is SVG's own, already turned round for right-to-left text.

    Where a neighbour left no room for the dot, the tie leads from the city to the dot beside it.
    """

    x: str
    y: str
    radius: str
    halo: str
    ordinals: str
    city: str
    years: str
    is_next: bool
    label_x: str
    label_y: str
    anchor: str
    leader: str
    tie: str
    box: Box


@dataclass(frozen=True, slots=True)
class MapView:
    """One cut of the sheet: its viewBox, its type size in the sheet's units and its labelled stops."""

    name: str
    view_box: str
    font_size: str
    stops: tuple[PlacedStop, ...]


@dataclass(frozen=True, slots=True)
class MapDrawing:
    """All a template needs for a route map; is_spread says that no side could be kept free for text."""

    routes: tuple[Route, ...]
    views: tuple[MapView, ...]
    direction: Literal["ltr", "rtl"]
    is_spread: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    stops: tuple[Stop, ...]
    lines: tuple[Point, ...]
    is_rtl: bool


def draw_route(stops: Sequence[Stop], *, free_side: Side = "none", is_rtl: bool = False) -> MapDrawing:
    """The map of the editions in their order; with a free side (left, right) the stops make room there for text."""
    return _drawn(tuple(stops), free_side, is_rtl)


@lru_cache(maxsize=64)
def _drawn(stops: tuple[Stop, ...], free_side: Side, is_rtl: bool) -> MapDrawing:
    pairs = pairwise(stops)
    routes = tuple(Route(text, end.is_next) for start, end in pairs if (text := great_circle(start, end)))
    plan = _Plan(merge_stops(stops), _points_of(routes), is_rtl)
    wide, is_spread = _wide(plan, free_side)
    if free_side == "none":
        medium = _view("medium", plan, 21.0, _WORLD, with_years=True)
    else:
        medium = _cut(
            "medium", plan, (640.0, 760.0, 900.0, 1040.0, 1180.0, WIDTH), (0.0165, 0.46), with_years=True
        )
    compact = _cut(
        "compact", plan, (280.0, 400.0, 540.0, 700.0, 880.0, 1080.0, WIDTH), (0.034, 0.8), with_years=False
    )
    return MapDrawing(routes, (wide, medium, compact), "rtl" if is_rtl else "ltr", is_spread)


def _wide(plan: _Plan, free_side: Side) -> tuple[MapView, bool]:
    """The cut for wide screens: the whole world, or the largest scale at which the stops leave the free side free."""
    if free_side != "none" and plan.stops:
        for width in (1060.0, 1120.0, 1200.0, WIDTH):
            view = _view(
                "wide", plan, width * 0.0115, _strip(plan.stops, width * (0.98 - _FREE)), with_years=True
            )
            window = _beside(_extent(view), width, free_side)
            if window:
                return replace(view, view_box=window), False
    return _view("wide", plan, 14.5, _WORLD, with_years=True), free_side != "none" and bool(plan.stops)


def _strip(stops: Sequence[Stop], width: float) -> Box:
    """An upright strip of this width with the dots in its middle: labels outside it would not be seen."""
    xs = [stop.point.x for stop in stops] or [WIDTH / 2.0]
    half, middle = width / 2.0, (min(xs) + max(xs)) / 2.0
    return Box(middle - half, _ANYWHERE.top, middle + half, _ANYWHERE.bottom)


def _beside(extent: Box, width: float, free_side: Side) -> str:
    """A viewBox with the extent in the middle of the other side; empty where it does not fit."""
    edge, height = width * 0.015, width * HEIGHT / WIDTH
    room = width * (1.0 - _FREE) - edge
    spare = (room - (extent.right - extent.left)) / 2.0
    if spare < 0.0 or extent.bottom - extent.top + 2.0 * edge > height:
        return ""
    left = extent.left - spare - (width * _FREE if free_side == "left" else edge)
    top = (extent.top + extent.bottom - height) / 2.0
    top = _kept(
        top, extent.bottom + edge - height, extent.top - edge, (_WORLD.top, _WORLD.bottom + 40.0 - height)
    )
    return f"{number(left)} {number(top)} {number(width)} {number(height)}"


def _cut(
    name: str, plan: _Plan, widths: Sequence[float], measures: tuple[float, float], *, with_years: bool
) -> MapView:
    """The narrowest cut that holds every dot and label at a type size that is a fixed share of the cut's width."""
    type_share, shape = measures
    for width in widths:
        view = _view(name, plan, width * type_share, _strip(plan.stops, width * 0.94), with_years=with_years)
        extent = _extent(view)
        pad = width * 0.03
        wanted = max(width * shape, extent.bottom - extent.top + 2.0 * pad)
        if extent.right - extent.left + 2.0 * pad <= width and wanted <= width * max(shape, 1.0):
            return MapView(name, _window(extent, width, wanted), view.font_size, view.stops)
    return _view(name, plan, widths[-1] * type_share, _WORLD, with_years=with_years)


def _window(extent: Box, width: float, height: float) -> str:
    """A viewBox round the extent, moved as far onto the world as it can go without losing a label."""
    left = (extent.left + extent.right - width) / 2.0
    top = (extent.top + extent.bottom - height) / 2.0
    left = _kept(left, extent.right - width, extent.left, (_WORLD.left, _WORLD.right - width))
    top = _kept(top, extent.bottom - height, extent.top, (_WORLD.top, _WORLD.bottom - height))
    return f"{number(left)} {number(top)} {number(width)} {number(height)}"


def _kept(value: float, low: float, high: float, wish: tuple[float, float]) -> float:
    if wish[0] <= wish[1]:
        value = min(max(value, wish[0]), wish[1])
    return min(max(value, low), high)


def _view(name: str, plan: _Plan, size: float, frame: Box, *, with_years: bool) -> MapView:
    discs = [Disc(stop.point, _radius(stop, size, with_halo=True), stop.is_next) for stop in plan.stops]
    points = move_apart(discs, gap=size * 0.12)
    marks = [
        Mark(point, disc.radius, _label_width(stop, plan, size, with_years=with_years))
        for stop, disc, point in zip(plan.stops, discs, points, strict=True)
    ]
    labels = place_labels(marks, size=size, frame=frame, lines=plan.lines)
    drawn = zip(plan.stops, points, labels, strict=True)
    placed = tuple(
        _placed(stop, point, label, plan, size, with_years=with_years) for stop, point, label in drawn
    )
    box = f"{number(frame.left)} {number(frame.top)} {number(frame.right - frame.left)} {number(frame.bottom - frame.top)}"
    return MapView(name, box, number(size), placed)


def _placed(
    stop: Stop, point: Point, label: Label, plan: _Plan, size: float, *, with_years: bool
) -> PlacedStop:
    ordinals, years = _parts(stop, plan.is_rtl, with_years=with_years)
    radius, home = _radius(stop, size, with_halo=False), stop.point
    at_left = label.box.left + label.box.right >= 2.0 * point.x
    x = label.box.left if at_left else label.box.right
    anchor = "start" if at_left != plan.is_rtl else "end"
    return PlacedStop(
        x=number(point.x),
        y=number(point.y),
        radius=number(radius),
        halo=number(_radius(stop, size, with_halo=True)),
        ordinals=ordinals,
        city=_short(stop.city),
        years=years,
        is_next=stop.is_next,
        label_x=number(x),
        label_y=number(label.y),
        anchor=anchor,
        leader=path(label.leader) if label.leader else "",
        tie=path((home, point)) if math.dist((home.x, home.y), (point.x, point.y)) > radius * 0.6 else "",
        box=label.box,
    )


def _parts(stop: Stop, is_rtl: bool, *, with_years: bool) -> tuple[str, str]:
    comma = "، " if is_rtl else ", "
    ordinals = comma.join(str(ordinal) for ordinal in stop.ordinals)
    years = comma.join(str(year) for year in stop.years) if with_years else ""
    return ordinals, years


def _label_width(stop: Stop, plan: _Plan, size: float, *, with_years: bool) -> float:
    ordinals, years = _parts(stop, plan.is_rtl, with_years=with_years)
    words = [word for word in (ordinals, _short(stop.city), years) if word]
    return text_width("  ".join(words), size)


def _short(city: str) -> str:
    """The name as it fits on a map."""
    return city if len(city) <= _LONGEST else f"{city[: _LONGEST - 1].rstrip()}…"


def _radius(stop: Stop, size: float, *, with_halo: bool) -> float:
    if not stop.is_next:
        return size * 0.31
    return size * (0.9 if with_halo else 0.45)


def _extent(view: MapView) -> Box:
    boxes = [stop.box for stop in view.stops]
    xs = [float(stop.x) for stop in view.stops]
    ys = [float(stop.y) for stop in view.stops]
    pad = float(view.font_size)
    if not boxes:
        return Box(_WORLD.left, _WORLD.top, _WORLD.right, _WORLD.bottom)
    return Box(
        min([box.left for box in boxes] + [x - pad for x in xs]),
        min([box.top for box in boxes] + [y - pad for y in ys]),
        max([box.right for box in boxes] + [x + pad for x in xs]),
        max([box.bottom for box in boxes] + [y + pad for y in ys]),
    )


def _points_of(routes: Sequence[Route]) -> tuple[Point, ...]:
    """Points close together along the drawn lines, for the labels to keep off them."""
    points: list[Point] = []
    for piece in (piece for route in routes for piece in route.path.split("M")[1:]):
        found = [(float(x), float(y)) for x, y in (pair.split(",") for pair in piece.split("L"))]
        for (ax, ay), (bx, by) in pairwise(found):
            count = max(1, round(math.dist((ax, ay), (bx, by)) / 3.0))
            points += [Point(ax + (bx - ax) * i / count, ay + (by - ay) * i / count) for i in range(count)]
    return tuple(points)
