"""The commands of `eventapp`; each is one use case in one writing transaction."""

from eventapp.cli import backup, database, demonstration, exports, serve
from eventapp.cli.door import Door, commands

__all__ = ["Door", "backup", "commands", "database", "demonstration", "exports", "serve"]
