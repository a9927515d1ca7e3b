"""Bodies and partnerships in the dashboard."""

from eventapp.blueprints.bodies import partners
from eventapp.blueprints.bodies.routes import blueprint

__all__ = ["blueprint", "partners"]
