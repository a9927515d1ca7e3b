"""Delegations in the hands of the secretariat: made, edited and removed, each with its audit row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventapp.errors import Conflict, Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import Body, Country, CredentialDocument, Delegation, Edition
from eventapp.rules.access import Actor
from eventapp.rules.body import sort_name
from eventapp.rules.delegation import Standing, check_named
from eventapp.rules.edition_plan import PROMOTING_STATES
from eventapp.rules.quota import check_places
from eventapp.services import (
    audit,
    delegations,
    delegations_assign,
    delegations_heads,
    focal_points,
    registrations_places,
    versions,
    workspace_forget,
)
from eventapp.services.editions import get_edition_to_edit, lock_edition
from eventapp.services.mail_addressees import names_of

COLUMNS: Final = ("kind", "membership", "quota", "stands_apart")


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What became of a delegation: how many registrations it took over, who moved up, how its places stand."""

    public_id: UUID
    linked: int = 0
    promoted: int = 0
    standing: Standing


def create(
    actor: Actor,
    ordinal: int,
    *,
    country_code: str | None,
    body_id: int | None,
    values: Mapping[str, Any],
    now: datetime,
) -> Saved:
    """Make one delegation, and take over the registrations that represent it already. Refuses one that is there."""
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    check_named(country_code, body_id)
    named = _named(country_code, body_id)
    kind = "state" if isinstance(named, Country) else named.kind
    values = {"kind": kind, "membership": "", "quota": None, "stands_apart": False} | dict(values)
    _check(actor, edition, values, membership="")
    if isinstance(named, Body):
        values["membership"] = ""
    made = Delegation(
        edition_id=edition.id,
        country_code=country_code,
        body_id=body_id,
        sort_name=sort_name(named.names),
        created_at=now,
        **values,
    )
    add(made)
    linked = delegations_assign.adopt(edition.id)
    delegations_heads.keep_first(actor, edition.id, now=now)
    new = {"names": dict(named.names), **{name: value for name, value in values.items() if value}}
    record(actor, "delegation.create", made, now=now, new=new | ({"linked": linked} if linked else {}))
    return _saved(actor, edition, made, linked=linked, now=now)


def _named(country_code: str | None, body_id: int | None) -> Country | Body:
    found = db.session.get(Country, country_code) if country_code else db.session.get(Body, body_id)
    if found is None:
        field = "country_code" if country_code else "body_id"
        raise Invalid({field: NotFound("Please choose one of the list.")})
    return found


def add(delegation: Delegation) -> None:
    """Put a new delegation in the database; a country or body has one in each edition, whoever else adds it now."""
    try:
        with db.session.begin_nested():
            db.session.add(delegation)
            db.session.flush()
    except IntegrityError:
        field = "country_code" if delegation.country_code else "body_id"
        raise Conflict("This edition has this delegation already.", code="there", field=field) from None


def edit(
    actor: Actor, ordinal: int, public_id: UUID, values: Mapping[str, Any], *, version: int, now: datetime
) -> Saved:
    """Save a delegation that was read at `version`. A raised quota lets people up; a lowered one removes nobody.

    The membership is set by administrators alone. Refuses with Stale if somebody saved it since.
    """
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    delegation = delegations.get_delegation(edition, public_id)
    _check(actor, edition, values, membership=delegation.membership)
    old, new = versions.write(delegation, values, version=version)
    if new:
        record(actor, "delegation.edit", delegation, now=now, old=old, new=new)
    return _saved(actor, edition, delegation, now=now)


def _check(actor: Actor, edition: Edition, values: Mapping[str, Any], *, membership: str) -> None:
    del edition
    if values.get("quota") is not None:
        try:
            check_places(values["quota"])
        except Refused as problem:
            raise Invalid({"quota": problem}) from None
    if values.get("membership", membership) != membership and not actor.is_administrator:
        raise Invalid({"membership": Refused("Only an administrator may do this.", code="forbidden")})


def _saved(
    actor: Actor, edition: Edition, delegation: Delegation, *, linked: int = 0, now: datetime
) -> Saved:
    promoted = 0
    if edition.state in PROMOTING_STATES:
        promoted = len(registrations_places.promote_waiting(actor, edition, now=now))
    standing = delegations.read_standing(edition, delegation)
    return Saved(public_id=delegation.public_id, linked=linked, promoted=promoted, standing=standing)


def remove(actor: Actor, ordinal: int, public_id: UUID, *, now: datetime) -> Sequence[str]:
    """Remove a delegation with its focal points and papers; gives the names of their files, to be taken away afterwards.

    Refuses while registrations hang on it, and says how many.
    """
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    delegation = delegations.get_delegation(edition, public_id)
    people = delegations.count_people(delegation.id)
    if people:
        raise Refused(
            "This delegation cannot be removed while registrations belong to it. There are: %(count)s.",
            code="used",
            count=people,
        )
    old = {"names": dict(names_of(delegation)), "kind": delegation.kind}
    speakers = delegations.list_focal_point_ids(delegation.id)
    focal_points.forget_letters(speakers)
    workspace_forget.forget_of_delegation(delegation.id)
    audit.forget_values("focal_point", speakers)
    papers = select(CredentialDocument.stored_name).where(CredentialDocument.delegation_id == delegation.id)
    files = db.session.scalars(papers).all()
    record(actor, "delegation.remove", delegation, now=now, old=old)
    db.session.delete(delegation)
    db.session.flush()
    return files


def record(
    actor: Actor,
    action: str,
    delegation: Delegation,
    *,
    now: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write down what was done to a delegation."""
    audit.record(
        actor,
        action,
        now=now,
        subject_type="delegation",
        subject_id=delegation.id,
        edition_id=delegation.edition_id,
        old=old,
        new=new,
        reason=reason,
    )
