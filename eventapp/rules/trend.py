"""Registrations day by day: one edition beside an earlier one, day by day at the same distance from the first day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

LONGEST: Final = 400  # days that are drawn; what came before counts in the first total


@dataclass(frozen=True, kw_only=True)
class Run:
    """What came in for one edition on each day that had any; `starts_on` only where it is known to the day."""

    ordinal: int
    starts_on: date | None
    received: Mapping[date, int]

    @property
    def total(self) -> int:
        return sum(self.received.values())


@dataclass(frozen=True)
class Point:
    """One day of one edition: what came in on it, and altogether until its end."""

    received: int
    total: int


@dataclass(frozen=True, kw_only=True)
class TrendDay:
    """A day of the table; `distance` counts from the first day of the edition, negative before it."""

    distance: int | None
    on: date | None
    now: Point | None
    before: Point | None


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The days in order; `reason` says why there is no comparison, and is empty where there is one."""

    days: tuple[TrendDay, ...]
    before: int | None  # the ordinal of the earlier edition
    reason: str
    last: TrendDay | None  # the last day on which this edition has a number


def start_day(starts_on: date | None, precision: str) -> date | None:
    """The first day of an edition, if it is known to the day: a month has a first day too, but nobody meets on it."""
    return starts_on if precision == "day" else None


def compare(run: Run, earlier: Run | None, *, today: date) -> Trend:
    """Set one edition's days beside an earlier one's.

    Without the first day of both there is nothing to count the distance from: then the days stand alone, by date.
    """
    own = _points(run, _last_day(run, today))
    reason = _reason(run, earlier)
    if reason or earlier is None or run.starts_on is None or earlier.starts_on is None:
        start = run.starts_on
        alone = [
            TrendDay(distance=(on - start).days if start else None, on=on, now=point, before=None)
            for on, point in own.items()
        ]
        return Trend(days=tuple(alone), before=None, reason=reason, last=alone[-1] if alone else None)
    older = _points(earlier, max((*earlier.received, earlier.starts_on)))
    mine = {(on - run.starts_on).days: point for on, point in own.items()}
    theirs = {(on - earlier.starts_on).days: point for on, point in older.items()}
    both = [*mine, *theirs]
    days = [
        TrendDay(
            distance=distance,
            on=run.starts_on + timedelta(days=distance),
            now=mine.get(distance),
            before=theirs.get(distance) or _after(distance, theirs),
        )
        for distance in range(max(min(both), max(both) - LONGEST + 1), max(both) + 1)
    ]
    last = next((day for day in reversed(days) if day.now), None)
    return Trend(days=tuple(days), before=earlier.ordinal, reason="", last=last)


def _reason(run: Run, earlier: Run | None) -> str:
    if not run.received:
        return "empty"
    if earlier is None:
        return "first"
    if run.starts_on is None:
        return "no_day"
    return "no_day_before" if earlier.starts_on is None else ""


def _last_day(run: Run, today: date) -> date:
    """Until today, and once the edition has begun until it began or the last registration came, whichever is later."""
    last = max(run.received, default=today)
    return max(last, min(today, run.starts_on)) if run.starts_on else last


def _points(run: Run, last: date) -> dict[date, Point]:
    """Every day from the first registration to `last`, those on which nothing came among them."""
    if not run.received:
        return {}
    first = max(min(run.received), last - timedelta(days=LONGEST - 1))
    total = sum(count for on, count in run.received.items() if on < first)
    points = {}
    for place in range((last - first).days + 1):
        on = first + timedelta(days=place)
        received = run.received.get(on, 0)
        total += received
        points[on] = Point(received, total)
    return points


def _after(distance: int, points: Mapping[int, Point]) -> Point | None:
    """Once the last registration of an edition has come, its total stays."""
    last = max(points)
    return Point(0, points[last].total) if distance > last else None
