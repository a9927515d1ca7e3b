"""Users and roles, for administrators."""

from eventapp.blueprints.users.routes import blueprint

__all__ = ["blueprint"]
