"""What would become of each row of a list, worked out before anything is written, and what was shown of it."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from eventapp.errors import Refused

OUTCOMES: Final = ("error", "duplicate", "new", "changed", "unchanged")
CHOICES: Final = ("skip", "add")
MOST_ALIKE: Final = 3  # of the people who may be the same, the likeliest


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong, or doubtful, in a cell: the column's letters and heading, and a message id with its values."""

    column: str
    heading: str
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Alike:
    """Somebody who may be the same person: a registration by its reference, or another row by its number."""

    name: str
    reference: str = ""
    row: int = 0
    score: int = 100
    state: str = ""


@dataclass(kw_only=True)
class PlannedRow:
    """One row as it would be taken. `target` is the registration it is about, `version` the one it had."""

    number: int
    outcome: str
    name: str = ""
    country: str = ""  # whom the person represents: a country's code, or an organisation
    organisation: str = ""
    reference: str = ""
    target: int | None = None
    version: int = 0
    changes: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    problems: Sequence[Problem] = field(default_factory=tuple)
    warnings: Sequence[Problem] = field(default_factory=tuple)
    alike: Sequence[Alike] = field(default_factory=tuple)
    is_guess: bool = False  # duplicate by likeness alone, otherwise new

    def plain(self) -> dict[str, Any]:
        """As values of JSON."""
        values = dict(vars(self))
        for name in ("problems", "warnings", "alike"):
            values[name] = [vars(one) for one in values[name]]
        return values


def row_from(plain: Mapping[str, Any]) -> PlannedRow:
    """What `plain` has written."""
    values = dict(plain)
    values["problems"] = [Problem(**one) for one in plain["problems"]]
    values["warnings"] = [Problem(**one) for one in plain["warnings"]]
    values["alike"] = [Alike(**one) for one in plain["alike"]]
    return PlannedRow(**values)


def count_outcomes(rows: Iterable[PlannedRow]) -> dict[str, int]:
    """Outcome -> how many rows; warnings beside them."""
    rows = list(rows)
    counts = Counter(row.outcome for row in rows)
    found = {outcome: counts[outcome] for outcome in OUTCOMES}
    return found | {"warning": sum(1 for row in rows if row.warnings)}


def mark_of(rows: Iterable[PlannedRow]) -> str:
    """One word for what would be written; another one when anything of it has changed. Likeness alone does not count."""
    made = hashlib.sha256()
    for row in rows:
        outcome = "new" if row.is_guess else row.outcome
        told = [row.number, outcome, row.target, row.version, row.changes]
        made.update(json.dumps(told, sort_keys=True, default=str).encode())
    return made.hexdigest()


def read_choices(given: Mapping[str, str], rows: Iterable[PlannedRow]) -> dict[str, str]:
    """What was chosen for rows that may be somebody's second; `all` holds for those that were not named. Refuses other words."""
    everybody = given.get("all", "")
    found = {}
    for row in rows:
        if row.outcome != "duplicate":
            continue
        choice = everybody or given.get(str(row.number), "")
        if choice and choice not in CHOICES:
            raise Refused("Choose for each row whether to leave it out or add it.", code="choice")
        if choice:
            found[str(row.number)] = choice
    return found


def is_written(row: PlannedRow, choices: Mapping[str, str]) -> bool:
    """Whether a row brings a new person in."""
    return row.outcome == "new" or (row.outcome == "duplicate" and choices.get(str(row.number)) == "add")


def check_may_confirm(counts: Mapping[str, Any], choices: Mapping[str, str]) -> None:
    """Refuse a list with a single error, and one that would change nothing."""
    if counts.get("error"):
        raise Refused(
            "Nothing is imported while a row has an error. Correct the file and bring it again.",
            code="errors",
        )
    added = sum(1 for choice in choices.values() if choice == "add")
    if not counts.get("new") and not counts.get("changed") and not added:
        raise Refused("There is nothing to import.", code="nothing")
