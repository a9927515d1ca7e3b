"""Countries and territories: the administrator's list behind every form and count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from eventapp.errors import Conflict, DomainError, Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import Body, Country, CountryRegion, Edition, Registration
from eventapp.rules.access import Actor, check_administrator
from eventapp.rules.country import check_country_code, check_period
from eventapp.rules.text import shown, sort_key
from eventapp.services import audit, versions

COLUMNS: Final = ("names", "footnote", "status", "active_from", "active_to")


@dataclass(frozen=True, kw_only=True)
class Uses:
    """Where a country is used; it may be deleted only where it is nowhere."""

    registrations: int
    editions: int
    bodies: int

    @property
    def any(self) -> bool:
        return bool(self.registrations or self.editions or self.bodies)


def search(text: str, status: str, language: str) -> list[Country]:
    """Countries by their name in the language; the text is looked for in all names and codes. One query."""
    query = select(Country)
    if status:
        query = query.where(Country.status == status)
    wanted = sort_key(text)
    found = [one for one in db.session.scalars(query) if not wanted or _holds(one, wanted)]
    return sorted(found, key=lambda one: (sort_key(shown(one.names, language).text), one.code))


def _holds(country: Country, wanted: str) -> bool:
    if wanted in {country.code.lower(), country.alpha3.lower(), country.m49}:
        return True
    return any(wanted in sort_key(name) for name in country.names.values())


def get_country(code: str) -> Country:
    """A country by its two letters; raises NotFound."""
    found = db.session.get(Country, code)
    if found is None:
        raise NotFound("There is no such country or territory.")
    return found


def list_uses(code: str) -> Uses:
    """Where a country is used; three queries."""

    def count(table: type[Any], *columns: Any) -> int:
        here = or_(*(column == code for column in columns))
        return db.session.scalar(select(func.count()).select_from(table).where(here)) or 0

    return Uses(
        registrations=count(
            Registration,
            Registration.country_code,
            Registration.seat_country_code,
            Registration.counted_country_code,
        ),
        editions=count(Edition, Edition.country_code),
        bodies=count(Body, Body.country_code),
    )


def create(actor: Actor, values: Mapping[str, Any], *, now: datetime) -> Country:
    """Add a country or territory; administrators only; refuses codes that are taken or have another shape."""
    check_administrator(actor)
    _check(values)
    codes = _check_codes(values)
    made = Country(**codes, **{name: values[name] for name in COLUMNS})
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict("There is a country with this code already.", field="code") from None
    _, new = audit.differences({}, {name: value for name, value in values.items() if value})
    audit.record(actor, "country.create", now=now, subject_type="country", new=new | codes)
    return made


def edit(actor: Actor, code: str, values: Mapping[str, Any], *, version: int, now: datetime) -> None:
    """Save a country that was read at `version`; administrators only. Whoever is counted under it stays so."""
    check_administrator(actor)
    _check(values)
    old, new = versions.write(get_country(code), {name: values[name] for name in COLUMNS}, version=version)
    if new:
        known = {"code": code}
        audit.record(actor, "country.edit", now=now, subject_type="country", old=old | known, new=new | known)


def delete(actor: Actor, code: str, *, now: datetime) -> None:
    """Delete a country that nothing uses; administrators only; refuses otherwise."""
    check_administrator(actor)
    found = get_country(code)
    in_use = Refused("This country is used and cannot be deleted. Give it a last day instead.", code="in-use")
    if list_uses(code).any:
        raise in_use
    old = {"code": code, "names": found.names}
    for row in db.session.scalars(select(CountryRegion).where(CountryRegion.country_code == code)).all():
        db.session.delete(row)
    db.session.flush()
    db.session.delete(found)
    try:
        db.session.flush()
    except IntegrityError:  # somebody chose it at this moment
        raise in_use from None
    audit.record(actor, "country.delete", now=now, subject_type="country", old=old)


def _check(values: Mapping[str, Any]) -> None:
    if not values["names"]:
        raise Invalid({"names": Refused("Please give a name in at least one language.")})
    try:
        check_period(values["active_from"], values["active_to"])
    except Refused as problem:
        raise Invalid({"active_to": problem}) from None


def _check_codes(values: Mapping[str, Any]) -> dict[str, str]:
    """The three codes; the one of M49 may be missing, since not every territory has one."""
    problems: dict[str, DomainError] = {}
    found = {"m49": ""}
    taken = _codes_taken()
    for kind in ("code", "alpha3", "m49"):
        if kind == "m49" and not values[kind]:
            continue
        try:
            found[kind] = check_country_code(kind, values[kind])
        except Refused as problem:
            problems[kind] = problem
            continue
        if found[kind] in taken[kind]:
            problems[kind] = Conflict("There is a country with this code already.")
    if problems:
        raise Invalid(problems)
    return found


def _codes_taken() -> Mapping[str, Sequence[str]]:
    rows = db.session.execute(select(Country.code, Country.alpha3, Country.m49)).all()
    return {kind: [row[place] for row in rows] for place, kind in enumerate(("code", "alpha3", "m49"))}
