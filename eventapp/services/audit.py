"""The audit list: one row for every change and every export of personal data, in the same transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from eventapp.extensions import db
from eventapp.models import AuditEntry
from eventapp.rules.access import Actor


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


def list_of_subject(subject_type: str, subject_id: int) -> Sequence[AuditEntry]:
    """The history of one record, oldest first. The caller has checked who may see it."""
    wanted = (AuditEntry.subject_type == subject_type, AuditEntry.subject_id == subject_id)
    return db.session.scalars(select(AuditEntry).where(*wanted).order_by(AuditEntry.id)).all()


def forget_values(subject_type: str, subject_id: int) -> None:
    """Empty the old and new values of a person's history, for erasure; who, when and what stay."""
    wanted = (AuditEntry.subject_type == subject_type, AuditEntry.subject_id == subject_id)
    db.session.execute(update(AuditEntry).where(*wanted).values(old={}, new={}, reason=""))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The old and the new values of whatever differs, as JSON values."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: _plain(before.get(name)) for name in changed}, {
        name: _plain(after[name]) for name in changed
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, bool, dict, list, type(None))) else str(value)
