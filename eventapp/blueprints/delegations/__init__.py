"""Represented bodies of an edition: delegations, focal points, credentials."""

from eventapp.blueprints.delegations import focal, many, papers, routes
from eventapp.blueprints.delegations.base import blueprint

__all__ = ["blueprint", "focal", "many", "papers", "routes"]
