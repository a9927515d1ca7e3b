"""Where the bars of "received per day" stand; widths in per cent, so that the drawing needs no script."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from eventapp.services.today import Day

TOP, FLOOR = 14.0, 196.0
MEAN_OF = 7


@dataclass(frozen=True)
class Bar:
    """One day."""

    on: date
    count: int
    x: str
    width: str
    y: str
    height: str
    is_weekend: bool


@dataclass(frozen=True)
class Tick:
    """A line across, or a mark below, with what is written at it."""

    at: str
    value: int = 0
    on: date | None = None


@dataclass(frozen=True)
class Chart:
    """Everything the drawing consists of."""

    bars: Sequence[Bar]
    rows: Sequence[Tick]
    marks: Sequence[Tick]
    mean: Sequence[tuple[str, str, str, str]]


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _step(most: int) -> int:
    """The smallest round distance between lines with at most five of them."""
    power = 1
    while True:
        for lead in (1, 2, 5):
            if most <= 5 * lead * power:
                return lead * power
        power *= 10


def draw(days: Sequence[Day]) -> Chart:
    """The drawing of a run of days; an empty run of days gives lines without bars."""
    step = _step(max((day.count for day in days), default=0))
    most = max(step, max((day.count for day in days), default=0))
    slot = 100 / max(1, len(days))

    def height(count: float) -> float:
        return (FLOOR - TOP) * count / most

    bars = [
        Bar(
            on=day.on,
            count=day.count,
            x=_percent(place * slot + slot * 0.1),
            width=_percent(slot * 0.8),
            y=f"{FLOOR - height(day.count):.1f}",
            height=f"{height(day.count):.1f}",
            is_weekend=day.on.weekday() >= 5,
        )
        for place, day in enumerate(days)
    ]
    means = [
        sum(day.count for day in days[end - MEAN_OF : end]) / MEAN_OF for end in range(MEAN_OF, len(days) + 1)
    ]
    points = [
        (_percent((place + MEAN_OF - 0.5) * slot), f"{FLOOR - height(mean):.1f}")
        for place, mean in enumerate(means)
    ]
    return Chart(
        bars=bars,
        rows=[Tick(f"{FLOOR - height(value):.1f}", value) for value in range(step, most + 1, step)],
        marks=[
            Tick(_percent(place * slot), on=day.on)
            for place, day in enumerate(days)
            if day.on.day == 1 or place == 0
        ],
        mean=[(*one, *two) for one, two in pairwise(points)],
    )
