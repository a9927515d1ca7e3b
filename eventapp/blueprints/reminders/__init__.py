"""Reminders of an edition: their schedule, and who would be reminded next."""

from eventapp.blueprints.reminders.routes import blueprint

__all__ = ["blueprint"]
