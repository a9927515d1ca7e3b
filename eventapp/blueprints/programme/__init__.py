"""The programme of an edition in the dashboard: sessions, rooms, speakers, documents."""

from eventapp.blueprints.programme import (
    documents,
    documents_files,
    grid,
    pattern,
    publishing,
    rooms,
    speakers,
    speakers_letters,
    telling,
    tracks,
)
from eventapp.blueprints.programme.routes import blueprint

__all__ = [
    "blueprint",
    "documents",
    "documents_files",
    "grid",
    "pattern",
    "publishing",
    "rooms",
    "speakers",
    "speakers_letters",
    "telling",
    "tracks",
]
