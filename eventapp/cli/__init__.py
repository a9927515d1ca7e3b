"""The commands of `eventapp`; each is one use case in one writing transaction."""

import os

from eventapp.cli.door import Door, commands

__all__ = ["Door", "commands"]

# Granian brings an allocator of its own, which reads this while it is loaded: as it comes it keeps 3 MB more for its threads
# under load, and no page is answered quicker for it.
os.environ.setdefault("_RJEM_MALLOC_CONF", "narenas:2,tcache_max:4096,dirty_decay_ms:1000,muzzy_decay_ms:0")
