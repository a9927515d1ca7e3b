"""Of a publication: which changes people are told by letter, whom they concern, and how much of each somebody may learn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from eventapp.rules.programme_document import Change, Document, Texts
from eventapp.rules.session_access import Visitor, may_come
from eventapp.rules.text import shown

# What matters to somebody who means to come. A new chair or another track is read in the programme.
MATTERS: Final = ("title", "when", "room", "languages", "access")
# In these states of an edition somebody may be on the way to a session.
TELLING_STATES: Final = frozenset({"published", "postponed", "held"})
_HERE: Final = 1  # the session's number while one session alone is asked about


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One session in somebody's letter: new, changed, opened, closed (to this person) or cancelled.

    It holds no more than the person may learn: of a session that is closed now, only the title they knew.
    """

    what: str
    title: Texts
    aspects: Sequence[str] = ()
    before: Document | None = None
    after: Document | None = None


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who may be told; sessions, by id, as one of their people or by invitation; None: no registration.

    `language` is that of the letter; empty: every language counts.
    """

    visitor: Visitor | None = None
    language: str = ""
    takes_part_in: frozenset[str] = frozenset()
    invited_to: frozenset[str] = frozenset()


def list_to_tell(changes: Iterable[Change], *, now: datetime) -> list[Change]:
    """The changes that letters are written about: new and cancelled sessions, and what of the others matters.

    A session that is over, as it was and as it is, matters to nobody who means to come.
    """
    return [one for one in changes if _matters(one) and _ends_at(one) > now]


def _matters(change: Change) -> bool:
    return change.what != "changed" or any(name in MATTERS for name in change.aspects)


def _ends_at(change: Change) -> datetime:
    """The later end; of a change that kept no words the beginning of all time."""
    ends = [datetime.fromisoformat(one["ends_at"]) for one in (change.before, change.after) if one]
    return max(ends, default=datetime.min.replace(tzinfo=UTC))


def concerns_invited(change: Change) -> bool:
    """Whether a change concerns the people who are invited: the session was open to them by that alone.

    Of a session that is open to invited people only from now on they are told by the letter of their invitation.
    """
    return change.before is not None and change.before["access"] == "invited"


class Made(dict[tuple[str, bool, bool, str], Notice | None]):
    """The notices of one publication that were made already: thousands read the same few, in their language."""


def list_notices(
    changes: Iterable[Change], reader: Reader, parents: Mapping[str, str], made: Made | None = None
) -> list[tuple[str, Notice]]:
    """What somebody is told of these changes, by id of the session, in the order of time; nothing of most of them to most."""
    found = []
    for change in changes:
        notice = find_notice(change, reader, parents, made)
        if notice is not None:
            found.append((_time_of(change), change.id, notice))
    found.sort(key=lambda one: one[:2])
    return [(key, notice) for _, key, notice in found]


def find_notice(
    change: Change, reader: Reader, parents: Mapping[str, str], made: Made | None = None
) -> Notice | None:
    """What somebody whom a session concerns is told of its change.

    Whoever could not come before is not told how it stood before; whoever may not come now learns nothing new of it.
    """
    could = _may_know(change.id, change.before, reader, parents)
    can = _may_know(change.id, change.after, reader, parents)
    if made is None:
        return _notice(change, reader.language, could=could, can=can)
    key = (change.id, could, can, reader.language)
    if key not in made:
        made[key] = _notice(change, reader.language, could=could, can=can)
    return made[key]


def _notice(change: Change, language: str, *, could: bool, can: bool) -> Notice | None:
    before, after = change.before, change.after
    if could and can and before and after:
        aspects = [name for name in change.aspects if name in MATTERS and _is_seen(name, change, language)]
        if not aspects:
            return None
        return Notice(what="changed", title=after["title"], aspects=aspects, before=before, after=after)
    if can and after:
        what = "opened" if before else "new"
        return Notice(what=what, title=after["title"], after=after)
    if could and before:
        if change.what == "removed":
            return Notice(what="cancelled", title=before["title"], before=before)
        return Notice(what="closed", title=before["title"])
    return None


def _is_seen(name: str, change: Change, language: str) -> bool:
    """Whether what differs stands in the language that somebody reads: a new French title is nothing to who reads Arabic."""
    if name not in ("title", "room") or not language or not (change.before and change.after):
        return True
    old, new = (shown(one[name], language).text for one in (change.before, change.after))
    return old != new


def describe(change: Change) -> Notice | None:
    """A change as the people of its session are told it: whole."""
    return find_notice(change, Reader(takes_part_in=frozenset({change.id})), {})


def _may_know(key: str, document: Document | None, reader: Reader, parents: Mapping[str, str]) -> bool:
    if document is None:
        return False
    if key in reader.takes_part_in:
        return True
    if reader.visitor is None:
        return False
    visitor = reader.visitor
    if document["access"] == "invited":
        invited = frozenset({_HERE} if key in reader.invited_to else ())
        visitor = Visitor(is_approved=visitor.is_approved, sector=visitor.sector, invited_to=invited)
    return may_come(
        visitor,
        access=document["access"],
        sectors=document["sectors"] or (),
        session=_HERE,
        parents=parents,
    )


def _time_of(change: Change) -> str:
    return str((change.after or change.before or {}).get("starts_at", ""))
