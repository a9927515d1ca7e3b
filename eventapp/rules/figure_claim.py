"""What holds for a published figure: a claim with a qualifier and a source; several may disagree, one is shown."""

from collections.abc import Mapping
from typing import Any, Final

from eventapp.errors import DomainError, Invalid, Refused

LARGEST: Final = 10_000_000


def check_claim(values: Mapping[str, Any]) -> None:
    """Refuse a figure without a number or without saying where it was published."""
    problems: dict[str, DomainError] = {}
    if values["value"] is None:
        problems["value"] = Refused("Please give the number that was published.")
    if not values["source_url"] and not values["source_note"]:
        problems["source_url"] = Refused("Please say where the figure was published: an address or a note.")
    if problems:
        raise Invalid(problems)
