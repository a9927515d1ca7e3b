"""Sectors on two levels: the administrator's list of what a person's post belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from eventapp.errors import Conflict, Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import BadgeRule, Registration, Sector, SessionSector
from eventapp.rules.access import Actor, check_administrator
from eventapp.rules.body import moved
from eventapp.rules.quota import SECTOR, Which
from eventapp.rules.registration_form import INTERNATIONAL
from eventapp.rules.sector import check_sector_code
from eventapp.services import audit, quotas, versions

COLUMNS: Final = ("names", "is_active")


@dataclass(frozen=True, kw_only=True)
class Uses:
    """Where a sector is used; it may be deleted only where it is nowhere."""

    registrations: int
    lines: int  # of the table of badges
    below: int
    sessions: int  # of a programme, open to it
    quotas: int  # of an edition

    @property
    def any(self) -> bool:
        return bool(self.registrations or self.lines or self.below or self.sessions or self.quotas)


def list_levels() -> list[tuple[Sector, Sequence[Sector]]]:
    """Every upper sector in its order with those below it."""
    rows = db.session.scalars(select(Sector).order_by(Sector.position, Sector.code)).all()
    return [
        (one, [other for other in rows if other.parent_code == one.code])
        for one in rows
        if one.parent_code is None
    ]


def get_sector(code: str) -> Sector:
    """A sector by its code; raises NotFound."""
    found = db.session.get(Sector, code)
    if found is None:
        raise NotFound("There is no such sector.")
    return found


def list_uses(code: str) -> Uses:
    """Where a sector is used; five queries."""

    def count(table: type[Any], column: Any) -> int:
        return db.session.scalar(select(func.count()).select_from(table).where(column == code)) or 0

    return Uses(
        registrations=count(Registration, Registration.sector_code),
        lines=count(BadgeRule, BadgeRule.sector_code),
        below=count(Sector, Sector.parent_code),
        sessions=count(SessionSector, SessionSector.sector_code),
        quotas=quotas.count_of(Which(SECTOR, code)),
    )


def may_hold(sector: Sector) -> bool:
    """Whether others may be put below it: two levels at most; international organizations count as a whole."""
    return sector.parent_code is None and sector.code != INTERNATIONAL


def create(actor: Actor, values: Mapping[str, Any], *, now: datetime) -> Sector:
    """Add a sector as the last one of its level; administrators only; refuses a code that is taken."""
    check_administrator(actor)
    _check(values)
    try:
        code = check_sector_code(values["code"])
    except Refused as problem:
        raise Invalid({"code": problem}) from None
    parent = values["parent_code"]
    if parent and not may_hold(get_sector(parent)):
        raise Invalid({"parent_code": Refused("Nothing can be put below this sector.")})
    taken = Conflict("There is a sector with this code already.", field="code")
    if db.session.get(Sector, code):
        raise taken
    last = db.session.scalar(select(func.max(Sector.position))) or 0
    made = Sector(code=code, parent_code=parent, names=dict(values["names"]), position=last + 1)
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError:
        raise taken from None
    new = {"code": code, "names": made.names} | ({"parent_code": parent} if parent else {})
    audit.record(actor, "sector.create", now=now, subject_type="sector", new=new)
    return made


def edit(actor: Actor, code: str, values: Mapping[str, Any], *, version: int, now: datetime) -> None:
    """Save a sector that was read at `version`; administrators only. Whoever is counted in it stays so."""
    check_administrator(actor)
    _check(values)
    old, new = versions.write(get_sector(code), {name: values[name] for name in COLUMNS}, version=version)
    if new:
        known = {"code": code}
        audit.record(actor, "sector.edit", now=now, subject_type="sector", old=old | known, new=new | known)


def move(actor: Actor, code: str, *, up: bool, now: datetime) -> None:
    """Name a sector earlier or later among those beside it; administrators only."""
    check_administrator(actor)
    found = get_sector(code)
    level = select(Sector).where(Sector.parent_code == found.parent_code)
    beside = db.session.scalars(level.order_by(Sector.position, Sector.code)).all()
    order = moved(beside, found, up=up)
    if order == list(beside):
        return
    places = sorted(one.position for one in beside)
    if len(set(places)) < len(places):  # two that stand at one place: the level is numbered anew
        places = list(range(places[0], places[0] + len(places)))
    for place, one in zip(places, order, strict=True):
        one.position = place
    db.session.flush()
    before, after = ({"code": code, "position": row.index(found) + 1} for row in (list(beside), order))
    audit.record(actor, "sector.move", now=now, subject_type="sector", old=before, new=after)


def delete(actor: Actor, code: str, *, now: datetime) -> None:
    """Delete a sector that nothing uses; administrators only; refuses otherwise."""
    check_administrator(actor)
    found = get_sector(code)
    in_use = Refused("This sector is used and cannot be deleted. Switch it off instead.", code="in-use")
    if list_uses(code).any:
        raise in_use
    old = {"code": code, "names": found.names}
    db.session.delete(found)
    try:
        db.session.flush()
    except IntegrityError:  # somebody chose it at this moment
        raise in_use from None
    audit.record(actor, "sector.delete", now=now, subject_type="sector", old=old)


def _check(values: Mapping[str, Any]) -> None:
    if not values["names"]:
        raise Invalid({"names": Refused("Please give a name in at least one language.")})
