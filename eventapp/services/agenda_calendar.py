"""The secret address of somebody's calendar: a link of its own, so that it can be given up without the registration's."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update

from eventapp.errors import Closed, NotFound
from eventapp.extensions import db
from eventapp.models import PrivateLink, Registration
from eventapp.rules.access import DELEGATE
from eventapp.services import agenda, audit, links, registrations_own
from eventapp.services.agenda import Chosen

PURPOSE = "calendar"


def find_link(registration: Registration) -> PrivateLink | None:
    """The calendar's link that works now, if the person has made one."""
    wanted = (_is_theirs(registration), PrivateLink.purpose == PURPOSE)
    query = select(PrivateLink).where(*wanted, PrivateLink.revoked_at.is_(None))
    return db.session.scalar(query.order_by(PrivateLink.id.desc()).limit(1))


def renew(token: str, *, now: datetime, secret: str) -> PrivateLink:
    """Make an address for the owner of a private link; the one before stops working."""
    registration = registrations_own.get_own(token).registration
    _revoke(registration, now)
    link = links.make_link(PURPOSE, secret=secret, now=now, registration_id=registration.id)
    _record(registration, "registration.make_calendar", now)
    return link


def revoke(token: str, *, now: datetime) -> None:
    """Give the address up: whoever has it reads nothing any more."""
    registration = registrations_own.get_own(token).registration
    _revoke(registration, now)
    _record(registration, "registration.revoke_calendar", now)


def read(token: str) -> tuple[Registration, Sequence[Chosen]]:
    """Whose calendar an address leads to, and what stands in it; raises NotFound or Closed."""
    link = links.find_any_link(token, PURPOSE)
    registration = db.session.get(Registration, link.registration_id) if link else None
    if registration is not None and registration.merged_into_id is not None:
        registration = db.session.get(Registration, registration.merged_into_id)  # the same person
    if link is None or registration is None:
        raise NotFound("This link leads nowhere. Please check that it is complete.", code="link")
    if link.revoked_at is not None or registration.erased_at is not None:
        raise Closed("This calendar has been given up.", code="gone")
    return registration, agenda.list_calendar(registration)


def _is_theirs(registration: Registration) -> ColumnElement[bool]:
    """The links of a person, also those made for a registration that was merged into this one."""
    merged = select(Registration.id).where(Registration.merged_into_id == registration.id)
    return or_(PrivateLink.registration_id == registration.id, PrivateLink.registration_id.in_(merged))


def _revoke(registration: Registration, now: datetime) -> None:
    open_ = (
        _is_theirs(registration),
        PrivateLink.purpose == PURPOSE,
        PrivateLink.revoked_at.is_(None),
    )
    db.session.execute(update(PrivateLink).where(*open_).values(revoked_at=now))


def _record(registration: Registration, action: str, now: datetime) -> None:
    audit.record(
        DELEGATE,
        action,
        now=now,
        subject_type="registration",
        subject_id=registration.id,
        edition_id=registration.edition_id,
    )
