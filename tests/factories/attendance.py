"""Check-ins for tests, made by the service so that the flag stands with the row; the eighth edition is on 8-10 June 2027."""

from datetime import UTC, datetime

from eventapp.models import CheckIn, Registration
from eventapp.rules.access import Actor
from eventapp.services import attendance

FIRST_MORNING = datetime(2027, 6, 8, 6, 12, tzinfo=UTC)  # 09:12 in Nairobi
GUARD = Actor(kind="user", id=None, name="B. Guard", role="organiser", all_editions=True)


def make_check_in(
    registration: Registration, *, at: datetime = FIRST_MORNING, desk: str = "Main entrance"
) -> CheckIn:
    """A saved check-in, whatever the person's state."""
    ordinal, state = registration.edition.ordinal, registration.state
    return attendance.check_in(GUARD, ordinal, registration.reference, despite=state, desk=desk, now=at)
