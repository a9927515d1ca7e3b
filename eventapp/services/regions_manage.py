"""The administrator's changes to schemes of regions, to their regions, and to who stands in them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventapp.errors import Conflict, Invalid, Refused
from eventapp.extensions import db
from eventapp.models import Country, CountryRegion, Region, RegionScheme
from eventapp.rules.access import Actor, check_administrator
from eventapp.rules.body import moved
from eventapp.rules.region import LOWER, UPPER, Place, check_scheme_code, make_region_code, reassign
from eventapp.rules.text import shown
from eventapp.services import audit, regions, versions

Names = Mapping[str, str]


def create_scheme(actor: Actor, code: str, names: Names, *, now: datetime) -> RegionScheme:
    """Add a scheme as the last one; administrators only; refuses a code that is taken or no plain word."""
    check_administrator(actor)
    _check_names(names)
    known = regions.list_schemes()
    try:
        code = check_scheme_code(code)
    except Refused as problem:
        raise Invalid({"code": problem}) from None
    taken = Conflict("There is a scheme with this code already.", code="scheme-code", field="code")
    if code in {one.code for one in known}:
        raise taken
    made = RegionScheme(code=code, names=dict(names), position=_after(known))
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError:
        raise taken from None
    _record(actor, "region_scheme.create", now, new={"code": code, "names": made.names})
    return made


def rename_scheme(actor: Actor, code: str, names: Names, *, version: int, now: datetime) -> None:
    """Give a scheme that was read at `version` other names; administrators only."""
    check_administrator(actor)
    _check_names(names)
    old, new = versions.write(regions.get_scheme(code), {"names": dict(names)}, version=version)
    if new:
        _record(actor, "region_scheme.edit", now, old=old | {"code": code}, new=new | {"code": code})


def move_scheme(actor: Actor, code: str, *, up: bool, now: datetime) -> None:
    """Name a scheme earlier or later; administrators only."""
    check_administrator(actor)
    found = regions.get_scheme(code)
    old = found.position
    _put_in_order(moved(regions.list_schemes(), found, up=up))
    if found.position != old:
        before, after = {"code": code, "position": old + 1}, {"code": code, "position": found.position + 1}
        _record(actor, "region_scheme.move", now, old=before, new=after)


def remove_scheme(actor: Actor, code: str, *, now: datetime) -> None:
    """Remove a scheme with its regions; administrators only; M49 stays, and so does one that figures were published by."""
    check_administrator(actor)
    regions.lock_scheme(code)
    found = regions.get_scheme(code)
    if (reason := regions.find_reason_to_keep(code)) is not None:
        raise reason
    named = [shown(one.names, "en").text for one in regions.get_view(code).regions]
    old = {"code": code, "names": found.names, "regions": named}
    places = select(CountryRegion).where(CountryRegion.scheme == code)
    for row in db.session.scalars(places).all():
        db.session.delete(row)
    db.session.flush()
    inside = select(Region).where(Region.scheme == code)
    for is_upper in (False, True):
        for region in db.session.scalars(inside).all():
            if (region.parent_id is None) == is_upper:
                db.session.delete(region)
        db.session.flush()
    db.session.delete(found)
    with versions.one_at_a_time():
        db.session.flush()
    _record(actor, "region_scheme.remove", now, old=old)


def create_region(actor: Actor, scheme: str, values: Mapping[str, Any], *, now: datetime) -> Region:
    """Add a region as the last one of its scheme, or of the upper region it is put below; administrators only."""
    check_administrator(actor)
    _check_names(values["names"])
    regions.get_scheme(scheme)
    known = db.session.scalars(select(Region).where(Region.scheme == scheme)).all()
    parent = values["parent_id"]
    if parent is not None and parent not in {one.id for one in known if one.parent_id is None}:
        raise Invalid({"parent_id": Refused("Please choose one of the list.")})
    made = Region(
        scheme=scheme,
        code=make_region_code(shown(values["names"], "en").text, {one.code for one in known}),
        parent_id=parent,
        names=dict(values["names"]),
        position=_after(known),
    )
    db.session.add(made)
    with versions.one_at_a_time():
        db.session.flush()
    new = {"scheme": scheme, "code": made.code, "names": made.names}
    _record(actor, "region.create", now, new=new, subject=made)
    return made


def rename_region(actor: Actor, region_id: int, names: Names, *, version: int, now: datetime) -> None:
    """Give a region that was read at `version` other names; administrators only."""
    check_administrator(actor)
    _check_names(names)
    found = regions.get_region(region_id)
    old, new = versions.write(found, {"names": dict(names)}, version=version)
    if new:
        _record(actor, "region.edit", now, old=old, new=new, subject=found)


def move_region(actor: Actor, region_id: int, *, up: bool, now: datetime) -> None:
    """Name a region earlier or later among those beside it; administrators only."""
    check_administrator(actor)
    found = regions.get_region(region_id)
    beside = regions.list_beside(found)
    order = moved(beside, found, up=up)
    if order == list(beside):
        return
    places = sorted(one.position for one in beside)
    if len(set(places)) < len(places):  # two that stand at one place: the whole of it is numbered anew
        places = list(range(places[0], places[0] + len(places)))
    for place, one in zip(places, order, strict=True):
        one.position = place
    db.session.flush()
    old, new = beside.index(found) + 1, order.index(found) + 1
    _record(actor, "region.move", now, old={"position": old}, new={"position": new}, subject=found)


def remove_region(actor: Actor, region_id: int, *, now: datetime) -> None:
    """Remove a region; its countries stand in none then. Administrators only; refuses one that others lie below.

    Also the last one of a scheme that figures are made from.
    """
    check_administrator(actor)
    found = regions.get_region(region_id)
    regions.lock_scheme(found.scheme)
    in_use = Refused("Other regions lie within this one. Remove them first.", code="in-use")
    if regions.list_below(found):
        raise in_use
    if regions.must_keep_a_region(found):
        raise Refused("Figures are made from this scheme, so that it keeps at least one region.", code="last")
    gone, _ = _assign(found, ()).get(found.id, ([], []))
    old = {"scheme": found.scheme, "code": found.code, "names": found.names, "countries": gone}
    _record(actor, "region.remove", now, old=old, subject=found)
    db.session.delete(found)
    try:
        db.session.flush()
    except IntegrityError:  # one was put below it at this moment
        raise in_use from None


def assign(actor: Actor, region_id: int, countries: Collection[str], *, version: int, now: datetime) -> None:
    """Let exactly these countries stand in a region that was read at `version`; administrators only.

    Whoever stood elsewhere on the same level moves, and every region that changes gets its own row in the audit list.
    """
    check_administrator(actor)
    found = regions.get_region(region_id)
    versions.check(found, version)
    known = set(db.session.scalars(select(Country.code)))
    if not known.issuperset(countries):
        raise Invalid({"countries": Refused("Please choose countries of the list.")})
    for number, (gone, come) in _assign(found, countries).items():
        region = regions.get_region(number)
        old = {"countries": gone, "version": region.version}
        region.version += 1
        _record(actor, "region.assign", now, old=old, new={"countries": come}, subject=region)
    db.session.flush()


def _assign(region: Region, countries: Collection[str]) -> dict[int, tuple[list[str], list[str]]]:
    """Write the new places; gives for each region that changes the countries that left and those that came."""
    before = regions.read_places(region.scheme)
    after = reassign(before, region=region.id, parent=region.parent_id, chosen=countries)
    changes: dict[int, tuple[list[str], list[str]]] = {region.id: ([], [])} if after else {}
    for country in sorted(after):
        old, new = before.get(country, Place()), after[country]
        for level, gone, come in ((UPPER, old.upper, new.upper), (LOWER, old.lower, new.lower)):
            if gone == come:
                continue
            _put(region.scheme, country, level, come)
            for number, place in ((gone, 0), (come, 1)):
                if number is not None:
                    changes.setdefault(number, ([], []))[place].append(country)
    with versions.one_at_a_time():
        db.session.flush()
    return changes


def _put(scheme: str, country: str, level: int, region_id: int | None) -> None:
    row = db.session.get(CountryRegion, (country, scheme, level))
    if row is None:
        db.session.add(CountryRegion(country_code=country, scheme=scheme, level=level, region_id=region_id))
    elif region_id is None:
        db.session.delete(row)
    else:
        row.region_id = region_id


def _check_names(names: Names) -> None:
    if not names:
        raise Invalid({"names": Refused("Please give a name in at least one language.")})


def _after(rows: Sequence[Region | RegionScheme]) -> int:
    return max((one.position for one in rows), default=-1) + 1


def _put_in_order(rows: Sequence[RegionScheme]) -> None:
    for position, row in enumerate(rows):
        row.position = position
    db.session.flush()


def _record(
    actor: Actor,
    action: str,
    now: datetime,
    *,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    subject: Region | None = None,
) -> None:
    kind = "region" if subject else "region_scheme"
    number = subject.id if subject else None
    audit.record(actor, action, now=now, subject_type=kind, subject_id=number, old=old, new=new)
