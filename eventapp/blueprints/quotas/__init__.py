"""Quotas of an edition in the dashboard."""

from eventapp.blueprints.quotas.routes import blueprint

__all__ = ["blueprint"]
