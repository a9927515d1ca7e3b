"""Signing in and out, passwords by link, the first organiser, one's own account."""

from eventapp.blueprints.accounts import own
from eventapp.blueprints.accounts.routes import blueprint

__all__ = ["blueprint", "own"]
