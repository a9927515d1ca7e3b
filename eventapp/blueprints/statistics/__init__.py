"""Counts in the dashboard, and what leaves it as a file."""

from eventapp.blueprints.statistics.routes import blueprint

__all__ = ["blueprint"]
