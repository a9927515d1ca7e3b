"""Places: how many are left, and who of the waiting list moves up. Always inside the edition's lock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, and_, bindparam, func, or_, select

from eventapp.errors import Refused, message
from eventapp.extensions import db
from eventapp.models import Edition, Quota, Registration
from eventapp.rules.access import Actor
from eventapp.rules.edition_plan import PROMOTING_STATES
from eventapp.rules.quota import (
    BADGE_CATEGORY,
    DELEGATION,
    EDITION,
    SECTOR,
    Person,
    Place,
    first_with_room,
    places_in_line,
)
from eventapp.rules.vocabulary import HOLDING_STATES
from eventapp.services import editions, links, quotas, registrations_bulk
from eventapp.services.delegations_copies import copy_decision
from eventapp.services.mail_bulk import Letter, write_letters

# What a delegate is told whose change would take a place that is not there.
_FULL: Final[Mapping[str, str]] = {
    EDITION: message("All places of this edition are taken. Please write to the secretariat."),
    DELEGATION: message("All places of this delegation are taken. Please write to the secretariat."),
    BADGE_CATEGORY: message(
        "All places of the badge category that would follow from these details are taken. Please write to the secretariat."
    ),
    SECTOR: message("All places of this sector are taken. Please write to the secretariat."),
}


def count_approved(edition_id: int) -> int:
    """How many people are approved now, counted from the rows."""
    wanted = (Registration.edition_id == edition_id, Registration.state == "approved")
    return db.session.scalar(select(func.count()).select_from(Registration).where(*wanted)) or 0


def free_places(edition: Edition) -> int | None:
    """Places left of the capacity, never below zero; None without a limit. Who decides by it holds the edition's lock."""
    if edition.capacity is None:
        return None
    return max(0, edition.capacity - quotas.count_held(edition))


def _taken() -> Select[tuple[int, bool]]:
    """How many hold a place, and whether somebody waits."""
    mine = Registration.edition_id == bindparam("edition_id")
    held = select(func.count()).select_from(Registration).where(mine, Registration.state.in_(HOLDING_STATES))
    line = (mine, Registration.state == "waitlisted", Registration.erased_at.is_(None))
    return select(held.scalar_subquery(), select(Registration.id).where(*line).exists())


_TAKEN: Final = _taken()  # made once: to put it together costs more than to ask it


def places_for_newcomers(edition: Edition) -> int | None:
    """Places that nobody in line has a claim to; None without a limit. One query, inside the edition's lock.

    For an edition with no other limit than its capacity; `places_for` answers for all of them.
    """
    if edition.capacity is None:
        return None
    taken, is_somebody_waiting = db.session.execute(_TAKEN, {"edition_id": edition.id}).one()
    return 0 if is_somebody_waiting else max(0, edition.capacity - taken)


def places_for(edition: Edition, person: Person) -> int:
    """One place or none for a newcomer, after everybody in line who could have one; inside the edition's lock.

    People who wait for another quota keep nobody out.
    """
    room = quotas.read_room(edition)
    first_with_room(room, quotas.as_waiting(quotas.list_line(edition.id)))
    return 0 if room.blocked_by(person) else 1


def find_position(registration: Registration) -> int | None:
    """Which place in the whole line somebody on the waiting list has, the first being 1; None for everybody else."""
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


def explain_waiting(edition: Edition, shown: Iterable[Registration]) -> Mapping[int, Sequence[Place]]:
    """For everybody of those shown who waits: the number in line for each full quota. A handful of queries, or none."""
    waiting = {one.id: one for one in shown if one.state == "waitlisted" and one.erased_at is None}
    if not waiting:
        return {}
    if quotas.exist(edition):
        people = {one: quotas.person_of(registration) for one, registration in waiting.items()}
        last = max(one.waitlisted_at for one in waiting.values() if one.waitlisted_at)
        return places_in_line(quotas.read_room(edition), quotas.list_line_until(edition.id, last), people)
    return {one: [Place(number, None)] for one, number in _numbers_in_line(edition.id, waiting)}


def _numbers_in_line(edition_id: int, waiting: Collection[int]) -> Sequence[tuple[int, int]]:
    """The place in the whole line of some of those who wait; one query, however long the line is."""
    number = func.row_number().over(order_by=(Registration.waitlisted_at, Registration.id))
    whole = select(Registration.id, number.label("number")).where(
        Registration.edition_id == edition_id,
        Registration.state == "waitlisted",
        Registration.erased_at.is_(None),
    )
    line = whole.subquery()
    found = db.session.execute(select(line.c.id, line.c.number).where(line.c.id.in_(waiting)))
    return [(one, number) for one, number in found]


def check_moved(edition: Edition, registration: Registration, before: Person) -> None:
    """Refuse that somebody who holds a place comes under a quota that is full already, by changing the own details.

    `before` is what decided about the quotas until now; the edition's lock is held.
    """
    after = quotas.person_of(registration)
    if after == before or registration.state not in HOLDING_STATES:
        return
    db.session.flush()
    full = quotas.read_room(edition).overfull(after, before)
    if full:
        raise Refused(_FULL[full.dimension], code="quota_full")


def promote_waiting(
    actor: Actor, edition: Edition, *, now: datetime, but: Collection[int] = ()
) -> Sequence[int]:
    """Give the free places to the first in line for whom every quota has room, tell each by mail, and say who they are.

    Needs the edition's lock. In every way of approval: whoever is on the waiting list was admitted to it and waits for
    nothing but a place. `but` are people whom this very decision has put there. A handful of statements, however many
    move up.
    """
    db.session.flush()
    rows = _first_in_line(edition, but)
    if not rows:
        return []
    values = {"state": "approved", "decided_at": now, "reason": ""}
    registrations_bulk.move(actor, "promote", edition.id, rows, values, now=now)
    letters = [Letter(row.id, row.email, row.language) for row in rows]
    open_links = links.find_open_link_ids([row.id for row in rows])
    write_letters("registration_promoted", letters, open_links, edition_id=edition.id, now=now)
    copy_decision("promoted", edition.id, rows, now=now)
    return [row.id for row in rows]


def promote_by_badges(actor: Actor, *, now: datetime) -> None:
    """After a change of the table of badges: whoever comes under another category may have freed a place, or have one now.

    Locks every edition that has quotas for categories, in one order; who came before the lock is counted anew.
    """
    db.session.flush()
    theirs = select(Quota.edition_id).where(Quota.dimension == BADGE_CATEGORY)
    wanted = (Edition.id.in_(theirs), Edition.state.in_(PROMOTING_STATES))
    for edition_id in db.session.scalars(select(Edition.id).where(*wanted).order_by(Edition.id)).all():
        promote_waiting(actor, editions.lock_edition(edition_id), now=now)


def _first_in_line(edition: Edition, but: Collection[int] = ()) -> Sequence[Row[Any]]:
    """Those who move up now, in their order."""
    has_quotas, held = quotas.glance(edition)
    if has_quotas:
        line = quotas.list_line(edition.id, but=but)
        moved = set(first_with_room(quotas.read_room(edition), quotas.as_waiting(line))) if line else ()
        return [row for row in line if row.id in moved]
    free = None if edition.capacity is None else max(0, edition.capacity - held)
    return [] if free == 0 else quotas.list_line(edition.id, free, but=but)
