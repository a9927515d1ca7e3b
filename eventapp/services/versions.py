"""Records that two people may have open at once: saved only as they were read, with a list of who changed what since."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventapp.errors import Conflict, Stale
from eventapp.extensions import db
from eventapp.models import (
    AuditEntry,
    Body,
    Country,
    Delegation,
    Edition,
    FigureClaim,
    FocalPoint,
    MailText,
    Partnership,
    ProgrammeDocument,
    ProgrammeSession,
    Quota,
    Region,
    RegionScheme,
    Registration,
    ReminderPlan,
    Room,
    Sector,
    Speaker,
    Track,
)
from eventapp.services import audit

_NUMBERED = (
    Edition
    | Body
    | Delegation
    | FigureClaim
    | FocalPoint
    | MailText
    | Partnership
    | ProgrammeDocument
    | ProgrammeSession
    | Quota
    | Region
    | Registration
    | ReminderPlan
    | Room
    | Speaker
    | Track
)
_COUNTED_BY_HAND = Country | Region | RegionScheme | Sector  # see models/reference
Versioned = _NUMBERED | _COUNTED_BY_HAND
_SUBJECTS: Final[Mapping[type, str]] = {
    Edition: "edition",
    Body: "body",
    Delegation: "delegation",
    FocalPoint: "focal_point",
    FigureClaim: "figure",
    MailText: "mail_text",
    Partnership: "partnership",
    ProgrammeDocument: "document",
    ProgrammeSession: "session",
    Quota: "quota",
    Registration: "registration",
    ReminderPlan: "reminder_plan",
    Room: "room",
    Speaker: "speaker",
    Track: "track",
    Country: "country",
    Region: "region",
    RegionScheme: "region_scheme",
    Sector: "sector",
}


def check(record: Versioned, version: int) -> None:
    """Lock a record and read it again; refuses with Stale if it is not any more what was read at `version`."""
    table = type(record)
    # Not `session.get` with a lock: that compares versions by itself, and what it raises is no refusal for a form.
    key = "id" if isinstance(record, _NUMBERED) else "code"
    here = getattr(table, key) == getattr(record, key)
    again = select(table).where(here).with_for_update(of=table)
    kept = db.session.scalar(again.execution_options(populate_existing=True))
    if kept is None or record.version != version:  # it is the same object, filled anew
        raise Stale


def write(
    record: Versioned, values: Mapping[str, Any], *, version: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write what differs into a record that was read at `version`; gives old and new values for the audit list.

    The old values hold the version, by which `list_since` finds the change again. Refuses with Stale.
    """
    check(record, version)
    old, new = audit.differences({name: getattr(record, name) for name in values}, values)
    if not new:
        return {}, {}
    for name in new:
        setattr(record, name, values[name])
    if isinstance(record, _COUNTED_BY_HAND):
        record.version += 1
    db.session.flush()
    return {**old, "version": version}, new


def list_since(record: Versioned, version: int) -> list[AuditEntry]:
    """Who changed what in a record since it was read at that version, oldest first."""
    if isinstance(record, _NUMBERED):
        history = audit.list_of_subject(_SUBJECTS[type(record)], record.id)
    else:  # known by a word: entries have no number, and say which one they are about
        entries = audit.list_of_subject(_SUBJECTS[type(record)], None)
        history = [entry for entry in entries if entry.old.get("code") == record.code]
    return [entry for entry in history if entry.old.get("version", -1) >= version]


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """What the database refuses was taken, or taken away, by somebody else at this moment."""
    try:
        yield
    except IntegrityError:
        raise Conflict("Somebody else changed this at the same moment. Please try again.") from None
