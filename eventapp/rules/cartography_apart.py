"""Dots that would cover each other are moved apart: two host cities may lie nearer on the sheet than their dots are wide."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from eventapp.rules.cartography import Point

_ROUNDS = 200
_GOLDEN = math.pi * (3.0 - math.sqrt(5.0))  # no two numbers of dots in one place go the same way


@dataclass(frozen=True, slots=True)
class Disc:
    """A dot's place and size; one that is held stays where it belongs, and the others make room."""

    point: Point
    radius: float
    is_held: bool = False


def move_apart(discs: Sequence[Disc], *, gap: float) -> tuple[Point, ...]:
    """The places at which no two discs touch, each as near to its own as that lets it; the same for the same input."""
    points = [disc.point for disc in discs]
    pairs = [(one, other) for one, other in combinations(range(len(discs)), 2)]
    for _ in range(_ROUNDS):
        is_clear = True
        for one, other in pairs:
            wanted = discs[one].radius + discs[other].radius + gap
            missing = wanted - math.dist(_xy(points[one]), _xy(points[other]))
            if missing > 1e-6:
                is_clear = False
                _push(points, discs, (one, other), missing)
        if is_clear:
            break
    return tuple(points)


def _push(points: list[Point], discs: Sequence[Disc], pair: tuple[int, int], missing: float) -> None:
    """Move two discs apart by what is missing: both by half of it, or all of it where one is held."""
    one, other = pair
    across, down = _way(points[one], points[other], other)
    share = 0.5 if discs[one].is_held == discs[other].is_held else float(discs[other].is_held)
    back, ahead = missing * share, missing * (1.0 - share)
    points[one] = Point(points[one].x - across * back, points[one].y - down * back)
    points[other] = Point(points[other].x + across * ahead, points[other].y + down * ahead)


def _way(start: Point, end: Point, number: int) -> tuple[float, float]:
    """The direction from one place to another; for one and the same place a direction of its own for each number."""
    length = math.dist(_xy(start), _xy(end))
    if length < 1e-9:
        return math.cos(number * _GOLDEN), math.sin(number * _GOLDEN)
    return (end.x - start.x) / length, (end.y - start.y) / length


def _xy(point: Point) -> tuple[float, float]:
    return point.x, point.y
