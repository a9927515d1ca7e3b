"""How long an edition keeps personal data, and when what it holds goes."""

from eventapp.blueprints.keeping.routes import blueprint

__all__ = ["blueprint"]
