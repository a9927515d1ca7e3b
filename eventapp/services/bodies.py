"""Bodies: one record each, whoever hosts, is named or is represented."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from eventapp.errors import Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import (
    Body,
    Country,
    Edition,
    EditionBody,
    Partnership,
    Registration,
    Speaker,
)
from eventapp.rules.access import Actor, check_may_edit_all
from eventapp.rules.body import sort_name
from eventapp.rules.text import shown, sort_key
from eventapp.services import audit, versions

COLUMNS: Final = ("names", "acronym", "kind", "country_code", "website", "logo_id", "is_listed")
PAGE: Final = 50


@dataclass(frozen=True, kw_only=True)
class Uses:
    """Where a body is used; it may be deleted only where it is nowhere."""

    editions: tuple[tuple[Edition, str], ...]  # with the role
    registrations: int
    partnerships: int
    speakers: int

    @property
    def any(self) -> bool:
        return bool(self.editions or self.registrations or self.partnerships or self.speakers)


def search(text: str, kind: str, page: int) -> tuple[Sequence[Body], int]:
    """One page of bodies by name, and how many there are; the text is looked for in name and acronym."""
    wanted = []
    if kind:
        wanted.append(Body.kind == kind)
    if text:
        wanted.append(
            Body.sort_name.contains(sort_key(text), autoescape=True)
            | func.lower(Body.acronym).contains(text.lower(), autoescape=True)
        )
    total = db.session.scalar(select(func.count()).select_from(Body).where(*wanted)) or 0
    rows = db.session.scalars(
        select(Body)
        .where(*wanted)
        .options(joinedload(Body.country), joinedload(Body.logo))
        .order_by(Body.sort_name, Body.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    return rows, total


def count_editions(bodies: Sequence[Body]) -> Mapping[int, int]:
    """In how many editions each of these bodies takes part; one query."""
    rows = db.session.execute(
        select(EditionBody.body_id, func.count(EditionBody.edition_id.distinct()))
        .where(EditionBody.body_id.in_([body.id for body in bodies]))
        .group_by(EditionBody.body_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def get_body(body_id: int) -> Body:
    """A body by its number; raises NotFound."""
    body = db.session.get(Body, body_id)
    if body is None:
        raise NotFound("There is no such body.")
    return body


def list_names(language: str) -> list[tuple[int, str]]:
    """All bodies as choices of a select: number and name in the language, in the order of names."""
    rows = db.session.execute(select(Body.id, Body.names, Body.acronym)).all()
    named = [
        (number, shown(names, language).text + (f" ({acronym})" if acronym else ""))
        for number, names, acronym in rows
    ]
    return sorted(named, key=lambda pair: (sort_key(pair[1]), pair[0]))


def list_country_names(language: str) -> list[tuple[str, str]]:
    """All countries and territories as choices of a select, in the order of their names in the language."""
    rows = db.session.execute(select(Country.code, Country.names)).all()
    return sorted(
        ((code, shown(names, language).text) for code, names in rows), key=lambda pair: sort_key(pair[1])
    )


def list_uses(body_id: int) -> Uses:
    """Where a body is used; a fixed number of queries."""

    def count(table: type[Any], column: Any) -> int:
        return db.session.scalar(select(func.count()).select_from(table).where(column == body_id)) or 0

    parts = db.session.execute(
        select(Edition, EditionBody.role)
        .join(EditionBody, EditionBody.edition_id == Edition.id)
        .where(EditionBody.body_id == body_id)
        .order_by(Edition.ordinal.desc(), EditionBody.position)
    ).all()
    return Uses(
        editions=tuple((edition, role) for edition, role in parts),
        registrations=count(Registration, Registration.body_id),
        partnerships=count(Partnership, Partnership.body_id),
        speakers=count(Speaker, Speaker.body_id),
    )


def _check(values: Mapping[str, Any]) -> None:
    if not values["names"]:
        raise Invalid({"names": Refused("Please give a name in at least one language.")})


def create(actor: Actor, values: Mapping[str, Any], *, now: datetime) -> Body:
    """Add a body; for organisers of all editions."""
    check_may_edit_all(actor)
    _check(values)
    body = Body(sort_name=sort_name(values["names"]), **values)
    db.session.add(body)
    db.session.flush()
    _, new = audit.differences({}, {name: value for name, value in values.items() if value not in (None, "")})
    audit.record(actor, "body.create", now=now, subject_type="body", subject_id=body.id, new=new)
    return body


def edit(actor: Actor, body_id: int, values: Mapping[str, Any], *, version: int, now: datetime) -> Body:
    """Save a body that was read at `version`; refuses if somebody saved it since."""
    check_may_edit_all(actor)
    _check(values)
    body = get_body(body_id)
    old, new = versions.write(body, values, version=version)
    if new:
        body.sort_name = sort_name(body.names)
        db.session.flush()
        audit.record(actor, "body.edit", now=now, subject_type="body", subject_id=body.id, old=old, new=new)
    return body


def delete(actor: Actor, body_id: int, *, now: datetime) -> None:
    """Delete a body that nothing uses; refuses otherwise."""
    check_may_edit_all(actor)
    body = get_body(body_id)
    if list_uses(body_id).any:
        raise Refused("This body is used and cannot be deleted.", code="used")
    old = {"names": body.names, "kind": body.kind}
    db.session.delete(body)
    db.session.flush()
    audit.record(actor, "body.delete", now=now, subject_type="body", subject_id=body_id, old=old)
