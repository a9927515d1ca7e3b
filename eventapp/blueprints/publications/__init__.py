"""Publishing counts: preview, publish, withdraw."""

from eventapp.blueprints.publications.routes import blueprint

__all__ = ["blueprint"]
