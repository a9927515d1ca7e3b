"""Who is signed in: Flask-Login around our accounts, with sessions that end when they should."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import flask_login
from flask import Flask, current_app, request, session
from flask_login import UserMixin

from eventapp.extensions import login
from eventapp.models import User
from eventapp.rules.access import DELEGATE, Actor
from eventapp.services import accounts
from eventapp.web import clock
from eventapp.web.typed import signed_in_user

IDLE = timedelta(hours=3)
WHOLE = timedelta(hours=12)
_POLLED = "_polled"
V = TypeVar("V", bound=Callable[..., object])


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login is untyped
    """What Flask-Login keeps; the account itself stays a plain record."""

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        return f"{self.user.id}.{self.user.session_epoch}"


def init_sign_in(app: Flask) -> None:
    """Wire Flask-Login; the guard, not the extension, decides who may see a page."""
    login.init_app(app)
    login.session_protection = (
        None  # addresses change on a phone; the cookie is signed, HttpOnly and short-lived
    )
    login.user_loader(_load)


def _load(key: str) -> SignedIn | None:
    number, _, epoch = key.partition(".")
    if not number.isdigit() or not _is_fresh(clock.now()):
        return None
    user = accounts.find_active_user(int(number))
    if user is None or str(user.session_epoch) != epoch:
        return None
    return SignedIn(user)


def _is_fresh(now: datetime) -> bool:
    """Whether the session is neither idle for too long nor too old; moves the idle mark at most once a minute."""
    began, seen = session.get("began", 0), session.get("seen", 0)
    moment = now.timestamp()
    if moment - began > WHOLE.total_seconds() or moment - seen > IDLE.total_seconds():
        return False
    if moment - seen > 60 and not _asks_by_itself():
        session["seen"] = moment
    return True


def polled(view: V) -> V:
    """Mark a view that an open page asks again and again: that nobody sits before the page must still end the session."""
    setattr(view, _POLLED, True)
    return view


def _asks_by_itself() -> bool:
    return hasattr(current_app.view_functions.get(request.endpoint or ""), _POLLED)


def begin_session(user: User) -> None:
    """Start a new session for the account; whatever the old cookie held is dropped."""
    session.clear()
    moment = clock.now().timestamp()
    session["began"] = session["seen"] = moment
    flask_login.login_user(SignedIn(user))


def end_session() -> None:
    """Sign out and forget everything the cookie held."""
    flask_login.logout_user()
    session.clear()


def actor() -> Actor:
    """Whoever sends this request, as the services want to know it."""
    user = signed_in_user()
    if user is None:
        return DELEGATE
    return accounts.as_actor(user)
