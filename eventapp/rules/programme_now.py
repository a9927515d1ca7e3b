"""What runs now and what comes next, and when that answer changes; and which sessions a filter leaves."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from eventapp.rules.programme_document import Shown, Texts

EVE: Final = timedelta(hours=12)  # from so long before the first session on, "next" is worth telling
FILTERS: Final = ("day", "track", "room", "kind")


@dataclass(frozen=True)
class Moment:
    """The sessions that run and those that begin next, all at the same time; `until` is when that changes."""

    running: Sequence[Shown]
    following: Sequence[Shown]
    until: datetime | None


def now_and_next(sessions: Sequence[Shown], now: datetime) -> Moment:
    """Nothing before the eve of the first session and after the last one."""
    coming = sorted(one.starts_at for one in sessions if one.starts_at > now)
    running = [one for one in sessions if one.starts_at <= now < one.ends_at]
    if not sessions or now >= max(one.ends_at for one in sessions):
        return Moment([], [], None)
    eve = min(one.starts_at for one in sessions) - EVE
    if now < eve:
        return Moment([], [], eve)
    following = [one for one in sessions if coming and one.starts_at == coming[0]]
    return Moment(running, following, min([*coming[:1], *(one.ends_at for one in running)]))


def key_of(texts: Texts | None) -> str:
    """By what a room or a track goes in an address: its English name, or the first one it has; the same in every language."""
    if not texts:
        return ""
    return texts.get("en") or next(iter(texts.values()))


def list_choices(sessions: Iterable[Shown], zone: ZoneInfo) -> Mapping[str, list[tuple[str, Texts]]]:
    """What can be filtered by: key and names of tracks and rooms, days and kinds by their words; each in its order."""
    tracks: dict[str, Texts] = {}
    rooms: dict[str, Texts] = {}
    kinds: dict[str, Texts] = {}
    days: dict[str, Texts] = {}
    for one in sessions:
        days.setdefault(day_of(one, zone).isoformat(), {})
        kinds.setdefault(one.kind, {})
        if one.track:
            tracks.setdefault(key_of(one.track), one.track)
        if one.room:
            rooms.setdefault(key_of(one.room), one.room)
    found = {"day": days, "track": tracks, "room": rooms, "kind": kinds}
    return {name: list(choices.items()) for name, choices in found.items()}


def day_of(one: Shown, zone: ZoneInfo) -> date:
    """The day on which a session starts where the edition is held."""
    return one.starts_at.astimezone(zone).date()


def filtered(sessions: Iterable[Shown], wanted: Mapping[str, str], zone: ZoneInfo) -> list[Shown]:
    """The sessions that hold every value that is wanted; an empty value asks for nothing."""
    read: Mapping[str, Callable[[Shown], str]] = {
        "day": lambda one: day_of(one, zone).isoformat(),
        "track": lambda one: key_of(one.track),
        "room": lambda one: key_of(one.room),
        "kind": lambda one: one.kind,
    }
    asked = [(read[name], value) for name, value in wanted.items() if value]
    return [one for one in sessions if all(get(one) == value for get, value in asked)]
