"""The privacy notice and its versions, for administrators."""

from eventapp.blueprints.privacy.routes import blueprint

__all__ = ["blueprint"]
