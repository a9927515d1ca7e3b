"""Quotas in the hands of organisers: set, changed, removed, who stands outside. Nobody who holds a place ever loses it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from eventapp.errors import Conflict, Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import BadgeCategory, Edition, Quota, Sector
from eventapp.rules.access import Actor
from eventapp.rules.edition_plan import PROMOTING_STATES
from eventapp.rules.quota import BADGE_CATEGORY, DELEGATION, SECTOR, WHOLE, Sum, Which, check_places
from eventapp.rules.vocabulary import DELEGATE_ROLES
from eventapp.services import audit, quotas, registrations_places, versions
from eventapp.services.editions import get_edition_to_edit, lock_edition


@dataclass(frozen=True, kw_only=True)
class Line:
    """A quota of the page: its sum, and the row that an organiser changes, if it is one of a sector or category."""

    which: Which
    sum: Sum
    quota: Quota | None = None


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Every quota of an edition: its own, those of sectors and categories, and the represented bodies' together."""

    whole: Sum
    lines: Sequence[Line]
    bodies: Sum | None  # of all bodies with a quota; None without any
    bodies_count: int
    bodies_over: Sequence[Line]


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What became of a quota that was changed: how many moved up, and how many more people it holds than places."""

    promoted: int = 0
    over: int = 0


def overview(edition: Edition) -> Overview:
    """Every quota of an edition that the caller may look at, as sums; a handful of queries, however many bodies."""
    sums = quotas.read_sums(edition)
    rows = {Which(one.dimension, one.code): one for one in list_quotas(edition.id)}
    lines = [Line(which=which, sum=sums[which], quota=row) for which, row in rows.items()]
    bodies = {which: one for which, one in sums.items() if which.dimension == DELEGATION}
    total: Sum | None = None
    for one in bodies.values():
        total = one if total is None else total.plus(one)
    over = [Line(which=which, sum=one) for which, one in bodies.items() if one.over]
    return Overview(whole=sums[WHOLE], lines=lines, bodies=total, bodies_count=len(bodies), bodies_over=over)


def list_quotas(edition_id: int) -> Sequence[Quota]:
    """The quotas of sectors and badge categories of an edition, in one order."""
    query = select(Quota).where(Quota.edition_id == edition_id)
    return db.session.scalars(query.order_by(Quota.dimension, Quota.code)).all()


def get_quota(edition_id: int, quota_id: int) -> Quota:
    """A quota of this edition; raises NotFound."""
    quota = db.session.get(Quota, quota_id)
    if quota is None or quota.edition_id != edition_id:
        raise NotFound("There is no such quota.")
    return quota


def add(actor: Actor, ordinal: int, which: Which, places: int | None, *, now: datetime) -> Changed:
    """Give a sector or badge category a number of places; refuses one that has a quota already, and unknown codes.

    People who hold a place already stay: the answer says how many stand above the new limit.
    """
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    _check_code(which)
    number = _check(places)
    taken = (Quota.edition_id == edition.id, Quota.dimension == which.dimension, Quota.code == which.code)
    if db.session.scalar(select(Quota.id).where(*taken)):
        raise Conflict("There is a quota for this already.", code="quota", field="which")
    quota = Quota(edition_id=edition.id, dimension=which.dimension, code=which.code, places=number)
    db.session.add(quota)
    with versions.one_at_a_time():
        db.session.flush()
    _record(actor, "add", quota, now=now, new={**_named(quota), "places": number})
    return _changed(actor, edition, which, now=now)


def change(
    actor: Actor, ordinal: int, quota_id: int, places: int | None, *, version: int, now: datetime
) -> Changed:
    """Raise or lower a quota that was read at `version`; refuses if somebody saved it since. A raised one lets people up."""
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    quota = get_quota(edition.id, quota_id)
    old, new = versions.write(quota, {"places": _check(places)}, version=version)
    if new:
        _record(actor, "change", quota, now=now, old=old, new={**_named(quota), **new})
    return _changed(actor, edition, Which(quota.dimension, quota.code), now=now)


def remove(actor: Actor, ordinal: int, quota_id: int, *, version: int, now: datetime) -> Changed:
    """Take a quota away; whoever waited for it alone moves up. Refuses if somebody saved it since."""
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    quota = get_quota(edition.id, quota_id)
    versions.check(quota, version)
    _record(actor, "remove", quota, now=now, old={**_named(quota), "places": quota.places})
    db.session.delete(quota)
    db.session.flush()
    return _changed(actor, edition, None, now=now)


def set_outside(actor: Actor, ordinal: int, roles: Sequence[str], *, version: int, now: datetime) -> Changed:
    """Say whose role takes no place of any quota; refuses unknown roles, and an edition that somebody saved since.

    People whose role now takes a place stay, also above the capacity; the answer says how many stand above it.
    """
    if any(role not in DELEGATE_ROLES for role in roles):
        raise Invalid({"roles": Refused("Choose roles from the list.")})
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    wanted = [role for role in DELEGATE_ROLES if role in roles]
    old, new = versions.write(edition, {"roles_outside": wanted}, version=version)
    if new:
        audit.record_of_edition(actor, "edition.edit", edition, now=now, old=old, new=new)
    return _changed(actor, edition, WHOLE, now=now)


def copy(from_id: int, to_id: int) -> int:
    """Give a new edition the quotas of sectors and badge categories of another one, and say how many there are."""
    found = list_quotas(from_id)
    for one in found:
        db.session.add(Quota(edition_id=to_id, dimension=one.dimension, code=one.code, places=one.places))
    return len(found)


def _changed(actor: Actor, edition: Edition, which: Which | None, *, now: datetime) -> Changed:
    promoted: Sequence[int] = ()
    if edition.state in PROMOTING_STATES:
        promoted = registrations_places.promote_waiting(actor, edition, now=now)
    free = quotas.read_room(edition).free(which) if which else None
    return Changed(promoted=len(promoted), over=max(0, -free) if free is not None else 0)


def _check(places: int | None) -> int:
    try:
        return check_places(places)
    except Refused as problem:
        raise Invalid({"places": problem}) from None


def _check_code(which: Which) -> None:
    known = {SECTOR: Sector, BADGE_CATEGORY: BadgeCategory}.get(which.dimension)
    if known is None or db.session.get(known, which.code) is None:
        raise Invalid({"which": NotFound("Choose a sector or a badge category from the list.")})


def _named(quota: Quota) -> Mapping[str, Any]:
    return {"dimension": quota.dimension, "code": quota.code}


def _record(
    actor: Actor,
    verb: str,
    quota: Quota,
    *,
    now: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        actor,
        f"quota.{verb}",
        now=now,
        subject_type="quota",
        subject_id=quota.id,
        edition_id=quota.edition_id,
        old=old,
        new=new,
    )
