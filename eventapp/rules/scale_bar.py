"""The time in which one may register, drawn like the scale bar of a map."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

WIDTH = 480.0
_PARTS = 9


@dataclass(frozen=True, slots=True)
class Segment:
    """One field of the bar; full and empty ones take turns."""

    x: str
    width: str
    is_full: bool


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """The fields of the bar, the place of today on it (None outside) and the days that are left."""

    segments: tuple[Segment, ...]
    now_x: str | None
    days_left: int


def draw_scale(opens_at: datetime, closes_at: datetime, now: datetime, time_zone: str) -> ScaleBar:
    """The bar from opening to closing; days are counted where the edition is held."""
    step = WIDTH / _PARTS
    segments = tuple(Segment(f"{index * step:.1f}", f"{step:.1f}", index % 2 == 0) for index in range(_PARTS))
    share = (now - opens_at) / (closes_at - opens_at)
    zone = ZoneInfo(time_zone)
    left = (closes_at.astimezone(zone).date() - now.astimezone(zone).date()).days
    return ScaleBar(segments, f"{share * WIDTH:.1f}" if 0 <= share < 1 else None, left)
