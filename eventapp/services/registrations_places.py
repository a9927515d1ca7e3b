"""Places: how many are left, and who of the waiting list moves up. Always inside the edition's lock."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from eventapp.extensions import db
from eventapp.models import Edition, Registration
from eventapp.rules.access import Actor
from eventapp.services import audit, mail


def count_approved(edition_id: int) -> int:
    """How many people hold a place now, counted from the rows."""
    wanted = (Registration.edition_id == edition_id, Registration.state == "approved")
    return db.session.scalar(select(func.count()).select_from(Registration).where(*wanted)) or 0


def free_places(edition: Edition) -> int | None:
    """Places left, never below zero; None without a limit. The caller holds the edition's lock if it decides by it."""
    if edition.capacity is None:
        return None
    return max(0, edition.capacity - count_approved(edition.id))


def list_waiting(edition_id: int, limit: int | None = None) -> Sequence[Registration]:
    """The waiting list in its order."""
    wanted = (
        Registration.edition_id == edition_id,
        Registration.state == "waitlisted",
        Registration.erased_at.is_(None),  # nobody can be told any more, and nobody would come
    )
    query = select(Registration).where(*wanted).order_by(Registration.waitlisted_at, Registration.id)
    return db.session.scalars(query.limit(limit)).all()


def promote_waiting(actor: Actor, edition: Edition, *, now: datetime) -> Sequence[Registration]:
    """Give the free places to the first in line, tell each by mail, and say who they are; needs the edition's lock.

    In both ways of approval: whoever is on the waiting list was admitted to it and waits for nothing but a place.
    """
    db.session.flush()
    free = free_places(edition)
    if free == 0:
        return []
    moved = list_waiting(edition.id, limit=free)
    for registration in moved:
        registration.state, registration.decided_at, registration.reason = "approved", now, ""
        audit.record(
            actor,
            "registration.promote",
            now=now,
            subject_type="registration",
            subject_id=registration.id,
            edition_id=edition.id,
            old={"state": "waitlisted"},
            new={"state": "approved"},
        )
        mail.enqueue(
            "promoted",
            recipient=registration.email,
            language=registration.language,
            now=now,
            registration=registration,
        )
    db.session.flush()
    return moved
