"""What holds for an edition: how its state may change and when registration stands open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from eventapp.errors import Closed, NotFound, Refused, message

TRANSITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "draft": ("published",),
    "published": ("held", "postponed", "cancelled"),
    "postponed": ("published", "cancelled"),
    "cancelled": ("archived",),
    "held": ("archived",),
    "archived": (),
}
PUBLIC_STATES: Final = frozenset({"published", "held", "archived", "postponed", "cancelled"})
PAST_STATES: Final = frozenset({"held", "archived"})


@dataclass(frozen=True, kw_only=True)
class Window:
    """What decides whether a registration may come in, taken from an edition."""

    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    accepts_late: bool
    changes_close_at: datetime | None = None

    def phase(self, now: datetime) -> str:
        """One of: hidden, unannounced, before, open, late, closed, postponed, cancelled, over.

        The opening second belongs to open, the closing second no longer does.
        """
        if self.state == "draft":
            return "hidden"
        if self.state in ("postponed", "cancelled"):
            return self.state
        if self.state in PAST_STATES:
            return "over"
        if self.opens_at is None:
            return "unannounced"
        if now < self.opens_at:
            return "before"
        if self.closes_at is None or now < self.closes_at:
            return "open"
        return "late" if self.accepts_late else "closed"

    def next_change(self, now: datetime) -> datetime | None:
        """The next instant at which the phase changes by itself, for caches."""
        coming = [at for at in (self.opens_at, self.closes_at, self.changes_close_at) if at and at > now]
        return min(coming, default=None)


def check_transition(old: str, new: str) -> None:
    """Refuse a change of an edition's state that the field does not know."""
    if new not in TRANSITIONS[old]:
        raise Refused("An edition cannot go from this state to that one.", code="transition")


def check_registration_open(window: Window, now: datetime) -> bool:
    """Whether a registration that comes in now is late; raises Closed (or NotFound for a draft) with the reason."""
    phase = window.phase(now)
    if phase == "hidden":
        raise NotFound("There is no such edition.")
    if phase in ("open", "late"):
        return phase == "late"
    raise Closed(
        {
            "unannounced": message("Registration has not been announced yet."),
            "before": message("Registration has not opened yet."),
            "closed": message("Registration has closed."),
            "postponed": message("This edition has been postponed. Registration is closed."),
            "cancelled": message("This edition has been cancelled."),
            "over": message("This edition has taken place."),
        }[phase],
        code=phase,
    )
