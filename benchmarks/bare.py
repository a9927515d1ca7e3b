"""The yardstick of the cached page: a bare WSGI callable that returns given bytes with given headers."""

import json
import os
from pathlib import Path


def application():
    """Read what to return from the file named in the environment, once."""
    kept = json.loads(Path(os.environ["BENCH_BARE"]).read_text())
    pages = {
        path: ([tuple(pair) for pair in page["headers"]], [bytes.fromhex(page["body"])])
        for path, page in kept.items()
    }

    def bare(environ, start_response):
        headers, body = pages[environ["PATH_INFO"]]
        start_response("200 OK", headers)
        return body

    return bare
