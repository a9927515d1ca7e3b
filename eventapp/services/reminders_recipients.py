"""Whom a reminder goes to as things stand now: focal points, and people who were invited and have not come yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import joinedload

from eventapp.extensions import db
from eventapp.models import Delegation, DelegationInvitation, Edition, FocalPoint, PrivateLink, Registration
from eventapp.rules.reminder import Calendar
from eventapp.rules.vouching import OWED
from eventapp.services.mail_addressees import names_of


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody who would be reminded; `link_id` is None where a focal point gets a new link, the last one being over."""

    public_id: UUID
    name: str
    email: str
    language: str
    delegation: Mapping[str, str]
    focal_point_id: int | None = None
    link_id: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


def calendar_of(edition: Edition) -> Calendar:
    """What of an edition decides whether anybody is reminded."""
    return Calendar(state=edition.state, closes_at=edition.registration_closes_at, zone=edition.time_zone)


def list_recipients(edition: Edition, reminder: str, *, now: datetime) -> Sequence[Recipient]:
    """Everybody whom a reminder of an edition would reach now, by delegation; a handful of queries for any number."""
    if reminder == "invitation":
        return _list_invited(edition, now)
    if reminder == "endorsement" and edition.approval != "two_steps":
        return []
    return _list_focal_points(edition, reminder, now)


def _list_focal_points(edition: Edition, reminder: str, now: datetime) -> Sequence[Recipient]:
    waiting = _waiting(edition.id)
    query = (
        select(FocalPoint, Delegation, func.coalesce(waiting.c.people, 0))
        .join(Delegation, Delegation.id == FocalPoint.delegation_id)
        .outerjoin(waiting, waiting.c.delegation_id == Delegation.id)
        .where(Delegation.edition_id == edition.id, FocalPoint.removed_at.is_(None), FocalPoint.email != "")
        .options(joinedload(Delegation.country), joinedload(Delegation.body))
        .order_by(Delegation.sort_name, Delegation.id, FocalPoint.id)
    )
    if reminder == "endorsement":
        query = query.where(waiting.c.people > 0)
    else:
        query = query.where(Delegation.credentials.in_(OWED))
    rows = db.session.execute(query).all()
    links = _newest_links(PrivateLink.focal_point_id, "focal_point", [point.id for point, _, _ in rows])
    return [
        Recipient(
            public_id=point.public_id,
            name=point.name,
            email=point.email,
            language=point.language,
            delegation=names_of(delegation),
            focal_point_id=point.id,
            link_id=links[point.id].id if point.id in links and _is_open(links[point.id], now) else None,
            values={"waiting": people} if reminder == "endorsement" else {},
        )
        for point, delegation, people in rows
        # Whose link was revoked is not given another one by a reminder.
        if point.id not in links or links[point.id].revoked_at is None
    ]


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


def _list_invited(edition: Edition, now: datetime) -> Sequence[Recipient]:
    query = (
        select(DelegationInvitation, Delegation)
        .join(Delegation, Delegation.id == DelegationInvitation.delegation_id)
        .where(
            Delegation.edition_id == edition.id,
            DelegationInvitation.used_at.is_(None),
            DelegationInvitation.revoked_at.is_(None),
            DelegationInvitation.registration_id.is_(None),
            DelegationInvitation.expires_at > now,
            DelegationInvitation.email != "",
        )
        .options(joinedload(Delegation.country), joinedload(Delegation.body))
        .order_by(Delegation.sort_name, Delegation.id, DelegationInvitation.id)
    )
    rows = db.session.execute(query).all()
    owner = PrivateLink.delegation_invitation_id
    links = _newest_links(owner, "delegation_invitation", [one.id for one, _ in rows])
    return [
        Recipient(
            public_id=one.public_id,
            name=one.name,
            email=one.email,
            language=one.language,
            delegation=names_of(delegation),
            link_id=links[one.id].id,
        )
        for one, delegation in rows
        if one.id in links and _is_open(links[one.id], now)
    ]


def _newest_links(owner: Any, purpose: str, ids: Sequence[int]) -> Mapping[int, PrivateLink]:
    """Owner's number -> the newest link of a purpose, whatever became of it."""
    if not ids:
        return {}
    newest = (
        select(func.max(PrivateLink.id)).where(owner.in_(ids), PrivateLink.purpose == purpose).group_by(owner)
    )
    found = db.session.scalars(select(PrivateLink).where(PrivateLink.id.in_(newest)))
    return {getattr(one, owner.key): one for one in found}


def _is_open(link: PrivateLink, now: datetime) -> bool:
    return not (link.used_at or link.revoked_at or (link.expires_at and link.expires_at <= now))
