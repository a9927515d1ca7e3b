"""What holds for a body: its names, its website, and the order in which bodies are named."""

from collections.abc import Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from eventapp.errors import Refused
from eventapp.rules.text import clean_line, shown, sort_key

T = TypeVar("T")


def check_web_address(text: str, *, limit: int = 500) -> str:
    """An address of the web as typed; refuses every other scheme, so that no link can run a script."""
    address = clean_line(text, limit=limit)
    if not address:
        return ""
    refusal = Refused("Please give a whole web address that starts with https:// or http://.", code="address")
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise refusal from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or " " in address:
        raise refusal
    return address


def sort_name(names: Mapping[str, str]) -> str:
    """What a body is sorted by: its English, else its first name, casefolded and without accents."""
    return sort_key(shown(names, "en").text)


def moved(rows: Sequence[T], row: T, *, up: bool) -> list[T]:
    """The rows with one of them a place further up or down; at the edge nothing changes."""
    order = list(rows)
    place = order.index(row)
    other = place - 1 if up else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    return order
