"""Counts in the dashboard, and what leaves it as a file."""

from eventapp.blueprints.statistics import delegates, routes
from eventapp.blueprints.statistics.base import blueprint

__all__ = ["blueprint", "delegates", "routes"]
