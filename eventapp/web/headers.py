"""Headers that every answer carries."""

import gzip

from flask import Flask, Response, request

from eventapp.config import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SMALLEST = 1024
_TEXT = (
    "text/html",
    "application/json",
    "text/css",
    "text/javascript",
    "image/svg+xml",
    "application/atom+xml",
    "application/geo+json",
)


def security_headers(settings: Settings) -> dict[str, str]:
    """What every answer says to the browser, whoever makes it."""
    headers = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if settings.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def init_headers(app: Flask, settings: Settings) -> None:
    """Add the security headers, and compress text for whoever can read it."""
    every = security_headers(settings)

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        for name, value in every.items():
            headers.setdefault(name, value)
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
        return compress(response)


def compress(response: Response) -> Response:
    """Gzip a text of some length, if the reader accepts it."""
    if response.mimetype not in _TEXT:
        return response
    response.vary.add("Accept-Encoding")
    if (
        response.is_streamed
        or response.direct_passthrough
        or "Content-Encoding" in response.headers
        or "gzip" not in request.headers.get("Accept-Encoding", "")
    ):
        return response
    body = response.get_data()
    if len(body) >= _SMALLEST:
        response.set_data(gzip.compress(body, compresslevel=5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(response.content_length or len(response.get_data()))
    return response
