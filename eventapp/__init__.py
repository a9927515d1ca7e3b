"""eventapp runs the editions of a yearly global conference. create_app builds it from settings and returns it."""

import gc

gc.disable()  # whatever is imported stays; looking for garbage meanwhile takes a tenth of every start

from eventapp.web import docstrings, left_out
from eventapp.web.locale_data import read_all

read_all()
left_out.begin()
docstrings.let_go()

from flask import Flask

from eventapp.blueprints import PERMISSIONS, register_blueprints
from eventapp.config import Settings, load_settings
from eventapp.extensions import csrf, db, limiter
from eventapp.web.address import init_address
from eventapp.web.cache import init_cache
from eventapp.web.errors import init_errors
from eventapp.web.filters import init_filters
from eventapp.web.guards import init_guards
from eventapp.web.headers import init_headers
from eventapp.web.kept import init_kept
from eventapp.web.late_rule import LateRule
from eventapp.web.locale import init_locale
from eventapp.web.navigation import init_navigation
from eventapp.web.sign_in import init_sign_in
from eventapp.web.sign_in_door import init_sign_in_door
from eventapp.web.site import init_site
from eventapp.web.uploads import init_uploads

left_out.end()
gc.enable()

LARGEST_BODY = 8 * 1024 * 1024
_SOON = {"socket_connect_timeout": 1, "socket_timeout": 1}  # seconds; a form waits no longer for Redis


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; without settings they are read from the environment."""
    settings = settings or load_settings()
    app = Flask(__name__, static_folder=None)
    app.url_rule_class = LateRule
    app.config.from_mapping(_configuration(settings))
    db.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    init_locale(app)
    init_sign_in(app)
    init_filters(app)
    init_navigation(app)
    init_uploads(app)
    init_errors(app)
    init_guards(app, PERMISSIONS)
    init_headers(app, settings)
    init_site(app)
    init_kept(app)
    register_blueprints(app)
    init_sign_in_door(app)
    init_address(app, settings)
    init_cache(app)
    return app


def _configuration(settings: Settings) -> dict[str, object]:
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 5000,
        "SESSION_COOKIE_NAME": "eventapp",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_secure,
        "WTF_CSRF_TIME_LIMIT": 4 * 3600,
        "WTF_CSRF_SSL_STRICT": settings.is_secure,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "RATELIMIT_STORAGE_OPTIONS": _SOON if settings.redis_url else {},
    }


def _engine_options(settings: Settings) -> dict[str, object]:
    quiet = {"hide_parameters": True}  # what a statement was about never stands in a log
    if settings.is_sqlite:
        return {**quiet}
    return {**quiet, "pool_size": settings.threads + 2, "max_overflow": 4, "pool_pre_ping": True}
