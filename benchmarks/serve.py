"""Serves a yardstick as `eventapp run` serves the product: the same server, a fork, one worker, the same threads."""

import importlib
import multiprocessing
import sys

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from benchmarks.server import THREADS
from eventapp.cli.serve import BACKLOG, STOP_SECONDS


def main(target: str, port: int) -> None:
    """Serve the callable that the target's function makes."""
    module, _, name = target.partition(":")
    made = getattr(importlib.import_module(module), name)()
    multiprocessing.set_start_method("fork", force=True)
    server = MPServer(
        target,
        interface=Interfaces.WSGI,
        address="127.0.0.1",
        port=port,
        workers=1,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        backpressure=BACKLOG,
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,
        workers_kill_timeout=STOP_SECONDS,
    )
    server.serve(target_loader=lambda: made, wrap_loader=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
