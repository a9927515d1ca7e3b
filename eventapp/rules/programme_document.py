"""A session as it is told: the document that a publication keeps, what differs between two, and how it is read again."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from eventapp.errors import Refused

Texts = dict[str, str]
Document = Mapping[str, Any]
# What a change is called by; `when` are the times, which stand beside the document.
ASPECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("title",),
    "when": ("starts_at", "ends_at"),
    "room": ("room",),
    "people": ("people",),
    "access": ("access", "sectors"),
    "sign_up": ("asks_sign_up", "capacity"),
    "languages": ("floor_language", "interpretation"),
    "kind": ("kind",),
    "track": ("track",),
    "description": ("description",),
}
# What a publication keeps of each session it changes, so that a letter sent later tells exactly this change.
KEPT: Final = (
    "title",
    "starts_at",
    "ends_at",
    "room",
    "floor_language",
    "interpretation",
    "access",
    "sectors",
)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody on a session's list, as published: only who has accepted stands in it."""

    id: str
    function: str  # one of vocabulary.SPEAKER_FUNCTIONS
    name: str
    functional_title: str
    organisation: str
    body: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A session as it was published; times are moments, texts stand in up to four languages."""

    id: str  # the session's public id
    number: int | None  # the session itself; None once it is deleted
    title: Texts
    kind: str
    description: Texts
    starts_at: datetime
    ends_at: datetime
    room: Texts | None
    track: Texts | None
    floor_language: str
    interpretation: Sequence[str]
    access: str
    sectors: Sequence[str]
    asks_sign_up: bool
    capacity: int | None
    people: Sequence[Person]
    sequence: int
    changed_at: datetime
    is_cancelled: bool


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a publication would tell, or told, of one session: added, changed in some aspects, or taken out."""

    id: str
    what: str  # added, changed, removed
    title: Texts
    aspects: Sequence[str] = ()
    # What letters tell of it (KEPT): as it was published before and as it is published now. None: there was or is nothing,
    # or the publication is older than letters are.
    before: Document | None = None
    after: Document | None = None


def aspects_of(before: Document, after: Document) -> list[str]:
    """What differs between two documents with their times, in the order of ASPECTS; unknown parts count as missing."""
    return [
        aspect
        for aspect, names in ASPECTS.items()
        if any(before.get(name) != after.get(name) for name in names)
    ]


def find_changes(before: Mapping[str, Document], after: Mapping[str, Document]) -> list[Change]:
    """What publishing `after` would tell those who know `before`; both by the sessions' public ids."""
    found = []
    for key, document in after.items():
        if key not in before:
            found.append(_change(key, "added", None, document))
        elif before[key] != document and (aspects := aspects_of(before[key], document)):
            found.append(_change(key, "changed", before[key], document, aspects))
    found += [_change(key, "removed", document, None) for key, document in before.items() if key not in after]
    return found


def _change(
    key: str, what: str, before: Document | None, after: Document | None, aspects: Sequence[str] = ()
) -> Change:
    title: Texts = (after or before or {}).get("title", {})
    return Change(
        id=key, what=what, title=title, aspects=aspects, before=_kept_of(before), after=_kept_of(after)
    )


def _kept_of(document: Document | None) -> Document | None:
    return None if document is None else {name: document.get(name) for name in KEPT}


def read_changes(kept: Mapping[str, Any]) -> list[Change]:
    """The changes of a publication as it keeps them, in their order."""
    return [
        Change(
            id=key,
            what=one["what"],
            title=one["title"],
            aspects=one.get("aspects", ()),
            before=one.get("before"),
            after=one.get("after"),
        )
        for key, one in kept.items()
    ]


def digest_of(after: Mapping[str, Document]) -> str:
    """The same for exactly the same programme: what was looked at is what is published."""
    text = json.dumps(after, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def check_publication(changes: Sequence[Change]) -> None:
    """Refuse to publish where nothing has changed since the last time."""
    if not changes:
        raise Refused("Nothing has changed since the programme was published.", code="unchanged")


def people_of(document: Document) -> list[Person]:
    """The people of a published document, in their order."""
    return [
        Person(
            id=one["id"],
            function=one["function"],
            name=one["name"],
            functional_title=one["functional_title"],
            organisation=one["organisation"],
            body=one["body"],
        )
        for one in document["people"]
    ]
