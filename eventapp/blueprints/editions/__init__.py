"""Editions in the dashboard."""

from eventapp.blueprints.editions import parts, states
from eventapp.blueprints.editions.routes import blueprint

__all__ = ["blueprint", "parts", "states"]
