"""Classes of a map's numbers: at most five, from small to large, with bounds that people can remember."""

from collections.abc import Iterable
from typing import Final

MOST: Final = 5
_ROUND: Final = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80)


def classes_of(values: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Classes as (lowest, highest) that hold every positive value once; each is about so many times the one before.

    Numbers of people per country grow by factors (a host sends a hundred, most send three), so equal steps would put
    nearly all countries into the first class.
    """
    largest = max((value for value in values if value > 0), default=0)
    if largest <= MOST:
        return tuple((value, value) for value in range(1, largest + 1))
    tops: list[int] = []
    for place in range(1, MOST):
        top = _round_down(largest ** (place / MOST))
        if not tops or top > tops[-1]:
            tops.append(top)
    bounds = [*tops, largest]
    return tuple((low + 1, high) for low, high in zip([0, *bounds], bounds, strict=False))


def _round_down(value: float) -> int:
    power = 1
    while value >= 100 * power:
        power *= 10
    return max(step * power for step in _ROUND if step * power <= value)
