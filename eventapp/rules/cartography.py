"""The map sheet: Equal Earth projection, great circles and coordinates in words; numbers in, SVG path text out."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

WIDTH = 1280.0
HEIGHT = 640.0

# B. Šavrič, T. Patterson, B. Jenny: The Equal Earth map projection, IJGIS 33 (2019), 454-465 (online 2018), eq. 7-9.
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_ROOT3 = math.sqrt(3.0)
_SCALE = WIDTH / (2.0 * 2.0 * _ROOT3 * math.pi / (3.0 * _A1))
_STEP = math.radians(3.0)
_TINY = 1e-9

Vector = tuple[float, float, float]
Letters = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the sheet: x to the right, y down, inside 1280 x 640."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Stop:
    """One host city with the editions it held; degrees are positive to the north and to the east."""

    ordinals: tuple[int, ...]
    city: str
    years: tuple[int, ...]
    latitude: float
    longitude: float
    is_next: bool = False

    @property
    def point(self) -> Point:
        return project(self.latitude, self.longitude)


def project(latitude: float, longitude: float) -> Point:
    """The place of a latitude and longitude in degrees on the sheet, by Equal Earth (Šavrič, Patterson, Jenny 2018)."""
    theta = math.asin(_ROOT3 / 2.0 * math.sin(math.radians(_held(latitude, 90.0))))
    east = math.radians(wrap(longitude))
    square = theta * theta
    sixth = square**3
    bottom = 3.0 * (9.0 * _A4 * sixth * square + 7.0 * _A3 * sixth + 3.0 * _A2 * square + _A1)
    across = 2.0 * _ROOT3 * east * math.cos(theta) / bottom
    up = theta * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))
    return Point(WIDTH / 2.0 + across * _SCALE, HEIGHT / 2.0 - up * _SCALE)


def wrap(longitude: float) -> float:
    """A longitude brought into -180 to 180; 180 itself stays."""
    if -180.0 <= longitude <= 180.0:
        return longitude
    return (longitude + 180.0) % 360.0 - 180.0


def great_circle(start: Stop, end: Stop) -> str:
    """The shortest way from one stop to another as SVG path text; empty for one place, in two pieces over 180°."""
    pieces = list(_pieces(_samples(start, end)))
    return "".join(path(piece) for piece in pieces if len(piece) > 1)


def path(points: Iterable[Point]) -> str:
    """SVG path text through the points, to a tenth of a unit."""
    words = [f"{number(point.x)},{number(point.y)}" for point in points]
    return f"M{'L'.join(words)}" if words else ""


def graticule_path(step: int = 15) -> str:
    """Meridians and parallels every so many degrees, the equator left out (it has its own weight)."""
    meridians = [
        path(project(latitude, longitude) for latitude in range(-90, 91, 10))
        for longitude in range(-180, 181, step)
    ]
    parallels = [
        path((project(latitude, -180.0), project(latitude, 180.0)))
        for latitude in range(-90 + step, 90, step)
        if latitude
    ]
    return "".join(meridians + parallels)


def equator_path() -> str:
    """The equator as SVG path text."""
    return path((project(0.0, -180.0), project(0.0, 180.0)))


def coordinates_text(latitude: float, longitude: float, letters: Letters = ("N", "S", "E", "W")) -> str:
    """Degrees and minutes as on a map sheet, "1°18′ S 36°49′ E"; the four letters may be another language's."""
    north, south, east, west = letters
    down, across = wrap(_held(latitude, 90.0)), wrap(longitude)
    return f"{_angle(down)} {north if down >= 0 else south} {_angle(across)} {east if across >= 0 else west}"


def merge_stops(stops: Sequence[Stop]) -> tuple[Stop, ...]:
    """One stop for each place, in the order of the first visit, with all its ordinals and years."""
    places: dict[tuple[float, float], Stop] = {}
    for stop in stops:
        key = (round(stop.latitude, 2), round(wrap(stop.longitude), 2))
        known = places.get(key)
        places[key] = stop if known is None else _joined(known, stop)
    return tuple(places.values())


