"""The audit list: who changed or exported what, and when."""

from eventapp.blueprints.audit.routes import blueprint

__all__ = ["blueprint"]
