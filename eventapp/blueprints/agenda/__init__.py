"""A delegate's own agenda, reached by the private link, and the personal calendar."""

from eventapp.blueprints.agenda.routes import blueprint

__all__ = ["blueprint"]
