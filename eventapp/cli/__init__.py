"""The commands of `eventapp`; each is one use case in one writing transaction."""

from eventapp.cli import database, demonstration, exports, safekeeping, serve
from eventapp.cli.door import Door, commands

__all__ = ["Door", "commands", "database", "demonstration", "exports", "safekeeping", "serve"]
