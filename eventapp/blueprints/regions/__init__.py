"""Schemes of regions and their regions, for administrators."""

from eventapp.blueprints.regions import routes, schemes
from eventapp.blueprints.regions.base import blueprint

__all__ = ["blueprint", "routes", "schemes"]
