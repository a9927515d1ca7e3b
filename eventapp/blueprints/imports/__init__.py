"""Lists of people that are brought into an edition: template, upload, what would happen, confirmation."""

from eventapp.blueprints.imports import routes, template
from eventapp.blueprints.imports.base import blueprint

__all__ = ["blueprint", "routes", "template"]
