"""When the clocks of a zone change, and by how much: what a calendar file has to say about a zone to be understood anywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class ClockChange:
    """From this moment on the zone's clocks are `after` ahead of UTC; before they were `before`."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str  # of the time that begins, such as CEST

    @property
    def is_forward(self) -> bool:
        return self.after > self.before

    @property
    def wall(self) -> datetime:
        """What the clocks show when they change, still by the old time; without a zone, as calendar files write it."""
        return self.at.replace(tzinfo=None) + self.before


def list_changes(zone: ZoneInfo, moments: Iterable[datetime]) -> list[ClockChange]:
    """What holds at the beginning of the year of the first moment, and each change until the end of the year of the last."""
    years = sorted(moment.astimezone(UTC).year for moment in moments)
    if not years:
        return []
    at, last = datetime(years[0], 1, 1, tzinfo=UTC), datetime(years[-1] + 1, 1, 2, tzinfo=UTC)
    found = [ClockChange(at=at, before=_offset(zone, at), after=_offset(zone, at), name=_name(zone, at))]
    while at < last:
        if _offset(zone, at + _DAY) != _offset(zone, at):
            moment = _moment_of_change(zone, at, at + _DAY)
            before, after = _offset(zone, at), _offset(zone, moment)
            found.append(ClockChange(at=moment, before=before, after=after, name=_name(zone, moment)))
        at += _DAY
    return found


def is_doubled(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks show the time of this moment twice: the night in which they go back."""
    wall = moment.astimezone(zone).replace(fold=0)
    return wall.utcoffset() != wall.replace(fold=1).utcoffset()


def is_second(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether it is the second of two moments at which the clocks show the same."""
    return is_doubled(moment, zone) and moment.astimezone(zone).fold == 1


def pick_of_two(moment: datetime, zone: ZoneInfo, *, second: bool) -> datetime:
    """The first or the second moment at which the clocks show what they show at this one, in UTC."""
    return moment.astimezone(zone).replace(fold=int(second)).astimezone(UTC)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _name(zone: ZoneInfo, at: datetime) -> str:
    return at.astimezone(zone).tzname() or zone.key


def _moment_of_change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second at which the later offset holds; it lies between both."""
    new = _offset(zone, after)
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        before, after = (before, middle) if _offset(zone, middle) == new else (middle, after)
    return after
