"""Limits of the sign-in: by address and by account, without a stranger being able to lock an organiser out.

Few tries for an account from one address; more for an account from everywhere, and those do not count for a browser
in which this account has signed in before. A link by mail always leads in as well.
"""

import hashlib
from typing import Final

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from limits import parse_many

from eventapp.rules.mail import normal_address
from eventapp.web.limits import caller, forget, may

FROM_ADDRESS: Final = parse_many("60 per 10 minutes; 300 per hour")
ACCOUNT_FROM_ADDRESS: Final = parse_many("10 per 10 minutes")
ACCOUNT: Final = parse_many("100 per hour")
RESET_FROM_ADDRESS: Final = parse_many("20 per 10 minutes; 60 per hour")
RESET_OF_ACCOUNT: Final = parse_many("4 per hour")
RETRY_AFTER_SECONDS: Final = 600
KNOWN_BROWSER: Final = "eventapp_known"
_KNOWN_DAYS: Final = 180


def may_try(email: str) -> bool:
    """Count one try to sign in and say whether it may be checked."""
    account = _account(email)
    if not may("sign-in", FROM_ADDRESS, caller()):
        return False
    if not may("sign-in-here", ACCOUNT_FROM_ADDRESS, account, caller()):
        return False
    return _is_known_browser(account) or may("sign-in-account", ACCOUNT, account)


def forget_tries(email: str) -> None:
    """The password was right: the tries for this account from this address count no more."""
    forget("sign-in-here", ACCOUNT_FROM_ADDRESS, _account(email), caller())


def may_ask_for_password() -> bool:
    """Whether this address may ask for one more link to set a password."""
    return may("reset", RESET_FROM_ADDRESS, caller())


def may_send_password_link(email: str) -> bool:
    """Whether one more such link may go to this account; nobody is told."""
    return may("reset-account", RESET_OF_ACCOUNT, _account(email))


def remember_browser(response: Response, email: str) -> None:
    """Note in the browser that this account has signed in here; it opens nothing, it only lifts one limit."""
    response.set_cookie(
        KNOWN_BROWSER,
        _serializer().dumps(_account(email)),
        max_age=_KNOWN_DAYS * 86400,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def _is_known_browser(account: str) -> bool:
    kept = request.cookies.get(KNOWN_BROWSER, "")
    try:
        return bool(_serializer().loads(kept, max_age=_KNOWN_DAYS * 86400) == account)
    except BadData:
        return False


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="known-browser")


def _account(email: str) -> str:
    """The account in limits and cookies: a digest, so that no address lies about."""
    return hashlib.sha256(normal_address(email)[:320].encode("utf-8", "replace")).hexdigest()[:32]
