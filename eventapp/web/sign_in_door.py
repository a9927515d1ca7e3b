"""The door before the sign-in: whoever cannot be let in is told so at once, before anything is worked out for him.

A flood of wrong passwords must not slow the pages of everybody else. The answer that sends away is made once per language.
"""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from flask import Flask, current_app, render_template, request

from eventapp.errors import message
from eventapp.web import sign_in_limits
from eventapp.web.headers import security_headers
from eventapp.web.locale import environ_in
from eventapp.web.password_gate import RETRY_AFTER_SECONDS, gate
from eventapp.web.typed import translate

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NAME: Final = "eventapp.sign_in_door"
SHUT_SECONDS: Final = 5.0
_MOST_ADDRESSES: Final = 10_000
_TEXTS: Final = {
    503: message("Many people are signing in right now. Please wait a moment and send it again."),
    429: message("Too many tries. Please wait ten minutes, or set a new password."),
}
_STATUS: Final = {503: "503 SERVICE UNAVAILABLE", 429: "429 TOO MANY REQUESTS"}
_RETRY_AFTER: Final = {503: str(RETRY_AFTER_SECONDS), 429: str(sign_in_limits.RETRY_AFTER_SECONDS)}
_PATHS: Final = {"/sign-in": "en", "/fr/sign-in": "fr", "/es/sign-in": "es", "/ar/sign-in": "ar"}


class SignInDoor:
    """The WSGI middleware; it stands behind the one that finds out the visitor's address."""

    def __init__(self, app: Flask, inner: "WSGIApplication") -> None:
        self._app, self._inner = app, inner
        self._shut: dict[str, float] = {}  # address -> until when it is sent away unheard
        self._made: dict[tuple[int, str], bytes] = {}
        self._every = security_headers(app.config["SETTINGS"]).items()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            language = _PATHS.get(environ.get("PATH_INFO", ""))
            status = self._reason(environ) if language else 0
            if language and status:
                return self._send_away(status, language, start_response)
        return self._inner(environ, start_response)

    def shut_for(self, address: str) -> None:
        """Send an address that has just used up its tries away unheard, for a few seconds."""
        if len(self._shut) > _MOST_ADDRESSES:
            self._shut.clear()
        self._shut[address] = time.monotonic() + SHUT_SECONDS

    def clear(self) -> None:
        """Forget every address; for tests."""
        self._shut.clear()

    def _reason(self, environ: "WSGIEnvironment") -> int:
        if gate.is_full():
            return 503
        until = self._shut.get(environ.get("REMOTE_ADDR", ""))
        return 429 if until is not None and until > time.monotonic() else 0

    def _send_away(self, status: int, language: str, start_response: "StartResponse") -> Iterable[bytes]:
        body = self._made.get((status, language)) or self._make(status, language)
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Retry-After", _RETRY_AFTER[status]),
            *self._every,
        ]
        start_response(_STATUS[status], headers)
        return [body]

    def _make(self, status: int, language: str) -> bytes:
        with self._app.test_request_context("/sign-in", environ_overrides=environ_in(language)):
            page = render_template("accounts/sent_away.html", text=translate(_TEXTS[status]))
        self._made[status, language] = body = page.encode()
        return body


def shut() -> None:
    """Whoever sends this request has used up the tries: the next ones are sent away at the door."""
    door: SignInDoor = current_app.extensions[NAME]
    door.shut_for(request.remote_addr or "")


def init_sign_in_door(app: Flask) -> None:
    """Put the door in front of everything that has been put in front of the application so far."""
    door = SignInDoor(app, app.wsgi_app)
    app.extensions[NAME] = door
    app.wsgi_app = door  # type: ignore[method-assign]  # as Flask's documentation says
