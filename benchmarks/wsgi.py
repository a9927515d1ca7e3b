"""Requests to the WSGI callable in this process: nothing but the application's own work, counted in CPU seconds."""

import gc
import io
import time
from typing import Any


def environ(path: str, *, method: str = "GET", body: bytes = b"", **more: str) -> dict[str, Any]:
    path, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **more,
    }


def ask(app: Any, path: str, **more: Any) -> tuple[int, bytes]:
    """Status and body of one answer."""
    found: list[str] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
        found.append(status)
        return lambda data: None

    chunks = app(environ(path, **more), start)
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    return int(found[-1].split()[0]), body


def cpu(app: Any, path: str, times: int, **more: Any) -> float:
    """CPU seconds of one request, the mean of so many."""
    gc.collect()
    begun = time.process_time()
    for _ in range(times):
        status, _ = ask(app, path, **more)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
    return (time.process_time() - begun) / times
