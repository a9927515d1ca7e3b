"""What the parts of a list that is being written share: where the list goes, a line of the history, a letter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from eventapp.models import Edition, ImportJob
from eventapp.rules.access import Actor
from eventapp.rules.quota import Room
from eventapp.rules.vouching import Body
from eventapp.services.imports_check import Plan
from eventapp.services.mail_bulk import Letter


@dataclass(kw_only=True)
class Writing:
    """What every part of the list needs."""

    job: ImportJob
    actor: Actor
    edition: Edition
    plan: Plan
    now: datetime
    secret: str
    is_late: bool
    room: Room | None  # only where people are approved at once
    bodies: Mapping[int, Body] = field(default_factory=dict)  # only where letters say who decides next
    letters: dict[str, list[Letter]] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)  # delegations in which somebody waits by this list
    frees: bool = False  # somebody comes under other quotas than before


def entry(
    writing: Writing, verb: str, number: int, old: Mapping[str, Any], new: Mapping[str, Any]
) -> dict[str, Any]:
    """A line of the history about one person, as the table has it."""
    actor = writing.actor
    return {
        "at": writing.now,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "action": f"registration.{verb}",
        "subject_type": "registration",
        "subject_id": number,
        "edition_id": writing.edition.id,
        "reason": "",
        "old": dict(old),
        "new": dict(new),
    }


def tell(writing: Writing, kind: str, values: Mapping[str, Any], number: int, row: Mapping[str, Any]) -> None:
    """Remember a letter for the end, if each person is to be written to."""
    if writing.job.tells:
        letter = Letter(number, row["email"], row["language"], values)
        writing.letters.setdefault(kind, []).append(letter)
