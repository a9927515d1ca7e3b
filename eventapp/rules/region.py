"""Schemes of regions: how they may be called in addresses, and what a country's move does on both levels."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from eventapp.errors import Refused
from eventapp.rules.dimension import DIMENSIONS, UNASSIGNED_REGION
from eventapp.rules.text import sort_key

M49: Final = "m49"
LONGEST_CODE: Final = 30
# People are counted by the scheme under its code: what the addresses of counts say already is taken.
RESERVED: Final = frozenset(
    (
        *DIMENSIONS,
        "by",
        "bom",
        "columns",
        "host",
        "layout",
        "measure",
        "new",
        "none",
        "rows",
        UNASSIGNED_REGION,
    )
)
UPPER: Final = 1
LOWER: Final = 2


@dataclass(frozen=True)
class Place:
    """Where a country stands in a scheme: the numbers of its regions on both levels."""

    upper: int | None = None
    lower: int | None = None


NOWHERE: Final = Place()


def check_scheme_code(code: str) -> str:
    """The code of a new scheme; refuses what is no plain word and what counts call something else."""
    text = code.strip().lower()
    if not re.fullmatch(r"[a-z][a-z0-9_]*", text) or len(text) > LONGEST_CODE:
        raise Refused(
            "Please give a word of small letters a to z, digits and _, which starts with a letter: at most %(limit)s characters.",
            code="scheme-code",
            limit=LONGEST_CODE,
        )
    if text in RESERVED:
        raise Refused("Counts use this word for something else. Please take another one.", code="scheme-code")
    return text


def make_region_code(name: str, taken: Collection[str]) -> str:
    """A code for a new region from its name, with a number where it is taken already."""
    letters = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in sort_key(name))
    stem = "_".join(letters.split())[:LONGEST_CODE] or "region"
    code, number = stem, 2
    while code in taken or code in ("none", UNASSIGNED_REGION):
        code, number = f"{stem}_{number}", number + 1
    return code


def reassign(
    places: Mapping[str, Place], *, region: int, parent: int | None, chosen: Collection[str]
) -> dict[str, Place]:
    """Where countries stand once exactly the chosen ones are in a region: those alone that move, with their new place.

    A country in a lower region stands in the one above it as well, so it comes along, and leaves both together.
    """
    moved = {}
    for country in {*places, *chosen}:
        old = places.get(country, NOWHERE)
        new = _place(old, region, parent, is_chosen=country in chosen)
        if new != old:
            moved[country] = new
    return moved


def _place(old: Place, region: int, parent: int | None, *, is_chosen: bool) -> Place:
    if parent is None:
        if is_chosen:
            return old if old.upper == region else Place(region)
        return NOWHERE if old.upper == region else old
    if is_chosen:
        return Place(parent, region)
    return Place(old.upper) if old.lower == region else old
