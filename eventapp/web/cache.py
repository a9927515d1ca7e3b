"""The cache in front of Flask: public pages that are the same for everybody, served without waking the application.

A handler says `@cached_page()`; whatever the page shows that changes by itself is told with `ends_at(moment)`.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Final, ParamSpec
from urllib.parse import parse_qsl, urlencode

from flask import Flask, Response, g, has_request_context, make_response, request
from werkzeug.http import http_date, parse_date, parse_etags

from eventapp.adapters import journal as log
from eventapp.web import content
from eventapp.web.clock import CLOCK

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask.typing import ResponseReturnValue


NAME: Final = "eventapp.cache"
LARGEST_COUNT: Final = 2000
LARGEST_BYTES: Final = 32 * 1024 * 1024
WAIT_SECONDS: Final = 5.0
_ANONYMOUS: Final = (
    "eventapp.anonymous"  # environ: the answer may be kept, so it must be the same for everybody
)
_UNTIL: Final = "X-Eventapp-Until"  # internal headers; they never leave the process
_QUERY: Final = "X-Eventapp-Query"
_COOKIE: Final = "eventapp="
_NEVER: Final = float("inf")
_BODY_HEADERS: Final = ("content-length", "content-type", "content-encoding")

P = ParamSpec("P")
Key = tuple[str, str, bool]
Headers = list[tuple[str, str]]
Write = Callable[[bytes], object]


def is_kept() -> bool:
    """Whether the answer to this request may be kept for everybody."""
    return bool(has_request_context() and g.get("is_kept", False))


def ends_at(moment: datetime | None) -> None:
    """Say that the page changes by itself at this instant; the earliest of all holds."""
    if moment is not None:
        g.page_until = min(g.get("page_until", _NEVER), moment.timestamp())


def cached_page(*query: str) -> Callable[[Callable[P, "ResponseReturnValue"]], Callable[P, Response]]:
    """Let the answer of a handler be kept; it may depend on the path, the language and the named query keys only."""

    def wrap(handler: Callable[P, "ResponseReturnValue"]) -> Callable[P, Response]:
        @wraps(handler)
        def run(*args: P.args, **kwargs: P.kwargs) -> Response:
            g.is_kept = _ANONYMOUS in request.environ
            response = make_response(handler(*args, **kwargs))
            if response.status_code != 200:
                return response
            response.set_etag(hashlib.blake2b(response.get_data(), digest_size=12).hexdigest(), weak=True)
            if not g.is_kept:
                response.headers["Cache-Control"] = "private, no-cache"
                response.make_conditional(request)
                return response
            response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
            response.headers[_UNTIL] = repr(g.get("page_until", _NEVER))
            response.headers[_QUERY] = ",".join(query)
            return response

        return run

    return wrap


@dataclass(frozen=True, slots=True)
class Entry:
    """One kept answer, ready to be sent."""

    version: content.Version
    until: float
    etag: str
    modified: int
    headers: Headers
    short_headers: Headers  # for 304
    body: list[bytes]
    size: int


class PageCache:
    """The WSGI middleware. A hit costs one look into a dict and one os.stat."""

    def __init__(self, app: Flask, inner: "WSGIApplication") -> None:
        self._inner = inner
        self._extensions = app.extensions
        self._watch = content.watch(app)
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._query_keys: dict[str, frozenset[str]] = {}  # path -> query keys its page depends on
        self._busy: dict[Key, threading.Lock] = {}
        self._lock = threading.Lock()
        self.size = 0

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or _COOKIE in environ.get("HTTP_COOKIE", ""):
            return self._inner(environ, start_response)
        text = environ.get("QUERY_STRING")
        key = self._key(environ, text) if text else (environ["PATH_INFO"], "", _takes_gzip(environ))
        entry = self._find(key)
        if entry is not None:
            return _send(entry, environ, start_response)
        if environ["PATH_INFO"] in self._query_keys:
            return self._ask_in_turn(environ, start_response, key)
        return self._ask(environ, start_response)

    def __len__(self) -> int:
        return len(self._entries)

    def clear(self) -> None:
        """Forget everything; for tests."""
        with self._lock:
            self._entries.clear()
            self._query_keys.clear()
            self.size = 0
        if (kept := self._extensions.get(content.KEPT)) is not None:
            kept.clear()

    def _now(self) -> float:
        clock = self._extensions.get(CLOCK)
        return float(clock().timestamp()) if clock else time.time()

    def _find(self, key: Key) -> Entry | None:
        entry = self._entries.get(key)
        if entry is None or entry.version != self._watch.number() or self._now() >= entry.until:
            return None
        try:  # noqa: SIM105 - suppress() would cost more than all the rest of a hit
            self._entries.move_to_end(key)
        except KeyError:  # another thread has just dropped it
            pass
        return entry

    def _key(self, environ: "WSGIEnvironment", text: str) -> Key:
        """The part of the query that the page depends on, in one order; an unknown page keeps it all."""
        keys = self._query_keys.get(environ["PATH_INFO"])
        if keys is not None:
            text = urlencode(sorted(pair for pair in parse_qsl(text) if pair[0] in keys)) if keys else ""
        return (environ["PATH_INFO"], text, _takes_gzip(environ))

    def _ask_in_turn(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", key: Key
    ) -> Iterable[bytes]:
        """Of several who want a page that has just ended, one asks and the others get what he was told."""
        turn = self._busy.setdefault(key, threading.Lock())
        taken = turn.acquire(timeout=WAIT_SECONDS)
        try:
            entry = self._find(key)
            if entry is not None:
                return _send(entry, environ, start_response)
            return self._ask(environ, start_response)
        finally:
            self._busy.pop(key, None)
            if taken:
                turn.release()

    def _ask(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Let the application answer; keep what it lets be kept, hand the rest on as it comes."""
        version = self._watch.number()  # before the page is made: a change while it is made ends it
        taken: list[Headers] = []

        def start(status: str, headers: Headers, exc_info: "OptExcInfo | None" = None, /) -> Write:
            if any(name == _UNTIL for name, _ in headers):
                taken.append(headers)
                return _nowhere
            return start_response(status, headers, exc_info)

        # a copy: below, the language moves out of the path
        chunks = self._inner({**environ, _ANONYMOUS: True}, start)
        if not taken:
            return chunks
        body = b"".join(chunks)
        if (close := getattr(chunks, "close", None)) is not None:
            close()
        if any(name.lower() == "set-cookie" for name, _ in taken[0]):
            log.error("a page that says it may be kept sets a cookie", path=environ["PATH_INFO"])
            headers = _without(taken[0], _UNTIL, _QUERY, "Cache-Control", "ETag")
            start_response("200 OK", [*headers, ("Cache-Control", "private, no-store")])
            return [body]
        if environ["REQUEST_METHOD"] == "HEAD":
            start_response("200 OK", _without(taken[0], _UNTIL, _QUERY))
            return []
        return _send(self._keep(environ, taken[0], body, version), environ, start_response)

    def _keep(
        self, environ: "WSGIEnvironment", headers: Headers, body: bytes, version: content.Version
    ) -> Entry:
        found = dict(headers)
        with self._lock:
            self._query_keys[environ["PATH_INFO"]] = frozenset(filter(None, found[_QUERY].split(",")))
            key = self._key(environ, environ.get("QUERY_STRING", ""))
            old = self._entries.pop(key, None)
            entry = _entry(headers, body, version, self._modified(old, found["ETag"]))
            self._entries[key] = entry
            self.size += entry.size - (old.size if old else 0)
            while self.size > LARGEST_BYTES or len(self._entries) > LARGEST_COUNT:
                self.size -= self._entries.popitem(last=False)[1].size
            if len(self._query_keys) > 4 * LARGEST_COUNT:
                self._query_keys.clear()
        return entry

    def _modified(self, old: Entry | None, etag: str) -> int:
        """When this content was first made, in whole seconds; another content is never of the same second."""
        if old is not None and old.etag == etag:
            return old.modified
        return max(int(self._now()), old.modified + 1 if old else 0)


