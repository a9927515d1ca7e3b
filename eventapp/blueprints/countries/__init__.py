"""Countries and territories, for administrators."""

from eventapp.blueprints.countries.routes import blueprint

__all__ = ["blueprint"]
