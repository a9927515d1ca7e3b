"""Limits against abuse that let a delegation of forty behind one address through."""

import hashlib
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from flask import request
from limits import RateLimitItem, parse_many

from eventapp.extensions import limiter

# A registration that is confirmed, by address: forty people in a room, and then as many again.
CONFIRM: Final = parse_many("60 per 10 minutes; 300 per hour")
# "Send me my link": by address, and by the e-mail address it is asked for.
SEND_LINK: Final = parse_many("20 per 10 minutes; 60 per hour")
SEND_LINK_TO: Final = parse_many("5 per hour")
# Changes and withdrawals by one link.
CHANGE: Final = parse_many("30 per hour")


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


def may(what: str, limits: Sequence[RateLimitItem], *keys: str) -> bool:
    """Count one try and say whether it is still within all limits. Addresses and tokens are kept as hashes only."""
    if not limiter.enabled:
        return True
    hidden = [hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:24] for key in keys]
    return all(limiter.limiter.hit(one, what, *hidden) for one in limits)


def may_confirm() -> bool:
    """Whether this address may send in one more registration."""
    return may("confirm", CONFIRM, caller())


def may_ask_for_link() -> bool:
    """Whether this address may ask for links again."""
    return may("send-link", SEND_LINK, caller())


def may_send_to(email: str) -> bool:
    """Whether one more letter with links may go to this address."""
    return may("send-link-to", SEND_LINK_TO, email.casefold())


def may_change(token: str) -> bool:
    """Whether one more change may be made by this link."""
    return may("change", CHANGE, token)