def _nowhere(_: bytes) -> None:
    return None


def _takes_gzip(environ: "WSGIEnvironment") -> bool:
    return "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")


def _without(headers: Headers, *names: str) -> Headers:
    dropped = {name.lower() for name in names}
    return [(name, value) for name, value in headers if name.lower() not in dropped]


def _entry(headers: Headers, body: bytes, version: content.Version, modified: int) -> Entry:
    found = dict(headers)
    sent = [
        *_without(headers, _UNTIL, _QUERY, "Vary", "Last-Modified"),
        ("Vary", "Accept-Encoding"),
        ("Last-Modified", http_date(modified)),
    ]
    return Entry(
        version=version,
        until=float(found[_UNTIL]),
        etag=found["ETag"],
        modified=modified,
        headers=sent,
        short_headers=_without(sent, *_BODY_HEADERS),
        body=[body],
        size=len(body) + 2 * sum(len(name) + len(value) for name, value in sent),
    )


def _send(entry: Entry, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    if ("HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ) and _is_known(entry, environ):
        start_response("304 NOT MODIFIED", list(entry.short_headers))
        return []
    start_response("200 OK", list(entry.headers))
    return entry.body if environ["REQUEST_METHOD"] == "GET" else []


def _is_known(entry: Entry, environ: "WSGIEnvironment") -> bool:
    """Whether the reader has this very content: by its ETag, and only without one by the date."""
    if known := environ.get("HTTP_IF_NONE_MATCH"):
        return parse_etags(known).contains_weak(entry.etag.removeprefix("W/").strip('"'))
    since = parse_date(environ.get("HTTP_IF_MODIFIED_SINCE"))
    return since is not None and entry.modified <= since.timestamp()


def init_cache(app: Flask) -> None:
    """Put the cache in front of everything that has been put in front of the application so far."""
    cache = PageCache(app, app.wsgi_app)
    app.extensions[NAME] = cache
    app.wsgi_app = cache  # type: ignore[method-assign]  # as Flask's documentation says
