"""When a message that could not be sent is tried again, and how addresses are written."""

from datetime import datetime, timedelta
from typing import Final

PAUSES: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)
MOST_ATTEMPTS: Final = len(PAUSES) + 1
JITTER: Final = 0.2


def next_attempt_at(attempts: int, now: datetime, chance: float) -> datetime | None:
    """When to try again after so many attempts; None when it was the last one.

    `chance` (0 to 1) stretches the pause by up to a fifth, so that what failed together does not come back together.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + PAUSES[max(0, attempts - 1)] * (1 + JITTER * chance)


def normal_address(address: str) -> str:
    """An address as accounts are found by it: without spaces round it, in lower case."""
    return address.strip().lower()


def wire_address(address: str) -> str:
    """The address as it goes over the wire: a domain in another script as the ASCII that stands for it.

    A local part outside ASCII stays as it is and needs a server that knows SMTPUTF8.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local.isascii() or domain.isascii():
        return address
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address
