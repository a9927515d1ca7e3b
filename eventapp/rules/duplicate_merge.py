"""Two registrations of one person become one: which state the one that stays has, and which values are kept."""

from collections.abc import Mapping
from typing import Any, Final

from eventapp.errors import Refused

# The better state first: what the person has reached with one registration is not lost by the other.
RANKS: Final = (
    "approved",
    "endorsed",
    "waitlisted",
    "submitted",
    "declined",
    "rejected",
    "replaced",
    "withdrawn",
    "cancelled",
    "merged",
)
SIDES: Final = ("first", "second")
Side = Mapping[str, Any]  # a registration's values by the names of its columns
# What is chosen, and the columns that go together: whom somebody represents is one answer.
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "honorific": ("honorific",),
    "given_name": ("given_name",),
    "family_name": ("family_name",),
    "badge_name": ("badge_name",),
    "email": ("email",),
    "phone": ("phone",),
    "functional_title": ("functional_title",),
    "represents": (
        "represents",
        "country_code",
        "organisation",
        "seat_country_code",
        "body_id",
        "body_kind",
        "delegation_id",
    ),
    "sector_code": ("sector_code",),
    "role": ("role",),
    "language": ("language",),
    "languages": ("languages",),
    "dietary_needs": ("dietary_needs",),
    "accessibility_needs": ("accessibility_needs",),
    "is_listed": ("is_listed",),
}


def check_mergeable(*, is_erased: bool, is_merged: bool) -> None:
    """Refuse a registration whose person was erased, or that was merged before."""
    if is_erased:
        raise Refused("One of these people has been erased. Nothing can be merged any more.", code="erased")
    if is_merged:
        raise Refused("One of these registrations has been merged already.", code="merged")


def check_stays(stays: str) -> None:
    """Refuse a word that names none of the two."""
    if stays not in SIDES:
        raise Refused("Please choose which registration stays.", code="choice", field="stays")


def better_side(first: Side, second: Side, *, stays: str, delegation_id: int | None) -> tuple[str, str]:
    """From which of the two the state comes, and the state: the better one, what the person has reached is not lost.

    An endorsement holds only for the body that gave it: if another one is kept, the person waits for that one.
    Of two in the waiting list the one that has waited longer counts.
    """
    states = {
        side: "submitted"
        if one["state"] == "endorsed" and one["delegation_id"] != delegation_id
        else one["state"]
        for side, one in zip(SIDES, (first, second), strict=True)
    }
    if set(states.values()) == {"waitlisted"}:
        return (SIDES[0] if first["waitlisted_at"] <= second["waitlisted_at"] else SIDES[1]), "waitlisted"
    other = SIDES[1 - SIDES.index(stays)]
    side = min(stays, other, key=lambda one: RANKS.index(states[one]))
    return side, states[side]


def differing(first: Side, second: Side) -> list[str]:
    """The choices in which two registrations differ."""
    return [
        name
        for name, columns in CHOICES.items()
        if any(first[column] != second[column] for column in columns)
    ]


def usual_choices(first: Side, second: Side, *, stays: str) -> dict[str, str]:
    """For each choice the side it is taken from unless somebody says otherwise: the one that stays, where it says anything."""
    by_side = dict(zip(SIDES, (first, second), strict=True))
    other = SIDES[1 - SIDES.index(stays)]
    return {
        name: stays if by_side[stays][columns[0]] or not by_side[other][columns[0]] else other
        for name, columns in CHOICES.items()
    }


def usual_stay(first: Side, second: Side) -> str:
    """Which of two registrations stays unless somebody says otherwise: the better state, else the earlier one."""
    ranks = [RANKS.index(one["state"]) for one in (first, second)]
    if ranks[0] != ranks[1]:
        return SIDES[0] if ranks[0] < ranks[1] else SIDES[1]
    return SIDES[0] if first["submitted_at"] <= second["submitted_at"] else SIDES[1]


def chosen_values(first: Side, second: Side, choices: Mapping[str, str]) -> dict[str, Any]:
    """Every column with the value that was chosen for it; refuses a choice that is none of the two."""
    by_side = dict(zip(SIDES, (first, second), strict=True))
    values: dict[str, Any] = {}
    for name, columns in CHOICES.items():
        side = choices.get(name, "")
        if side not in by_side:
            raise Refused("Please choose which value is kept.", code="choice", field=name)
        values |= {column: by_side[side][column] for column in columns}
    return values
