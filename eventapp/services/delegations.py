"""Represented bodies of an edition as the secretariat sees them: the list with its numbers, one of them, its people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import AuditEntry, Delegation, Edition, FocalPoint, Registration
from eventapp.rules.delegation import UNSAID, Standing, Wanted, stand
from eventapp.rules.text import shown, sort_key
from eventapp.services.mail_addressees import names_of

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A delegation as the list shows it."""

    delegation: Delegation
    names: Mapping[str, str]
    standing: Standing
    focal_points: int


def list_all(edition: Edition, language: str) -> list[Listed]:
    """Every delegation of an edition with its numbers, by name in the language; three queries, however many."""
    query = select(Delegation).where(Delegation.edition_id == edition.id)
    found = db.session.scalars(
        query.options(joinedload(Delegation.country), joinedload(Delegation.body))
    ).all()
    people = _count_people(edition.id)
    speaking = _count_focal_points(edition.id)
    rows = [
        Listed(
            delegation=one,
            names=names_of(one),
            standing=stand(people[one.id], quota=one.quota, roles_outside=edition.roles_outside),
            focal_points=speaking.get(one.id, 0),
        )
        for one in found
    ]
    return sorted(rows, key=lambda row: (sort_key(shown(row.names, language).text), row.delegation.id))


def _count_people(edition_id: int) -> Mapping[int, list[tuple[str, str, int]]]:
    wanted = (Registration.edition_id == edition_id, Registration.delegation_id.is_not(None))
    columns = (Registration.delegation_id, Registration.state, Registration.role)
    found: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    for number, state, role, count in db.session.execute(
        select(*columns, func.count()).where(*wanted).group_by(*columns)
    ):
        found[number or 0].append((state, role, count))
    return found


def _count_focal_points(edition_id: int) -> Mapping[int, int]:
    query = (
        select(FocalPoint.delegation_id, func.count())
        .join(Delegation, Delegation.id == FocalPoint.delegation_id)
        .where(Delegation.edition_id == edition_id, FocalPoint.removed_at.is_(None))
        .group_by(FocalPoint.delegation_id)
    )
    return {number: count for number, count in db.session.execute(query)}  # noqa: C416 - a result has keys of its own


def choose(rows: Sequence[Listed], wanted: Wanted) -> list[Listed]:
    """Those of the rows that a filter asks for, in its order."""
    found = [row for row in rows if _fits(row, wanted)]
    if wanted.sort == "quota":
        found.sort(key=lambda row: (row.delegation.quota is None, -(row.delegation.quota or 0)))
    return found


def _fits(row: Listed, wanted: Wanted) -> bool:
    one = row.delegation
    if wanted.kind and one.kind != wanted.kind:
        return False
    if wanted.membership and one.membership != ("" if wanted.membership == UNSAID else wanted.membership):
        return False
    if wanted.credentials and one.credentials != wanted.credentials:
        return False
    return _is_flagged(row, wanted.flag) and _is_named(row, wanted.search)


def _is_flagged(row: Listed, flag: str) -> bool:
    match flag:
        case "no_focal_point":
            return not row.focal_points
        case "over_quota":
            return row.standing.is_over
        case "no_quota":
            return row.delegation.quota is None
        case "apart":
            return row.delegation.stands_apart
    return True


def _is_named(row: Listed, search: str) -> bool:
    if not search:
        return True
    one = row.delegation
    words = [sort_key(name) for name in row.names.values()]
    words += [sort_key(one.body.acronym)] if one.body else []
    if one.country:
        words += [one.country.code.lower(), one.country.alpha3.lower()]
    return all(any(word in text for text in words) for word in sort_key(search).split())


def count_all(edition_id: int) -> int:
    """How many delegations an edition has."""
    query = select(func.count()).select_from(Delegation).where(Delegation.edition_id == edition_id)
    return db.session.scalar(query) or 0


def get_delegation(edition: Edition, public_id: UUID) -> Delegation:
    """One delegation of an edition that the caller may look at; raises NotFound for every other number."""
    wanted = (Delegation.edition_id == edition.id, Delegation.public_id == public_id)
    query = select(Delegation).where(*wanted).execution_options(populate_existing=True)
    found = db.session.scalar(query.options(joinedload(Delegation.country), joinedload(Delegation.body)))
    if found is None:
        raise NotFound("There is no such delegation.")
    return found


def read_standing(edition: Edition, delegation: Delegation) -> Standing:
    """How the places of one delegation stand now; one query."""
    query = (
        select(Registration.state, Registration.role, func.count())
        .where(Registration.delegation_id == delegation.id)
        .group_by(Registration.state, Registration.role)
    )
    people = [(state, role, count) for state, role, count in db.session.execute(query)]
    return stand(people, quota=delegation.quota, roles_outside=edition.roles_outside)


def count_people(delegation_id: int) -> int:
    """How many registrations hang on a delegation, whatever their state."""
    query = select(func.count()).select_from(Registration).where(Registration.delegation_id == delegation_id)
    return db.session.scalar(query) or 0


def list_members(delegation: Delegation) -> Sequence[Registration]:
    """The people of a delegation, head first, then in its own order; one query. Merged ones are left out."""
    wanted = (Registration.delegation_id == delegation.id, Registration.state != "merged")
    found = db.session.scalars(select(Registration).where(*wanted)).all()
    ranks = {"head": 0, "deputy_head": 1}
    return sorted(
        found,
        key=lambda one: (
            ranks.get(one.role, 2),
            one.delegation_order is None,
            one.delegation_order or 0,
            one.sort_name,
            one.id,
        ),
    )


def list_history(delegation: Delegation, limit: int = 50) -> Sequence[AuditEntry]:
    """What was done to a delegation and to its focal points, latest first; one query."""
    theirs = select(FocalPoint.id).where(FocalPoint.delegation_id == delegation.id)
    wanted = or_(
        (AuditEntry.subject_type == "delegation") & (AuditEntry.subject_id == delegation.id),
        (AuditEntry.subject_type == "focal_point") & AuditEntry.subject_id.in_(theirs),
    )
    query = select(AuditEntry).where(wanted).order_by(AuditEntry.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def list_focal_point_ids(delegation_id: int) -> Sequence[int]:
    """The numbers of everybody who ever spoke for a delegation."""
    return db.session.scalars(
        select(FocalPoint.id).where(FocalPoint.delegation_id == delegation_id).order_by(FocalPoint.id)
    ).all()
