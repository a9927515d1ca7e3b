"""Badge categories: what the door sees, derived from kind of body, sector and role by a table that is read from the top."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from eventapp.rules.text import sort_key

STATE: Final = "state"


@dataclass(frozen=True)
class Rule:
    """One line of the table; an empty column fits everybody."""

    body_kind: str | None
    sector: str | None  # of either level
    role: str | None
    category: str

    @property
    def speaks_of(self) -> tuple[str | None, str | None, str | None]:
        """Kind, sector and role; two lines with the same three are one too many."""
        return self.body_kind, self.sector, self.role

    def fits(self, *, kind: str | None, sector: str, main_sector: str, role: str) -> bool:
        """Whether this line speaks of such a person."""
        return (
            self.body_kind in (None, kind)
            and self.sector in (None, sector, main_sector)
            and self.role in (None, role)
        )


def find_line(
    rules: Sequence[Rule], *, kind: str | None, sector: str, main_sector: str, role: str
) -> int | None:
    """The place of the line that decides about such a person, or None."""
    for place, rule in enumerate(rules):
        if rule.fits(kind=kind, sector=sector, main_sector=main_sector, role=role):
            return place
    return None


def derive(
    rules: Sequence[Rule], *, kind: str | None, sector: str, main_sector: str, role: str
) -> str | None:
    """The category of the first line that fits, or None where none does.

    `kind` is "state" for delegates of a country; `main_sector` is the one above, or the sector itself where there is none.
    """
    place = find_line(rules, kind=kind, sector=sector, main_sector=main_sector, role=role)
    return None if place is None else rules[place].category


def counted_kind(country_basis: str, body_kind: str | None) -> str | None:
    """The kind that a badge goes by: a state for whoever counts under one, else that of the body, if it is known."""
    return STATE if country_basis == STATE else body_kind


def find_idle(rules: Sequence[Rule], parents: Mapping[str, str]) -> list[int]:
    """The places of lines that can never win, because one above them fits everybody they fit.

    `parents` gives the sector above another one.
    """
    return [
        place
        for place, rule in enumerate(rules)
        if any(_covers(earlier, rule, parents) for earlier in rules[:place])
    ]


def place_for(rules: Sequence[Rule], new: Rule, parents: Mapping[str, str]) -> int:
    """Where a new line goes so that it can win: above the first that fits everybody it fits, else at the end."""
    return next((place for place, rule in enumerate(rules) if _covers(rule, new, parents)), len(rules))


def _covers(earlier: Rule, rule: Rule, parents: Mapping[str, str]) -> bool:
    return (
        earlier.body_kind in (None, rule.body_kind)
        and earlier.sector in (None, rule.sector, parents.get(rule.sector or ""))
        and earlier.role in (None, rule.role)
    )


def make_code(name: str, taken: Collection[str]) -> str:
    """A code for a new category from its name, with a number where it is taken already."""
    letters = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in sort_key(name))
    stem = "_".join(letters.split())[:30] or "category"
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}_{number}", number + 1
    return code
