"""Delegations made all at once: of the countries, of a region, or of an earlier edition's; looked at first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp.errors import Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import Country, CountryRegion, Delegation, Edition, FocalPoint, Region
from eventapp.rules.access import Actor
from eventapp.rules.body import sort_name
from eventapp.rules.country import is_offered
from eventapp.rules.delegation import SOURCES, Batch, Candidate, plan_batch
from eventapp.rules.edition_plan import PROMOTING_STATES
from eventapp.rules.quota import check_places
from eventapp.services import (
    audit,
    delegations_assign,
    delegations_heads,
    focal_points,
    registrations_places,
)
from eventapp.services.editions import get_edition_to_edit, lock_edition
from eventapp.services.mail_addressees import names_of


@dataclass(frozen=True, kw_only=True)
class Order:
    """What somebody wants made: of which source, with which quotas."""

    source: str
    region_id: int | None = None
    quota: int | None = None  # for each; of an earlier edition's, where theirs is not taken
    keeps_quotas: bool = False
    brings_focal_points: bool = False
    host_apart: bool = False  # the host's places are its own
    host_quota: int | None = None


@dataclass(frozen=True, kw_only=True)
class Made:
    """What making many at once did."""

    made: int
    there: int
    linked: int
    focal_points: int
    promoted: int


def find_earlier(edition: Edition) -> Edition | None:
    """The last edition before this one that has delegations."""
    has_some = select(Delegation.edition_id).where(Delegation.edition_id == Edition.id).exists()
    query = select(Edition).where(Edition.ordinal < edition.ordinal, has_some)
    return db.session.scalar(query.order_by(Edition.ordinal.desc()).limit(1))


def preview(actor: Actor, ordinal: int, order: Order, *, today: date) -> Batch:
    """What the order would make now, and what is there already. Changes nothing; refuses readers."""
    return _plan(get_edition_to_edit(actor, ordinal), order, today)


def make(actor: Actor, ordinal: int, order: Order, *, today: date, now: datetime) -> Made:
    """Make every delegation of the order that is not there yet; those that are stay as they are.

    Each takes over the registrations that represent it; whoever finds a place by that moves up. One transaction.
    """
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    batch = _plan(edition, order, today)
    made = [(one, _row(edition, one, now)) for one in batch.made]
    db.session.add_all(row for _, row in made)
    db.session.flush()
    numbers = {one.former_id: row for one, row in made if one.former_id is not None}
    brought = _bring(numbers, now) if order.brings_focal_points else 0
    linked = delegations_assign.adopt(edition.id)
    delegations_heads.keep_first(actor, edition.id, now=now)
    summary = {"source": order.source, "rows": len(made), "linked": linked}
    _record(actor, edition, [(one, row.id) for one, row in made], summary=summary, now=now)
    promoted = 0
    if edition.state in PROMOTING_STATES:
        promoted = len(registrations_places.promote_waiting(actor, edition, now=now))
    return Made(
        made=len(made), there=len(batch.there), linked=linked, focal_points=brought, promoted=promoted
    )


def _row(edition: Edition, one: Candidate, now: datetime) -> Delegation:
    return Delegation(
        edition_id=edition.id,
        country_code=one.country_code,
        body_id=one.body_id,
        kind=one.kind,
        membership=one.membership,
        quota=one.quota,
        stands_apart=one.stands_apart,
        sort_name=one.name,
        created_at=now,
    )


def _record(
    actor: Actor,
    edition: Edition,
    made: Sequence[tuple[Candidate, int]],
    *,
    summary: Mapping[str, Any],
    now: datetime,
) -> None:
    for one, number in made:
        new = {"names": dict(one.names), "kind": one.kind, "membership": one.membership, "quota": one.quota}
        audit.record(
            actor,
            "delegation.create",
            now=now,
            subject_type="delegation",
            subject_id=number,
            edition_id=edition.id,
            new={name: value for name, value in new.items() if value not in ("", None)}
            | ({"stands_apart": True} if one.stands_apart else {}),
        )
    audit.record(
        actor,
        "delegation.create_many",
        now=now,
        subject_type="edition",
        subject_id=edition.id,
        edition_id=edition.id,
        new=summary,
    )


def _plan(edition: Edition, order: Order, today: date) -> Batch:
    _check(order)
    found = _earlier(edition, order) if order.source == "last_edition" else _countries(order, today)
    held = {
        (code, body)
        for code, body in db.session.execute(
            select(Delegation.country_code, Delegation.body_id).where(Delegation.edition_id == edition.id)
        )
    }
    return plan_batch([_with_host(one, edition, order) for one in found], held)


def _check(order: Order) -> None:
    if order.source not in SOURCES:
        raise Invalid({"source": Refused("Please choose one of the list.", code="choice")})
    for name, number in (("quota", order.quota), ("host_quota", order.host_quota)):
        if number is None:
            continue
        try:
            check_places(number)
        except Refused as problem:
            raise Invalid({name: problem}) from None


def _with_host(one: Candidate, edition: Edition, order: Order) -> Candidate:
    if not order.host_apart or one.country_code is None or one.country_code != edition.country_code:
        return one
    return replace(one, quota=order.host_quota, stands_apart=True)


def _countries(order: Order, today: date) -> list[Candidate]:
    query = select(Country)
    if order.source == "un_members":
        query = query.where(Country.status == "un_member")
    if order.source == "region":
        query = query.where(Country.code.in_(_codes_of(order.region_id)))
    return [
        Candidate(
            name=sort_name(one.names),
            names=one.names,
            kind="state",
            country_code=one.code,
            quota=order.quota,
        )
        for one in db.session.scalars(query)
        if is_offered(one.active_from, one.active_to, today)
    ]


def _codes_of(region_id: int | None) -> Collection[str]:
    """The countries of a region; refuses one that is not there."""
    region = db.session.get(Region, region_id) if region_id else None
    if region is None:
        raise Invalid({"region_id": Refused("Please choose a region.", code="missing")})
    query = select(CountryRegion.country_code).where(CountryRegion.region_id == region.id)
    return db.session.scalars(query).all()


def _earlier(edition: Edition, order: Order) -> list[Candidate]:
    before = find_earlier(edition)
    if before is None:
        raise Invalid({"source": NotFound("No earlier edition has delegations.")})
    query = select(Delegation).where(Delegation.edition_id == before.id)
    rows = db.session.scalars(query.options(joinedload(Delegation.country), joinedload(Delegation.body)))
    return [
        Candidate(
            name=sort_name(names_of(one)),
            names=names_of(one),
            kind=one.kind,
            country_code=one.country_code,
            body_id=one.body_id,
            quota=one.quota if order.keeps_quotas else order.quota,
            membership=one.membership,
            former_id=one.id,
        )
        for one in rows
    ]


def _bring(numbers: dict[int, Delegation], now: datetime) -> int:
    """The focal points of the earlier edition, without links: the secretariat sends these once it has looked."""
    wanted = (FocalPoint.delegation_id.in_(list(numbers)), FocalPoint.removed_at.is_(None))
    people = db.session.scalars(select(FocalPoint).where(*wanted).order_by(FocalPoint.id)).all()
    for one in people:
        values = {"name": one.name, "email": one.email, "language": one.language}
        focal_points.put(numbers[one.delegation_id], values, now=now)
    return len(people)
