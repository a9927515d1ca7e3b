"""Badge categories: what the door sees, derived from kind of body, sector and role by a table that is read from the top."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

STATE: Final = "state"


@dataclass(frozen=True)
class Rule:
    """One line of the table; an empty column fits everybody."""

    body_kind: str | None
    sector: str | None  # of either level
    role: str | None
    category: str

    def fits(self, *, kind: str | None, sector: str, main_sector: str, role: str) -> bool:
        """Whether this line speaks of such a person."""
        return (
            self.body_kind in (None, kind)
            and self.sector in (None, sector, main_sector)
            and self.role in (None, role)
        )


def derive(
    rules: Sequence[Rule], *, kind: str | None, sector: str, main_sector: str, role: str
) -> str | None:
    """The category of the first line that fits, or None where none does.

    `kind` is "state" for delegates of a country; `main_sector` is the one above, or the sector itself where there is none.
    """
    for rule in rules:
        if rule.fits(kind=kind, sector=sector, main_sector=main_sector, role=role):
            return rule.category
    return None


def counted_kind(country_basis: str, body_kind: str | None) -> str | None:
    """The kind that a badge goes by: a state for whoever counts under one, else that of the body, if it is known."""
    return STATE if country_basis == STATE else body_kind


def find_idle(rules: Sequence[Rule]) -> list[int]:
    """The places of lines that can never win, because one above them fits everybody they fit."""
    return [
        place for place, rule in enumerate(rules) if any(_covers(earlier, rule) for earlier in rules[:place])
    ]


def _covers(earlier: Rule, rule: Rule) -> bool:
    return (
        earlier.body_kind in (None, rule.body_kind)
        and earlier.sector in (None, rule.sector)
        and earlier.role in (None, rule.role)
    )
