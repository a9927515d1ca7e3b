"""How long an edition keeps personal data: the two lengths, and since when its clocks stand as they do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update

from eventapp.extensions import db
from eventapp.models import Edition, Registration
from eventapp.rules.access import Actor
from eventapp.rules.keeping import Keeping, is_moved
from eventapp.services import audit, versions
from eventapp.services.editions import get_edition_to_edit, lock_edition

COLUMNS: Final = ("needs_days", "record_months")


def keeping_of(edition: Edition) -> Keeping:
    """What of an edition decides when personal data goes."""
    return Keeping(
        state=edition.state,
        starts_on=edition.starts_on,
        ends_on=edition.ends_on,
        date_precision=edition.date_precision,
        time_zone=edition.time_zone,
        cancelled_on=edition.cancelled_on,
        needs_days=edition.needs_days,
        record_months=edition.record_months,
        set_at=edition.clocks_set_at,
    )


def note_moved(edition: Edition, before: Keeping, *, now: datetime) -> bool:
    """After a change of an edition: remember the moment if a clock moved, and say so. Nothing goes soon after it."""
    if not is_moved(before, keeping_of(edition)):
        return False
    # Not through the object: whoever has a form open compares versions, and has seen all that this change is about.
    change = update(Edition).where(Edition.id == edition.id).values(clocks_set_at=now)
    db.session.execute(change, execution_options={"synchronize_session": "fetch"})
    return True


def find_moved(edition: Edition, before: Keeping, *, now: datetime) -> Keeping | None:
    """The same, with how the clocks stand now; None where they did not move, or nobody is there whom it concerns."""
    if not note_moved(edition, before, now=now) or not count_people(edition.id):
        return None
    return keeping_of(edition)


def count_people(edition_id: int) -> int:
    """How many people are behind the registrations of an edition still, whatever became of these."""
    wanted = (Registration.edition_id == edition_id, Registration.erased_at.is_(None))
    return db.session.scalar(select(func.count()).select_from(Registration).where(*wanted)) or 0


def set_lengths(
    actor: Actor, ordinal: int, lengths: Mapping[str, int], *, version: int, now: datetime
) -> Edition:
    """Say how long an edition that was read at `version` keeps needs and the record; refuses readers, and with Stale.

    The caller has read the lengths within their bounds.
    """
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    before = keeping_of(edition)
    old, new = versions.write(edition, {name: lengths[name] for name in COLUMNS}, version=version)
    if new:
        note_moved(edition, before, now=now)
        audit.record(
            actor,
            "edition.keep",
            now=now,
            subject_type="edition",
            subject_id=edition.id,
            edition_id=edition.id,
            old=old,
            new=new,
        )
    return edition
