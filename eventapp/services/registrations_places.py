"""Places: how many are left, and who of the waiting list moves up. Always inside the edition's lock."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from eventapp.extensions import db
from eventapp.models import Edition, Registration
from eventapp.rules.access import Actor
from eventapp.services import audit, links, mail


def count_approved(edition_id: int) -> int:
    """How many people hold a place now, counted from the rows."""
    wanted = (Registration.edition_id == edition_id, Registration.state == "approved")
    return db.session.scalar(select(func.count()).select_from(Registration).where(*wanted)) or 0


def free_places(edition: Edition) -> int | None:
    """Places left, never below zero; None without a limit. The caller holds the edition's lock if it decides by it."""
    if edition.capacity is None:
        return None
    return max(0, edition.capacity - count_approved(edition.id))


def places_for_newcomers(edition: Edition) -> int | None:
    """Places that nobody in line has a claim to; None without a limit. One query, inside the edition's lock."""
    if edition.capacity is None:
        return None
    mine = (Registration.edition_id == edition.id, Registration.erased_at.is_(None))
    approved = (
        select(func.count())
        .select_from(Registration)
        .where(Registration.edition_id == edition.id, Registration.state == "approved")
        .scalar_subquery()
    )
    waiting = select(Registration.id).where(*mine, Registration.state == "waitlisted").exists()
    taken, is_somebody_waiting = db.session.execute(select(approved, waiting)).one()
    return 0 if is_somebody_waiting else max(0, edition.capacity - taken)


def find_position(registration: Registration) -> int | None:
    """Which place in line somebody on the waiting list has, the first being 1; None for everybody else."""
    if registration.state != "waitlisted":
        return None
    before = or_(
        Registration.waitlisted_at < registration.waitlisted_at,
        and_(Registration.waitlisted_at == registration.waitlisted_at, Registration.id < registration.id),
    )
    wanted = (
        Registration.edition_id == registration.edition_id,
        Registration.state == "waitlisted",
        Registration.erased_at.is_(None),
        before,
    )
    return 1 + (db.session.scalar(select(func.count()).select_from(Registration).where(*wanted)) or 0)


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
    open_links = links.find_registration_links([registration.id for registration in moved])
    for registration in moved:
        version = registration.version
        registration.state, registration.decided_at, registration.reason = "approved", now, ""
        audit.record(
            actor,
            "registration.promote",
            now=now,
            subject_type="registration",
            subject_id=registration.id,
            edition_id=edition.id,
            old={"state": "waitlisted", "version": version},
            new={"state": "approved"},
        )
        mail.enqueue(
            "registration_promoted",
            recipient=registration.email,
            language=registration.language,
            now=now,
            registration=registration,
            link=open_links.get(registration.id),
        )
    db.session.flush()
    return moved
