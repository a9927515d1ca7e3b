"""The public address of the site is a setting; the Host header of a request is not asked."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from eventapp.config import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class HostFromSettings:
    """Put the host of EVENTAPP_BASE_URL in the place of the Host header.

    Whatever looks at the host then sees the public one: the check of where a form was sent from holds behind a proxy that
    does not hand the header on, and a forged one leads nowhere.
    """

    def __init__(self, app: "WSGIApplication", host: str) -> None:
        self.app, self.host = app, host

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["HTTP_HOST"] = self.host
        return self.app(environ, start_response)


def init_address(app: Flask, settings: Settings) -> None:
    """Wire it, and the trust in as many proxies as the settings say, in front of the application."""
    host = urlsplit(settings.base_url).netloc.rpartition("@")[2]
    app.wsgi_app = HostFromSettings(app.wsgi_app, host)  # type: ignore[method-assign]  # as Flask's documentation says
    if hops := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]  # the same
