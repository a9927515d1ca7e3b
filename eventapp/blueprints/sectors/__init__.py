"""Sectors on two levels, for administrators."""

from eventapp.blueprints.sectors.routes import blueprint

__all__ = ["blueprint"]
