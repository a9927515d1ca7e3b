"""Registrations in the dashboard: the list, decisions for many, one person, letters to many."""

from eventapp.blueprints.registrations_desk import decisions, letters, one, people, routes
from eventapp.blueprints.registrations_desk.base import blueprint

__all__ = ["blueprint", "decisions", "letters", "one", "people", "routes"]
