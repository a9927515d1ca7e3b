"""Counts in the dashboard, and what leaves it as a file."""

from eventapp.blueprints.statistics import column_sets, delegates, export_jobs, routes
from eventapp.blueprints.statistics.base import blueprint

__all__ = ["blueprint", "column_sets", "delegates", "export_jobs", "routes"]
