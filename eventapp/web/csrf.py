"""For forms that must come back filled in when their token is stale: the view checks the token by itself."""

from collections.abc import Callable
from typing import TypeVar

from flask_wtf.csrf import CSRFError, generate_csrf

from eventapp.errors import Refused, message
from eventapp.extensions import csrf

CHECKS = "_checks_csrf"
STALE_PAGE = message(
    "This page had been open for too long. Nothing is lost: please look at it and send it again."
)
V = TypeVar("V", bound=Callable[..., object])


def checks_csrf(view: V) -> V:
    """Mark a view that asks `token_holds` before it does anything; a house test looks for the mark."""
    csrf.exempt(view)
    setattr(view, CHECKS, True)
    return view


def token_holds() -> bool:
    """Whether the request carries a valid token (GET needs none); with TLS the referrer is checked as well."""
    try:
        csrf.protect()
    except CSRFError:
        return False
    return True


def check_token() -> None:
    """Refuse a stale token; what was typed comes back with the refusal above it."""
    if not token_holds():
        raise Refused(STALE_PAGE, code="csrf")


def new_token() -> str:
    """A token for a form of this session."""
    return str(generate_csrf())
