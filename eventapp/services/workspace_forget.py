"""Who was invited to a delegation is forgotten: a month after the invitation is over, and at once with the person it brought."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update

from eventapp.extensions import db
from eventapp.models import DelegationInvitation, OutboxMessage, PrivateLink
from eventapp.rules.access import SYSTEM
from eventapp.services import audit

KEPT: Final = timedelta(days=30)  # after an invitation was used, taken back or has run out
ERASED: Final = "erased"
MOST: Final = 500  # in one transaction
_IS_NAMED: Final = or_(DelegationInvitation.email != "", DelegationInvitation.name != "")


def _is_over(before: datetime) -> ColumnElement[bool]:
    return or_(
        DelegationInvitation.used_at <= before,
        DelegationInvitation.revoked_at <= before,
        DelegationInvitation.expires_at <= before,
    )


def has_over(*, now: datetime) -> bool:
    """Whether anybody is to be forgotten by now; a look that locks nothing."""
    query = select(DelegationInvitation.id).where(_IS_NAMED, _is_over(now - KEPT)).limit(1)
    return db.session.scalar(query) is not None


def forget_over(*, now: datetime) -> Sequence[UUID]:
    """Forget who was invited by invitations that are over since a month; gives the ids of the letters they got.

    A part of them at a time. What became of an invitation, its role and whose it was, stays.
    """
    query = select(DelegationInvitation.id).where(_IS_NAMED, _is_over(now - KEPT))
    numbers = db.session.scalars(query.order_by(DelegationInvitation.id).limit(MOST)).all()
    written = _forget(numbers)
    if numbers:
        new = {"invitations": len(numbers)}
        audit.record(SYSTEM, "invitation.forget", now=now, subject_type="delegation", new=new)
    return written


def forget_of_people(registration_ids: Sequence[int]) -> Sequence[UUID]:
    """Forget by which invitations people came who are erased; gives the ids of the letters."""
    theirs = DelegationInvitation.registration_id.in_(registration_ids)
    return _forget(db.session.scalars(select(DelegationInvitation.id).where(theirs)).all())


def forget_of_delegation(delegation_id: int) -> Sequence[UUID]:
    """Forget everybody whom a delegation invited, before it is removed; gives the ids of their letters."""
    theirs = DelegationInvitation.delegation_id == delegation_id
    return _forget(db.session.scalars(select(DelegationInvitation.id).where(theirs)).all())


def count_named() -> tuple[int, datetime | None]:
    """How many people are named in invitations, and when the first invitation of these is over; one query."""
    ends = func.min(
        func.coalesce(
            DelegationInvitation.used_at, DelegationInvitation.revoked_at, DelegationInvitation.expires_at
        )
    )
    count, first = db.session.execute(select(func.count(), ends).where(_IS_NAMED)).one()
    return count, first


def _forget(numbers: Sequence[int]) -> Sequence[UUID]:
    """Empty name and address; a letter that has not gone out never will, of the others kind and times are kept."""
    if not numbers:
        return []
    theirs = DelegationInvitation.id.in_(numbers)
    _write(update(DelegationInvitation).where(theirs).values(name="", email=""))
    mine = PrivateLink.delegation_invitation_id.in_(numbers)
    to_them = OutboxMessage.link_id.in_(select(PrivateLink.id).where(mine))
    unsent = (to_them, OutboxMessage.state.in_(("waiting", "failed")))
    _write(update(OutboxMessage).where(*unsent).values(state="cancelled"))
    _write(update(OutboxMessage).where(to_them).values(recipient=ERASED, values={}, last_error=""))
    return db.session.scalars(select(OutboxMessage.public_id).where(to_them)).all()


def _write(statement: Any) -> None:
    db.session.execute(statement.execution_options(synchronize_session="fetch"))