def number(value: float) -> str:
    """A coordinate for an SVG attribute: at most one decimal, no useless zero, no minus zero."""
    text = f"{value:.1f}"
    if text == "-0.0":
        return "0"
    return text.removesuffix(".0")


def _joined(known: Stop, stop: Stop) -> Stop:
    years = known.years + tuple(year for year in stop.years if year not in known.years)
    either = known.is_next or stop.is_next
    return Stop(known.ordinals + stop.ordinals, known.city, years, known.latitude, known.longitude, either)


def _angle(degrees: float) -> str:
    minutes = round(abs(degrees) * 60.0)
    return f"{minutes // 60}°{minutes % 60:02d}′"


def _held(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))


def _samples(start: Stop, end: Stop) -> list[tuple[float, float]]:
    """Latitudes and longitudes along the great circle, about three degrees apart, both ends included."""
    first, last = _vector(start), _vector(end)
    angle = math.atan2(_length(_cross(first, last)), _dot(first, last))
    if angle < _TINY:
        return []
    aside = _aside(first, last)
    count = max(2, math.ceil(angle / _STEP))
    inner = (_turn(first, aside, angle * index / count) for index in range(1, count))
    places = [_degrees(vector) for vector in inner]
    return [(start.latitude, wrap(start.longitude)), *places, (end.latitude, wrap(end.longitude))]


def _aside(first: Vector, last: Vector) -> Vector:
    """The direction of travel at the first place, at a right angle to it; for antipodes any one does."""
    cosine = _dot(first, last)
    way = (last[0] - cosine * first[0], last[1] - cosine * first[1], last[2] - cosine * first[2])
    if _length(way) < 1e-6:
        way = _cross(first, (0.0, 0.0, 1.0) if abs(first[2]) < 0.9 else (1.0, 0.0, 0.0))
    size = _length(way)
    return (way[0] / size, way[1] / size, way[2] / size)


def _turn(first: Vector, aside: Vector, angle: float) -> Vector:
    near, far = math.cos(angle), math.sin(angle)
    return (
        near * first[0] + far * aside[0],
        near * first[1] + far * aside[1],
        near * first[2] + far * aside[2],
    )


def _pieces(places: Sequence[tuple[float, float]]) -> Iterator[list[Point]]:
    """The samples on the sheet, cut where the line leaves it at 180° and comes in on the other side."""
    piece: list[Point] = []
    before: tuple[float, float] | None = None
    for latitude, longitude in places:
        if before is not None and abs(longitude - before[1]) > 180.0 + _TINY:
            edge = math.copysign(180.0, before[1])
            crossing = _crossing(before, (latitude, longitude + 2.0 * edge), edge)
            yield [*piece, project(crossing, edge)]
            piece = [project(crossing, -edge)]
        piece.append(project(latitude, longitude))
        before = (latitude, longitude)
    yield piece


def _crossing(before: tuple[float, float], after: tuple[float, float], edge: float) -> float:
    share = (edge - before[1]) / (after[1] - before[1])
    return before[0] + share * (after[0] - before[0])


def _vector(stop: Stop) -> Vector:
    down, across = math.radians(stop.latitude), math.radians(stop.longitude)
    return (math.cos(down) * math.cos(across), math.cos(down) * math.sin(across), math.sin(down))


def _degrees(vector: Vector) -> tuple[float, float]:
    level = math.hypot(vector[0], vector[1])
    return math.degrees(math.atan2(vector[2], level)), math.degrees(math.atan2(vector[1], vector[0]))


def _cross(one: Vector, two: Vector) -> Vector:
    return (
        one[1] * two[2] - one[2] * two[1],
        one[2] * two[0] - one[0] * two[2],
        one[0] * two[1] - one[1] * two[0],
    )


def _dot(one: Vector, two: Vector) -> float:
    return one[0] * two[0] + one[1] * two[1] + one[2] * two[2]


def _length(vector: Vector) -> float:
    return math.sqrt(_dot(vector, vector))
