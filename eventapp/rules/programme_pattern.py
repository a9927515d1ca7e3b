"""The day pattern of one edition on the days of another: the same hours on the wall, whatever the zones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Span:
    """A session by its number, with its times."""

    id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Pattern:
    """Where each session goes, and those for which there is no day."""

    placed: Sequence[Span]
    left: Sequence[int]


def transfer(spans: Iterable[Span], source: ZoneInfo, days: Sequence[date], target: ZoneInfo) -> Pattern:
    """Sessions of the first day to the first day and so on: counted from the first day on which there is a session.

    A time that the change to summer time leaves out becomes the one an hour later; a session lasts as long as it did.
    """
    ordered = sorted(spans, key=lambda one: (one.starts_at, one.id))
    if not ordered:
        return Pattern([], [])
    first = ordered[0].starts_at.astimezone(source).date()
    placed, left = [], []
    for one in ordered:
        wall = one.starts_at.astimezone(source)
        number = (wall.date() - first).days
        if number >= len(days):
            left.append(one.id)
            continue
        moment = datetime.combine(days[number], wall.time(), target)
        starts_at = moment.astimezone(UTC)
        placed.append(Span(one.id, starts_at, starts_at + (one.ends_at - one.starts_at)))
    return Pattern(placed, left)
