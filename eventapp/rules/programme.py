"""What holds for a session of the programme whatever the organisers wish: its times, and the hours of rooms."""

from datetime import datetime, time, timedelta
from typing import Final

from eventapp.errors import Refused

LONGEST: Final = timedelta(hours=24)


def check_hours(opens_at: time | None, closes_at: time | None) -> None:
    """Refuse a room that closes before it opens, or of which only one of both is known."""
    if (opens_at is None) != (closes_at is None):
        missing = "opens_at" if opens_at is None else "closes_at"
        raise Refused("Please give both hours, or none.", field=missing)
    if opens_at is not None and closes_at is not None and closes_at <= opens_at:
        raise Refused("A room must close after it has opened.", field="closes_at")


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Refuse a session that ends before it starts, or that lasts longer than a day."""
    if ends_at <= starts_at:
        raise Refused("A session must end after it has started.", field="ends")
    if ends_at - starts_at > LONGEST:
        raise Refused("A session lasts at most one day.", field="ends")
