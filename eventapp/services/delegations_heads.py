"""One head for each delegation, by whichever way somebody comes into it; under the edition's lock."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, func, select

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.models import Registration
from eventapp.rules.access import Actor
from eventapp.rules.name import full_name
from eventapp.rules.vocabulary import REGISTERED_STATES
from eventapp.rules.workspace import HEAD
from eventapp.services import audit

AFTER_HEAD: Final = "delegate"  # what a second head becomes where nobody is there to be asked


def find_head(delegation_id: int, *, but: int | None = None) -> Registration | None:
    """Who heads a delegation now, leaving one person out."""
    wanted = (
        Registration.delegation_id == delegation_id,
        Registration.role == HEAD,
        Registration.state.in_(REGISTERED_STATES),
    )
    found = db.session.scalars(select(Registration).where(*wanted).order_by(Registration.id))
    return next((one for one in found if one.id != but), None)


def find_second_head(delegation_id: int | None, registration: Registration) -> Refused | None:
    """The refusal of a second head, with the name of the one there is; nothing for people of no delegation."""
    if delegation_id is None or registration.role != HEAD:
        return None
    head = find_head(delegation_id, but=registration.id)
    if head is None:
        return None
    return Refused(
        "%(name)s is the head of this delegation. There is one head: choose another role, or change theirs first.",
        name=full_name(head.given_name, head.family_name),
    )


def come_back(actor: Actor, rows: Iterable[Row[Any]], *, now: datetime) -> None:
    """Whoever stands again after a refusal comes back as a delegate where somebody else heads the delegation by now.

    `rows` hold the people as they were before, by id, state, role and delegation.
    """
    for row in rows:
        if row.role != HEAD or row.state in REGISTERED_STATES or row.delegation_id is None:
            continue
        if find_head(row.delegation_id, but=row.id) is not None:
            _step_back(actor, db.session.get_one(Registration, row.id, populate_existing=True), now=now)


def keep_first(actor: Actor, edition_id: int, *, now: datetime) -> None:
    """Of several heads whom a delegation has taken in at once, the first to come stays; one query where there are none."""
    wanted = (
        Registration.edition_id == edition_id,
        Registration.delegation_id.is_not(None),
        Registration.role == HEAD,
        Registration.state.in_(REGISTERED_STATES),
    )
    many = select(Registration.delegation_id).where(*wanted).group_by(Registration.delegation_id)
    several = db.session.scalars(many.having(func.count() > 1)).all()
    if not several:
        return
    query = select(Registration).where(*wanted, Registration.delegation_id.in_(several))
    query = query.order_by(Registration.submitted_at, Registration.id).execution_options(
        populate_existing=True
    )
    seen: set[int | None] = set()
    for one in db.session.scalars(query).all():
        if one.delegation_id in seen:
            _step_back(actor, one, now=now)
        seen.add(one.delegation_id)


def _step_back(actor: Actor, registration: Registration, *, now: datetime) -> None:
    old = {"role": registration.role, "version": registration.version}
    registration.role = AFTER_HEAD
    db.session.flush()
    audit.record(
        actor,
        "registration.role",
        now=now,
        subject_type="registration",
        subject_id=registration.id,
        edition_id=registration.edition_id,
        old=old,
        new={"role": AFTER_HEAD},
    )
