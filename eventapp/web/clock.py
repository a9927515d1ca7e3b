"""The server's clock, asked once per use case at the edge; tests put their own in its place."""

from datetime import UTC, datetime

from flask import current_app

CLOCK = "eventapp.clock"


def now() -> datetime:
    """The moment, aware and in UTC."""
    clock = current_app.extensions.get(CLOCK)
    moment: datetime = clock() if clock else datetime.now(UTC)
    return moment
