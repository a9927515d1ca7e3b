"""The audit list: one row for every change and every export of personal data, in the same transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, cast, func, insert, or_, select, update

from eventapp.extensions import db
from eventapp.models import AuditEntry, Edition, FigureClaim, ProgrammeDocument, ProgrammeSession
from eventapp.rules.access import Actor, check_administrator, check_may_edit
from eventapp.rules.listing import like_pattern


def record(
    actor: Actor,
    action: str,
    *,
    now: datetime,
    subject_type: str,
    subject_id: int | None = None,
    edition_id: int | None = None,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write down who did what; `old` and `new` hold only what differs, as JSON values."""
    db.session.add(
        AuditEntry(
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            edition_id=edition_id,
            reason=reason,
            old=dict(old or {}),
            new=dict(new or {}),
        )
    )


_PART: Final = 500  # entries that are looked into in one go

_OF_EDITION: Final[Mapping[type, str]] = {
    Edition: "edition",
    FigureClaim: "figure",
    ProgrammeDocument: "document",
    ProgrammeSession: "session",
}


def record_of_edition(
    actor: Actor,
    action: str,
    subject: Edition | FigureClaim | ProgrammeDocument | ProgrammeSession,
    *,
    now: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> None:
    """Write down a change of an edition or of a part of it; feeds and calendars then say that the edition changed now.

    A session is worked on in private: the edition has changed once the programme is published. That a document came, which
    may be a closed one, is told by nothing.
    """
    edition_id = subject.id if isinstance(subject, Edition) else subject.edition_id
    record(
        actor,
        action,
        now=now,
        subject_type=_OF_EDITION[type(subject)],
        subject_id=subject.id,
        edition_id=edition_id,
        old=old,
        new=new,
    )
    if isinstance(subject, ProgrammeDocument | ProgrammeSession):
        return
    # Not through the object: its version, which two organisers compare, must not move with its parts.
    db.session.execute(update(Edition).where(Edition.id == edition_id).values(updated_at=now))


def list_of_subject(subject_type: str, subject_id: int | None) -> Sequence[AuditEntry]:
    """The history of one record, or of all that have no number, oldest first. The caller has checked who may see it."""
    wanted = (AuditEntry.subject_type == subject_type, AuditEntry.subject_id == subject_id)
    return db.session.scalars(select(AuditEntry).where(*wanted).order_by(AuditEntry.id)).all()


def list_of_subjects(subject_type: str, subject_ids: Sequence[int]) -> Sequence[AuditEntry]:
    """The history of several records as one, oldest first. The caller has checked who may see it."""
    wanted = (AuditEntry.subject_type == subject_type, AuditEntry.subject_id.in_(subject_ids))
    return db.session.scalars(select(AuditEntry).where(*wanted).order_by(AuditEntry.id)).all()


def record_each(
    actor: Actor,
    action: str,
    *,
    now: datetime,
    subject_type: str,
    subject_ids: Sequence[int],
    edition_id: int | None = None,
    new: Mapping[str, Any] | None = None,
) -> None:
    """Write down the same of many subjects, an entry for each; one statement."""
    entry = {
        "at": now,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "action": action,
        "subject_type": subject_type,
        "edition_id": edition_id,
        "reason": "",
        "old": {},
        "new": dict(new or {}),
    }
    if subject_ids:
        rows = [{**entry, "subject_id": one} for one in subject_ids]
        db.session.execute(insert(AuditEntry), rows)


def forget_values(subject_type: str, subject_ids: Sequence[int]) -> None:
    """Empty the old and new values of people's histories, for erasure; who, when and what stay."""
    wanted = (AuditEntry.subject_type == subject_type, AuditEntry.subject_id.in_(subject_ids))
    db.session.execute(update(AuditEntry).where(*wanted).values(old={}, new={}, reason=""))


def forget_actions(edition_id: int, beginning: str) -> None:
    """Empty the old and new values of one sort of action in an edition, for erasure."""
    wanted = (AuditEntry.edition_id == edition_id, AuditEntry.action.startswith(beginning, autoescape=True))
    db.session.execute(update(AuditEntry).where(*wanted).values(old={}, new={}))


def find_editions_with(edition_ids: Collection[int], fields: Sequence[str]) -> set[int]:
    """The editions in whose history any of these fields has a value still."""
    wanted = (AuditEntry.edition_id.in_(edition_ids), _has_any(fields))
    found = db.session.scalars(select(AuditEntry.edition_id).where(*wanted).distinct())
    return {one for one in found if one is not None}


def forget_fields(edition_id: int, fields: Sequence[str]) -> int:
    """Take some fields out of the history of an edition, a part of the entries at a time; says out of how many."""
    query = select(AuditEntry.id, AuditEntry.old, AuditEntry.new)
    query = query.where(AuditEntry.edition_id == edition_id, _has_any(fields))
    rows = db.session.execute(query.order_by(AuditEntry.id).limit(_PART)).tuples().all()
    if rows:
        left = [
            {"id": number, "old": _without(old, fields), "new": _without(new, fields)}
            for number, old, new in rows
        ]
        db.session.execute(update(AuditEntry), left)
    return len(rows)


def _has_any(fields: Sequence[str]) -> ColumnElement[bool]:
    # As both databases write a key: quotation marks inside of a value are escaped and do not read so.
    return or_(
        *(
            cast(column, Text).contains(f'"{name}":', autoescape=True)
            for column in (AuditEntry.old, AuditEntry.new)
            for name in fields
        )
    )


def _without(value: Any, fields: Sequence[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(one, fields) for name, one in value.items() if name not in fields}
    return [_without(one, fields) for one in value] if isinstance(value, list) else value


def forget_actors(kind: str, numbers: Sequence[int]) -> None:
    """Empty the names of people without an account in whatever they did, for erasure."""
    theirs = (AuditEntry.actor_kind == kind, AuditEntry.actor_id.in_(numbers))
    db.session.execute(update(AuditEntry).where(*theirs).values(actor_name=""))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The old and the new values of whatever differs, as JSON values."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: _plain(before.get(name)) for name in changed}, {
        name: _plain(after[name]) for name in changed
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, bool, dict, list, type(None))) else str(value)


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """Which entries are wanted; empty parts take all. The day is one of UTC."""

    edition_id: int | None = None
    who: str = ""
    actor_kind: str = ""
    action: str = ""
    subject_type: str = ""
    day: date | None = None


