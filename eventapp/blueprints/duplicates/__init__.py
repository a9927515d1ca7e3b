"""Possible duplicates in the dashboard: the queue, the comparison, and what the secretariat decides."""

from eventapp.blueprints.duplicates import comparing, routes
from eventapp.blueprints.duplicates.base import blueprint

__all__ = ["blueprint", "comparing", "routes"]
