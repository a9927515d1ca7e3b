"""The programme of an edition in the dashboard: sessions, rooms, speakers."""

from eventapp.blueprints.programme import publishing, rooms, speakers, tracks
from eventapp.blueprints.programme.routes import blueprint

__all__ = ["blueprint", "publishing", "rooms", "speakers", "tracks"]
