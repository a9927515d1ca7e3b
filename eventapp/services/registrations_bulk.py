"""One or thousands of registrations into another state, each with its audit row: a handful of statements, however many."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, update

from eventapp.extensions import db
from eventapp.models import AuditEntry, Registration
from eventapp.rules.access import Actor
from eventapp.services.mail_bulk import chunks


def move(
    actor: Actor,
    verb: str,
    edition_id: int,
    rows: Sequence[Row[Any]],
    values: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Write state and what goes with it into registrations, and one audit row for each, in the order of the rows.

    A row holds id, state and version as they were. The caller holds the edition's lock and has decided who they are.
    """
    for some in chunks([row.id for row in rows]):
        wanted = (Registration.edition_id == edition_id, Registration.id.in_(some))
        change = update(Registration).where(*wanted)
        db.session.execute(change.values(**values, version=Registration.version + 1))
    entries = [
        {
            "at": now,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "actor_name": actor.name,
            "action": f"registration.{verb}",
            "subject_type": "registration",
            "subject_id": row.id,
            "edition_id": edition_id,
            "reason": values.get("reason", ""),
            "old": {"state": row.state, "version": row.version},
            "new": {"state": values["state"]},
        }
        for row in rows
    ]
    if entries:
        db.session.execute(insert(AuditEntry), entries)
