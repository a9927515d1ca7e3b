"""Where the names on a map stand: by rule, the same for the same input, none over another name or a city's dot."""

import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from eventapp.rules.cartography import Point

# Widths in units of the type size, for Noto Sans at 600; measured on its letters and rounded up.
_CAPITAL, _PLAIN, _ARABIC, _FULL = 0.7, 0.605, 0.58, 1.0
_WIDTHS = {" ": 0.27} | dict.fromkeys("iljtfrI.,'()-:;،", 0.34) | dict.fromkeys("mwMWÆŒæœ", 0.95)
_HEIGHT = 1.3
_RISE = 0.36  # from the middle of a line down to its baseline
_RINGS = (0.0, 1.2, 2.1, 3.2, 4.6, 6.4, 8.6, 11.2, 14.5)
_FIRST_CHOICE = {0: 0.0, 8: 0.4, 4: 1.3, 15: 0.5, 1: 0.6, 14: 0.9, 2: 1.0, 9: 1.1, 7: 1.2, 12: 1.8}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the sheet."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box", gap: float = 0.0) -> bool:
        across = self.left < other.right + gap and other.left < self.right + gap
        return across and self.top < other.bottom + gap and other.top < self.bottom + gap

    def holds(self, point: Point) -> bool:
        return self.left <= point.x <= self.right and self.top <= point.y <= self.bottom

    def inside(self, frame: "Box") -> bool:
        level = frame.left <= self.left and self.right <= frame.right
        return level and frame.top <= self.top and self.bottom <= frame.bottom

    def nearest(self, point: Point) -> Point:
        x = min(max(point.x, self.left), self.right)
        return Point(x, min(max(point.y, self.top), self.bottom))


@dataclass(frozen=True, slots=True)
class Mark:
    """A dot with its name's width; the order of the marks decides between equals."""

    point: Point
    radius: float
    width: float


@dataclass(frozen=True, slots=True)
class Label:
    """A placed name: its box, the start of its baseline on the left, and the two ends of its leader, if it has one."""

    box: Box
    x: float
    y: float
    leader: tuple[Point, Point] | None


@dataclass(frozen=True, slots=True)
class Ground:
    """What the names must keep clear of: other dots always, lines where they can; and the frame."""

    size: float
    frame: Box
    dots: tuple[Box, ...]
    lines: tuple[Point, ...]


def text_width(text: str, size: float) -> float:
    """The estimated width of a text in semi-bold type of the given size; a little too wide rather than too narrow."""
    return size * sum(_letter_width(letter) for letter in text)


def place_labels(
    marks: Sequence[Mark], *, size: float, frame: Box, lines: Iterable[Point] = ()
) -> tuple[Label, ...]:
    """A label for each mark, in their order: beside the dot where there is room, else further off with a leader."""
    dots = tuple(_dot_box(mark) for mark in marks)
    ground = Ground(size, frame, dots, tuple(lines))
    placed: dict[int, Label] = {}
    for index in _crowded_first(marks, size):
        placed[index] = _best(marks[index], index, ground, tuple(placed.values()))
    return tuple(placed[index] for index in range(len(marks)))


def _letter_width(letter: str) -> float:
    kind = unicodedata.category(letter)
    if kind.startswith("M"):
        return 0.0
    if unicodedata.bidirectional(letter) == "AL":
        return _ARABIC
    if unicodedata.east_asian_width(letter) in "WF":
        return _FULL
    return _WIDTHS.get(letter, _CAPITAL if kind == "Lu" else _PLAIN)


def _dot_box(mark: Mark) -> Box:
    point, radius = mark.point, mark.radius
    return Box(point.x - radius, point.y - radius, point.x + radius, point.y + radius)


def _crowded_first(marks: Sequence[Mark], size: float) -> list[int]:
    """Places with many neighbours choose first; they have the fewest ways out."""
    reach = size * 8.0

    def neighbours(index: int) -> int:
        here = marks[index].point
        return sum(math.dist((here.x, here.y), (other.point.x, other.point.y)) < reach for other in marks)

    return sorted(range(len(marks)), key=lambda index: (-neighbours(index), index))


def _best(mark: Mark, index: int, ground: Ground, placed: Sequence[Label]) -> Label:
    """The cheapest free place; where none is free, the one that covers least."""
    chosen: Label | None = None
    least = math.inf
    near = _near(mark, ground)
    for cost, angle, distance in _candidates(mark, ground.size):
        if cost >= least:
            continue  # most places: nothing is drawn there
        label = _label(mark, angle, distance, ground.size)
        total = cost + _trouble(label, index, near, placed)
        if total < least:
            chosen, least = label, total
    if chosen is None:  # pragma: no cover - the candidates are never empty
        raise ValueError("no place to try")
    return chosen


