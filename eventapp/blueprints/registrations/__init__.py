"""The delegate's side: the registration form, and what the private link opens."""

from eventapp.blueprints.registrations import link_routes, own_routes, routes
from eventapp.blueprints.registrations.base import blueprint

__all__ = ["blueprint", "link_routes", "own_routes", "routes"]
