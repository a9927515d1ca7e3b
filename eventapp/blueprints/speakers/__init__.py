"""A speaker's own page, by private link: sessions with an answer to each, the profile, the public page."""

from eventapp.blueprints.speakers import profile, routes
from eventapp.blueprints.speakers.base import blueprint

__all__ = ["blueprint", "profile", "routes"]
