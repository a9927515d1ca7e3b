"""Uploaded images."""

from eventapp.blueprints.uploads.routes import blueprint

__all__ = ["blueprint"]
