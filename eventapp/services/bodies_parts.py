"""The part of bodies in an edition, and their lasting partnerships: added, put in order, taken away."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from eventapp.errors import Conflict, NotFound
from eventapp.extensions import db
from eventapp.models import EditionBody, Partnership
from eventapp.rules.access import Actor, check_may_edit_all
from eventapp.rules.body import moved
from eventapp.services import audit, bodies, editions, versions


def list_parts(edition_id: int) -> Sequence[EditionBody]:
    """The bodies of an edition in their order; one query."""
    return db.session.scalars(
        select(EditionBody)
        .where(EditionBody.edition_id == edition_id)
        .options(joinedload(EditionBody.body))
        .order_by(EditionBody.position, EditionBody.id)
    ).all()


def add_part(actor: Actor, ordinal: int, *, body_id: int, role: str, source_url: str, now: datetime) -> None:
    """Give a body a part in an edition, as the last of its role; refuses the same part twice."""
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    bodies.get_body(body_id)
    parts = list_parts(edition.id)
    if any(part.body_id == body_id and part.role == role for part in parts):
        raise Conflict("This body has this part in the edition already.", code="part", field="body_id")
    position = max((part.position for part in parts), default=-1) + 1
    db.session.add(
        EditionBody(
            edition_id=edition.id, body_id=body_id, role=role, position=position, source_url=source_url
        )
    )
    db.session.flush()
    audit.record_of_edition(actor, "edition.add_body", edition, now=now, new={"body": body_id, "role": role})


def move_part(actor: Actor, ordinal: int, part_id: int, *, up: bool, now: datetime) -> None:
    """Name a body of an edition earlier or later among those of the same role."""
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    part = _part(edition.id, part_id)
    parts = list_parts(edition.id)
    same = [one for one in parts if one.role == part.role]
    places = sorted(one.position for one in same)
    if len(set(places)) < len(places):  # rows that shared a place get one each
        places = list(range(len(parts), len(parts) + len(same)))
    for one, place in zip(moved(same, part, up=up), places, strict=True):
        one.position = place
    db.session.flush()
    audit.record_of_edition(
        actor, "edition.move_body", edition, now=now, new={"body": part.body_id, "up": up}
    )


def remove_part(actor: Actor, ordinal: int, part_id: int, *, now: datetime) -> None:
    """Take a body's part in an edition away; the body stays."""
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    part = _part(edition.id, part_id)
    old = {"body": part.body_id, "role": part.role, "source_url": part.source_url}
    db.session.delete(part)
    db.session.flush()
    audit.record_of_edition(actor, "edition.remove_body", edition, now=now, old=old)


def _part(edition_id: int, part_id: int) -> EditionBody:
    part = db.session.get(EditionBody, part_id)
    if part is None or part.edition_id != edition_id:
        raise NotFound("This body is not named in this edition.")
    return part


def list_partnerships() -> Sequence[Partnership]:
    """All partnerships in their order; one query."""
    return db.session.scalars(
        select(Partnership)
        .options(joinedload(Partnership.body))
        .order_by(Partnership.kind.desc(), Partnership.position, Partnership.id)
    ).all()


def get_partnership(partnership_id: int) -> Partnership:
    """A partnership by its number; raises NotFound."""
    found = db.session.get(Partnership, partnership_id)
    if found is None:
        raise NotFound("There is no such partnership.")
    return found


def create_partnership(actor: Actor, values: Mapping[str, Any], *, now: datetime) -> None:
    """Add a partnership as the last of its kind; for organisers of all editions. Refuses the same one twice."""
    check_may_edit_all(actor)
    last = max((one.position for one in list_partnerships()), default=-1)
    with _once(values, None):
        found = Partnership(**values, position=last + 1)
        db.session.add(found)
        db.session.flush()
    _record_partnership(actor, "partnership.create", found.id, now, old={}, new=dict(values))


def edit_partnership(
    actor: Actor, partnership_id: int, values: Mapping[str, Any], *, version: int, now: datetime
) -> None:
    """Save a partnership that was read at `version`; for organisers of all editions.

    Refuses if somebody saved it since, and a body that is in this list already.
    """
    check_may_edit_all(actor)
    found = get_partnership(partnership_id)
    versions.check(found, version)
    with _once(values, partnership_id):
        old, new = versions.write(found, values, version=version)
    if new:
        _record_partnership(actor, "partnership.edit", found.id, now, old=old, new=new)


@contextmanager
def _once(values: Mapping[str, Any], partnership_id: int | None) -> Iterator[None]:
    """Refuse a body that stands in a list already, whoever else puts it there at this moment."""
    bodies.get_body(values["body_id"])
    refusal = Conflict("This body is in this list already.", code="partnership", field="body_id")
    same = (Partnership.body_id == values["body_id"], Partnership.kind == values["kind"])
    taken = db.session.scalar(select(Partnership.id).where(*same))
    if taken and taken != partnership_id:
        raise refusal
    try:
        yield
    except IntegrityError:
        raise refusal from None


def move_partnership(actor: Actor, partnership_id: int, *, up: bool, now: datetime) -> None:
    """Name a partner earlier or later in its list."""
    check_may_edit_all(actor)
    found = get_partnership(partnership_id)
    same = [one for one in list_partnerships() if one.kind == found.kind]
    for place, one in enumerate(moved(same, found, up=up)):
        # Not through the object: the order stands on no form, so versions must not move.
        db.session.execute(update(Partnership).where(Partnership.id == one.id).values(position=place))
    _record_partnership(actor, "partnership.move", found.id, now, old={}, new={"up": up})


def remove_partnership(actor: Actor, partnership_id: int, *, now: datetime) -> None:
    """Take a partnership off its list; the body stays."""
    check_may_edit_all(actor)
    found = get_partnership(partnership_id)
    old = {"body_id": found.body_id, "kind": found.kind, "since_year": found.since_year}
    db.session.delete(found)
    db.session.flush()
    _record_partnership(actor, "partnership.remove", partnership_id, now, old=old, new={})


def _record_partnership(
    actor: Actor, action: str, number: int, now: datetime, *, old: dict[str, object], new: dict[str, object]
) -> None:
    audit.record(actor, action, now=now, subject_type="partnership", subject_id=number, old=old, new=new)
