"""Badge categories and the table that derives them, for administrators."""

from eventapp.blueprints.badges import categories, routes
from eventapp.blueprints.badges.base import blueprint

__all__ = ["blueprint", "categories", "routes"]
