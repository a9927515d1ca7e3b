"""The programme of an edition in the dashboard: sessions, rooms, speakers."""

from eventapp.blueprints.programme import grid, pattern, publishing, rooms, speakers, tracks
from eventapp.blueprints.programme.routes import blueprint

__all__ = ["blueprint", "grid", "pattern", "publishing", "rooms", "speakers", "tracks"]
