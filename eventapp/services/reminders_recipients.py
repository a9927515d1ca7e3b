"""Whom a reminder goes to as things stand now: focal points, people who were invited, delegates whom nobody has endorsed,
speakers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, case, false, func, or_, select

from eventapp.extensions import db
from eventapp.models import (
    Body,
    Country,
    Delegation,
    DelegationInvitation,
    Edition,
    FocalPoint,
    PrivateLink,
    Registration,
)
from eventapp.rules.name import full_name
from eventapp.rules.reminder import Calendar, beginning_of, end_of
from eventapp.rules.vouching import OWED
from eventapp.services.delegations_vouching import has_focal_point
from eventapp.services.speakers_missing import list_standings

_OF_TWO_STEPS: Final = ("endorsement", "waiting")


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody who would be reminded; `link_id` is None where a new link is made, since no open one stands."""

    public_id: UUID
    name: str
    email: str
    language: str
    delegation: Mapping[str, str]
    focal_point_id: int | None = None
    registration_id: int | None = None
    speaker_id: int | None = None
    link_id: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


def calendar_of(edition: Edition, reminder: str) -> Calendar:
    """What of an edition decides whether anybody is reminded of something: until registration closes it can be done.

    Delegations endorse, and delegates wait for it, until the day that the edition sets for it, where it sets one; speakers
    have until the conference begins.
    """
    closes_at = edition.registration_closes_at
    if reminder == "speaker":
        day = edition.starts_on if edition.date_precision == "day" else None
        closes_at = beginning_of(day, edition.time_zone) if day else None
    if reminder in _OF_TWO_STEPS and edition.endorse_by:
        closes_at = end_of(edition.endorse_by, edition.time_zone)
    return Calendar(state=edition.state, closes_at=closes_at, zone=edition.time_zone)


def list_recipients(edition: Edition, reminder: str, *, now: datetime) -> Sequence[Recipient]:
    """Everybody whom a reminder of an edition would reach now, by delegation or name; one query or two for any number."""
    if reminder == "speaker":
        return _speakers(edition, now)
    return [_recipient(reminder, row) for row in db.session.execute(_query(edition, reminder, now))]


def list_first(
    edition: Edition, reminder: str, *, now: datetime, limit: int
) -> tuple[int, Sequence[Recipient]]:
    """How many people a reminder of an edition would reach now, and the first of them; one query or two."""
    if reminder == "speaker":
        found = _speakers(edition, now)
        return len(found), found[:limit]
    query = _query(edition, reminder, now).add_columns(func.count().over().label("whole")).limit(limit)
    rows = db.session.execute(query).all()
    return rows[0].whole if rows else 0, [_recipient(reminder, row) for row in rows]


def _speakers(edition: Edition, now: datetime) -> Sequence[Recipient]:
    """Speakers of whom something is missing and who were written to; whose link was ended by hand is left alone."""
    return [
        Recipient(
            public_id=one.speaker.public_id,
            name=one.speaker.name,
            email=one.speaker.email,
            language=one.speaker.language,
            delegation={},
            speaker_id=one.speaker.id,
            link_id=one.link.id if one.is_open(now) else None,
            values={"missing": list(one.missing)},
        )
        for one in list_standings(edition.id, now=now)
        if one.missing and one.speaker.email and one.link is not None and one.link.revoked_at is None
    ]


def _recipient(reminder: str, row: Row[Any]) -> Recipient:
    delegation = row.country_names or row.body_names or {}
    values: dict[str, Any] = {"waiting": row.people} if reminder == "endorsement" else {}
    is_delegate = reminder == "waiting"
    return Recipient(
        public_id=row.public_id,
        name=full_name(row.given_name, row.family_name) if is_delegate else row.name,
        email=row.email,
        language=row.language,
        delegation=delegation,
        focal_point_id=row.id if reminder in ("endorsement", "credentials") else None,
        registration_id=row.id if is_delegate else None,
        link_id=row.link_id,
        values={"delegation": delegation} if is_delegate else values,
    )