def count_entries(actor: Actor, wanted: AuditFilter) -> int:
    """How many entries a filter finds."""
    query = select(func.count()).select_from(AuditEntry).where(*_conditions(actor, wanted))
    return db.session.scalar(query) or 0


def list_entries(
    actor: Actor, wanted: AuditFilter, *, offset: int, limit: int
) -> Sequence[tuple[AuditEntry, int | None]]:
    """One page of entries, the newest first, each with the ordinal of its edition.

    Administrators see all, organisers those of an edition that is theirs; refuses everybody else.
    """
    query = (
        select(AuditEntry, Edition.ordinal)
        .outerjoin(Edition, Edition.id == AuditEntry.edition_id)
        .where(*_conditions(actor, wanted))
        .order_by(AuditEntry.id.desc())
    )
    return db.session.execute(query.offset(offset).limit(limit)).tuples().all()


def _conditions(actor: Actor, wanted: AuditFilter) -> tuple[Any, ...]:
    if wanted.edition_id is None:
        check_administrator(actor)
        found: list[Any] = []
    else:
        check_may_edit(actor, wanted.edition_id)
        found = [AuditEntry.edition_id == wanted.edition_id]
    if wanted.who:
        found.append(func.lower(AuditEntry.actor_name).like(like_pattern(wanted.who.lower()), escape="\\"))
    for column, value in (
        (AuditEntry.actor_kind, wanted.actor_kind),
        (AuditEntry.action, wanted.action),
        (AuditEntry.subject_type, wanted.subject_type),
    ):
        if value:
            found.append(column == value)
    if wanted.day:
        began = datetime.combine(wanted.day, time(), tzinfo=UTC)
        found += [AuditEntry.at >= began, AuditEntry.at < began + timedelta(days=1)]
    return tuple(found)
