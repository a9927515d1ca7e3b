"""What holds for a session of the programme whatever the organisers wish: its times."""

from datetime import datetime, timedelta
from typing import Final

from eventapp.errors import Refused

LONGEST: Final = timedelta(hours=24)


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Refuse a session that ends before it starts, or that lasts longer than a day."""
    if ends_at <= starts_at:
        raise Refused("A session must end after it has started.", field="ends")
    if ends_at - starts_at > LONGEST:
        raise Refused("A session lasts at most one day.", field="ends")
