"""The records that entries of the audit list are about, as they are called today: a number tells nobody anything."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, lazyload

from eventapp.extensions import db
from eventapp.models import (
    AuditEntry,
    Body,
    Delegation,
    FocalPoint,
    OutboxMessage,
    ProgrammeDocument,
    ProgrammeSession,
    Publication,
    Registration,
    Room,
    Track,
    User,
)
from eventapp.rules.access import Actor
from eventapp.services.speakers import find_known

Subject = tuple[str, int]  # the kind of a record, and its number

_THEIRS: Final = (joinedload(Delegation.country), joinedload(Delegation.body))
_QUERIES: Final[Mapping[str, Select[tuple[Any]]]] = {
    "body": select(Body),
    "delegation": select(Delegation).options(*_THEIRS),
    "document": select(ProgrammeDocument),
    "focal_point": select(FocalPoint).options(joinedload(FocalPoint.delegation)),
    "outbox_message": select(OutboxMessage),
    "publication": select(Publication),
    "registration": select(Registration),
    "room": select(Room),
    "session": select(ProgrammeSession),
    "track": select(Track),
    "user": select(User).options(lazyload(User.editions)),
}


# What the last entry of a record that was deleted says: kind -> action.
_ENDS: Final[Mapping[str, str]] = {
    "body": "body.delete",
    "delegation": "delegation.remove",
    "document": "document.remove",
    "room": "room.delete",
    "session": "session.delete",
    "speaker": "speaker.delete",
    "track": "track.delete",
}


def find_ends(wanted: Collection[Subject]) -> Mapping[Subject, int]:
    """The last entry that told of the end of a record with such a number; one query.

    SQLite may have given the number again since: what happened until then happened to another record.
    """
    kinds = {kind for kind, _ in wanted} & _ENDS.keys()
    numbers = {number for kind, number in wanted if kind in kinds}
    subject = (AuditEntry.subject_type, AuditEntry.subject_id)
    query = select(*subject, func.max(AuditEntry.id)).where(
        AuditEntry.subject_type.in_(kinds),
        AuditEntry.subject_id.in_(numbers),
        AuditEntry.action.in_([_ENDS[kind] for kind in kinds]),
    )
    rows = db.session.execute(query.group_by(*subject)).tuples()
    return {(kind, number): last for kind, number, last in rows if number is not None}


def find_subjects(actor: Actor, wanted: Collection[Subject]) -> Mapping[Subject, Any]:
    """The records behind some numbers that are still there; one query for each kind, three for speakers.

    The caller has checked who may read the entries. Whoever may not know of a speaker any more gets none: that profile may
    stand in closed sessions of other editions by now.
    """
    found: dict[Subject, Any] = {}
    for kind in sorted({kind for kind, _ in wanted}):
        numbers = sorted({number for one, number in wanted if one == kind})
        if kind == "speaker":
            found |= {(kind, one.id): one for one in find_known(actor, numbers)}
        elif kind in _QUERIES:
            query = _QUERIES[kind]
            table = query.column_descriptions[0]["entity"]
            found |= {(kind, one.id): one for one in db.session.scalars(query.where(table.id.in_(numbers)))}
    return found