def _near(mark: Mark, ground: Ground) -> Ground:
    """The ground with only those line points that a label of this mark could cover."""
    reach = mark.radius + ground.size * (_RINGS[-1] + 2.0) + mark.width
    x, y = mark.point.x, mark.point.y
    lines = tuple(point for point in ground.lines if abs(point.x - x) < reach and abs(point.y - y) < reach)
    return replace(ground, lines=lines)


def _candidates(mark: Mark, size: float) -> Iterator[tuple[float, float, float]]:
    """Places round the dot in sixteen directions and ever wider rings: cost in clearness, angle and distance."""
    for ring in _RINGS:
        for step in range(16):
            if ring == 0.0 and step not in _FIRST_CHOICE:
                continue
            cost = (
                _FIRST_CHOICE[step]
                if ring == 0.0
                else 3.0 + 1.6 * ring + (0.0 if step in {0, 1, 15} else 0.3)
            )
            yield cost, math.radians(step * 22.5), mark.radius + size * (0.45 + ring)


def _label(mark: Mark, angle: float, distance: float, size: float) -> Label:
    """A label whose nearest edge lies at the distance from the dot, in the direction of the angle (0 is east)."""
    height = size * _HEIGHT
    across, down = math.cos(angle), -math.sin(angle)
    x = mark.point.x + across * distance + (across / 2.0 - 0.5) * mark.width
    if abs(across) > 0.05:
        x = mark.point.x + across * distance - (mark.width if across < 0 else 0.0)
    middle = mark.point.y + down * (distance + (height / 2.0 if abs(across) < 0.05 else height * 0.2))
    box = Box(x, middle - height / 2.0, x + mark.width, middle + height / 2.0)
    leader = _leader(mark, box, size)
    return Label(box, x, middle + size * _RISE, leader)


def _leader(mark: Mark, box: Box, size: float) -> tuple[Point, Point] | None:
    inner = Box(
        box.left - size * 0.15, box.top + size * 0.3, box.right + size * 0.15, box.bottom - size * 0.25
    )
    end = inner.nearest(mark.point)
    length = math.dist((mark.point.x, mark.point.y), (end.x, end.y))
    if length < mark.radius + size:
        return None
    share = (mark.radius + size * 0.1) / length
    start = Point(
        mark.point.x + (end.x - mark.point.x) * share, mark.point.y + (end.y - mark.point.y) * share
    )
    return (start, end)


def _trouble(label: Label, index: int, ground: Ground, placed: Sequence[Label]) -> float:
    """What stands in the way of a label: out of the frame, on other names, dots, leaders and lines, in that order."""
    gap = ground.size * 0.18
    dots = [dot for number, dot in enumerate(ground.dots) if number != index]
    cost = 0.0 if label.box.inside(ground.frame) else 400.0
    cost += sum(900.0 for other in placed if label.box.meets(other.box, gap))
    cost += sum(500.0 for dot in dots if label.box.meets(dot, gap))
    leaders = [other.leader for other in placed if other.leader]
    cost += sum(60.0 for leader in leaders if _touches(leader, label.box))
    if label.leader:
        cost += sum(60.0 for other in placed if _touches(label.leader, other.box))
        cost += sum(40.0 for dot in dots if _touches(label.leader, dot))
        cost += sum(25.0 for leader in leaders if _cross(label.leader, leader))
    if cost >= 400.0:
        return cost
    return cost + sum(0.25 for point in ground.lines if label.box.holds(point))


def _touches(line: tuple[Point, Point], box: Box) -> bool:
    """Whether a line goes through a box: what of it lies between the sides and between top and bottom (Liang, Barsky)."""
    start, end = line
    across = _span(start.x, end.x, box.left, box.right)
    down = _span(start.y, end.y, box.top, box.bottom)
    return max(across[0], down[0], 0.0) <= min(across[1], down[1], 1.0)


def _span(start: float, end: float, low: float, high: float) -> tuple[float, float]:
    """The shares of the way at which a coordinate comes between two limits and leaves them."""
    if start == end:
        return (-math.inf, math.inf) if low <= start <= high else (math.inf, -math.inf)
    first, last = (low - start) / (end - start), (high - start) / (end - start)
    return (first, last) if first <= last else (last, first)


def _cross(one: tuple[Point, Point], two: tuple[Point, Point]) -> bool:
    return _side(one, two[0]) != _side(one, two[1]) and _side(two, one[0]) != _side(two, one[1])


def _side(line: tuple[Point, Point], point: Point) -> bool:
    start, end = line
    return (end.x - start.x) * (point.y - start.y) > (end.y - start.y) * (point.x - start.x)
