"""Limits against abuse that let a delegation of forty behind one address through."""

import hashlib
import time
from collections.abc import Sequence
from functools import cached_property
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from flask import request
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter

from eventapp.adapters import journal as log
from eventapp.errors import Refused
from eventapp.extensions import limiter

# A registration that is confirmed, by address: forty people in a room, and then as many again.
CONFIRM: Final = parse_many("60 per 10 minutes; 300 per hour")
# "Send me my link": by address, and by the e-mail address it is asked for.
SEND_LINK: Final = parse_many("20 per 10 minutes; 60 per hour")
SEND_LINK_TO: Final = parse_many("5 per hour")
AWAY_SECONDS: Final = 5.0
# Changes and withdrawals by one link.
CHANGE: Final = parse_many("30 per hour")
# Invitations into one delegation.
INVITE: Final = parse_many("60 per hour")
# Papers and lists of one delegation.
UPLOAD: Final = parse_many("30 per hour")


def caller() -> str:
    """The address of the caller; of the newer kind the first half, since a home or office has all of it."""
    text = request.remote_addr or "unknown"
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return text


class OwnCount:
    """Counts in this process alone while the store that all workers share does not answer.

    Nobody loses a form because of it; the limits hold for each worker, so they are a few times as wide.
    """

    def __init__(self) -> None:
        self._until = 0.0

    @cached_property
    def _limiter(self) -> RateLimiter:
        return FixedWindowRateLimiter(MemoryStorage())  # begins a thread, so not before it is needed

    def limiter(self) -> RateLimiter:
        """Whichever counts now; after a failure the shared store is left alone for some seconds."""
        return self._limiter if time.monotonic() < self._until else limiter.limiter

    def step_in(self, problem: Exception) -> RateLimiter:
        """Take over for a while."""
        if time.monotonic() >= self._until:
            log.warning(
                "limits are counted by each worker alone: Redis does not answer", problem=str(problem)
            )
        self._until = time.monotonic() + AWAY_SECONDS
        return self._limiter


own_count: Final = OwnCount()


def may(what: str, limits: Sequence[RateLimitItem], *keys: str) -> bool:
    """Count one try and say whether it is still within all limits. Addresses and tokens are kept as hashes only."""
    if not limiter.enabled:
        return True
    hidden = _hidden(keys)
    try:
        return all(own_count.limiter().hit(one, what, *hidden) for one in limits)
    except limiter.storage.base_exceptions as problem:
        return all(own_count.step_in(problem).hit(one, what, *hidden) for one in limits)


def forget(what: str, limits: Sequence[RateLimitItem], *keys: str) -> None:
    """The tries so far count no more."""
    hidden = _hidden(keys)
    try:
        for one in limits:
            own_count.limiter().clear(one, what, *hidden)
    except limiter.storage.base_exceptions as problem:
        own_count.step_in(problem)


def _hidden(keys: Sequence[str]) -> list[str]:
    return [hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:24] for key in keys]


def store_answers() -> bool:
    """Whether the store of the limits can be used; the memory of a process always can."""
    return bool(limiter.storage.check())


def may_confirm() -> bool:
    """Whether this address may send in one more registration."""
    return may("confirm", CONFIRM, caller())


def may_ask_for_link() -> bool:
    """Whether this address may ask for links again."""
    return may("send-link", SEND_LINK, caller())


def may_send_to(email: str) -> bool:
    """Whether one more letter with links may go to this address."""
    return may("send-link-to", SEND_LINK_TO, email.casefold())


def check_may_invite(token: str) -> None:
    """Refuse more invitations than one delegation needs in an hour."""
    if not may("invite", INVITE, token):
        raise Refused("Too many tries. Please wait a few minutes.", code="limit")


def check_may_upload(token: str) -> None:
    """Refuse more papers and lists than one delegation sends in an hour."""
    if not may("upload", UPLOAD, token):
        raise Refused("Too many tries. Please wait a few minutes.", code="limit")


def may_change(token: str) -> bool:
    """Whether one more change may be made by this link."""
    return may("change", CHANGE, token)
