"""The check-in desk of an edition: find, check in, undo, totals, and the list on paper."""

from eventapp.blueprints.attendance import desk, routes
from eventapp.blueprints.attendance.base import blueprint

__all__ = ["blueprint", "desk", "routes"]
