"""Documents of programmes for everybody, and for the owners of private links."""

from eventapp.blueprints.documents.routes import blueprint

__all__ = ["blueprint"]
