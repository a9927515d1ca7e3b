"""Places: how many are left, and who of the waiting list moves up. Always inside the edition's lock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select

from eventapp.extensions import db
from eventapp.models import Edition, Registration
from eventapp.rules.access import Actor
from eventapp.services import links, registrations_bulk
from eventapp.services.mail_bulk import Letter, write_letters


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


def promote_waiting(actor: Actor, edition: Edition, *, now: datetime) -> Sequence[int]:
    """Give the free places to the first in line, tell each by mail, and say who they are; needs the edition's lock.

    In both ways of approval: whoever is on the waiting list was admitted to it and waits for nothing but a place.
    A handful of statements, however many move up.
    """
    db.session.flush()
    free = free_places(edition)
    if free == 0:
        return []
    rows = _first_in_line(edition.id, free)
    if not rows:
        return []
    values = {"state": "approved", "decided_at": now, "reason": ""}
    registrations_bulk.move(actor, "promote", edition.id, rows, values, now=now)
    letters = [Letter(row.id, row.email, row.language) for row in rows]
    open_links = links.find_open_link_ids([row.id for row in rows])
    write_letters("registration_promoted", letters, open_links, edition_id=edition.id, now=now)
    return [row.id for row in rows]


def _first_in_line(edition_id: int, limit: int | None) -> Sequence[Row[Any]]:
    wanted = (
        Registration.edition_id == edition_id,
        Registration.state == "waitlisted",
        Registration.erased_at.is_(None),  # nobody can be told any more, and nobody would come
    )
    columns = (
        Registration.id,
        Registration.state,
        Registration.version,
        Registration.email,
        Registration.language,
    )
    query = select(*columns).where(*wanted).order_by(Registration.waitlisted_at, Registration.id)
    return db.session.execute(query.limit(limit)).all()