def _query(edition: Edition, reminder: str, now: datetime) -> Select[Any]:
    if reminder == "invitation":
        return _invited(edition.id, now)
    if reminder == "waiting":
        return _unendorsed(edition, now)
    query = _focal_points(edition.id, now)
    if reminder == "credentials":
        return query.where(Delegation.credentials.in_(OWED))
    waiting = _waiting(edition.id)
    query = query.add_columns(waiting.c.people).join(waiting, waiting.c.delegation_id == Delegation.id)
    return query if edition.approval == "two_steps" else query.where(false())


def _focal_points(edition_id: int, now: datetime) -> Select[Any]:
    newest = _newest_links("focal_point", PrivateLink.focal_point_id)
    return (
        _of_delegation(FocalPoint, FocalPoint.name)
        .add_columns(case((_is_open(now), PrivateLink.id)).label("link_id"))
        .outerjoin(newest, newest.c.owner == FocalPoint.id)
        .outerjoin(PrivateLink, PrivateLink.id == newest.c.link)
        .where(Delegation.edition_id == edition_id, FocalPoint.removed_at.is_(None), FocalPoint.email != "")
        # Whose link was revoked is not given another one by a reminder.
        .where(PrivateLink.revoked_at.is_(None))
    )


def _invited(edition_id: int, now: datetime) -> Select[Any]:
    newest = _newest_links("delegation_invitation", PrivateLink.delegation_invitation_id)
    return (
        _of_delegation(DelegationInvitation, DelegationInvitation.name)
        .add_columns(PrivateLink.id.label("link_id"))
        .join(newest, newest.c.owner == DelegationInvitation.id)
        .join(PrivateLink, PrivateLink.id == newest.c.link)
        .where(
            Delegation.edition_id == edition_id,
            DelegationInvitation.used_at.is_(None),
            DelegationInvitation.revoked_at.is_(None),
            DelegationInvitation.registration_id.is_(None),
            DelegationInvitation.expires_at > now,
            DelegationInvitation.email != "",
            _is_open(now),
        )
    )


def _unendorsed(edition: Edition, now: datetime) -> Select[Any]:
    """Delegates who wait for a body that somebody speaks for; of the others the secretariat decides itself."""
    newest = _newest_links("registration", PrivateLink.registration_id, is_open=_is_open(now))
    names = (Registration.given_name, Registration.family_name)
    query = _of_delegation(Registration, *names).add_columns(newest.c.link.label("link_id"))
    query = query.outerjoin(newest, newest.c.owner == Registration.id).where(
        Registration.edition_id == edition.id,
        Registration.state == "submitted",
        Registration.erased_at.is_(None),
        Registration.email != "",
        has_focal_point(Delegation.id),
    )
    return query if edition.approval == "two_steps" else query.where(false())


def _of_delegation(table: Any, *names: Any) -> Select[Any]:
    """What a reminder needs of somebody, with the names of the delegation; by delegation."""
    return (
        select(table.id, table.public_id, *names, table.email, table.language)
        .add_columns(Country.names.label("country_names"), Body.names.label("body_names"))
        .join(Delegation, Delegation.id == table.delegation_id)
        .outerjoin(Country, Country.code == Delegation.country_code)
        .outerjoin(Body, Body.id == Delegation.body_id)
        .order_by(Delegation.sort_name, Delegation.id, table.id)
    )


def _waiting(edition_id: int) -> Subquery:
    """How many people of each delegation wait for its endorsement."""
    return (
        select(Registration.delegation_id, func.count().label("people"))
        .where(
            Registration.edition_id == edition_id,
            Registration.delegation_id.is_not(None),
            Registration.state == "submitted",
            Registration.erased_at.is_(None),
        )
        .group_by(Registration.delegation_id)
        .subquery()
    )


def _newest_links(purpose: str, owner: Any, *, is_open: ColumnElement[bool] | None = None) -> Subquery:
    """The newest link of each owner, whatever became of it, or the newest open one."""
    newest = select(owner.label("owner"), func.max(PrivateLink.id).label("link"))
    wanted = [PrivateLink.purpose == purpose, *([] if is_open is None else [is_open])]
    return newest.where(*wanted).group_by(owner).subquery()


def _is_open(now: datetime) -> ColumnElement[bool]:
    return and_(
        PrivateLink.used_at.is_(None),
        PrivateLink.revoked_at.is_(None),
        or_(PrivateLink.expires_at.is_(None), PrivateLink.expires_at > now),
    )
