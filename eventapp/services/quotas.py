"""Quotas as the rows have them: every limit of an edition and who takes a place of each, in a handful of queries."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Result, Row, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload

from eventapp.extensions import db
from eventapp.models import Delegation, Edition, Quota, Registration
from eventapp.rules.badge import counted_kind
from eventapp.rules.quota import (
    BADGE_CATEGORY,
    DELEGATION,
    SECTOR,
    WHOLE,
    Limits,
    Person,
    Room,
    Sum,
    Waiting,
    Which,
    add_up,
)
from eventapp.rules.vocabulary import HOLDING_STATES, QUOTA_DIMENSIONS
from eventapp.services import badges

# What decides which quotas apply to a person.
PERSON = (
    Registration.role,
    Registration.sector_code,
    Registration.country_basis,
    Registration.body_kind,
    Registration.delegation_id,
)


def person_of(row: Registration | Row[Any]) -> Person:
    """What decides about somebody's quotas, from a registration or from a row that holds the same columns."""
    return Person(
        row.role, row.sector_code, counted_kind(row.country_basis, row.body_kind), row.delegation_id
    )


def exist_for(edition_id: int | BindParameter[int]) -> ColumnElement[bool]:
    """The condition for an edition with limits beside its capacity; without them a place costs no further query."""
    limited = or_(Delegation.quota.is_not(None), Delegation.stands_apart.is_(True))
    return or_(
        exists().where(Quota.edition_id == edition_id),
        exists().where(Delegation.edition_id == edition_id, limited),
    )


def read_limits(edition: Edition, *, with_delegations: bool = True) -> Limits:
    """Every limit of an edition, or all but those of delegations; four queries at most. Whoever decides by them holds its lock."""
    places: dict[Which, int] = {} if edition.capacity is None else {WHOLE: edition.capacity}
    named = select(Quota.dimension, Quota.code, Quota.places).where(Quota.edition_id == edition.id)
    for dimension, code, limit in db.session.execute(named):
        places[Which(dimension, code)] = limit
    stands_apart = Delegation.stands_apart.is_(True)
    asked = or_(Delegation.quota.is_not(None), stands_apart) if with_delegations else stands_apart
    bodies = select(Delegation.id, Delegation.quota, Delegation.stands_apart)
    apart = set()
    for delegation_id, quota, is_apart in db.session.execute(
        bodies.where(Delegation.edition_id == edition.id, asked)
    ):
        if quota is not None and with_delegations:
            places[Which(DELEGATION, str(delegation_id))] = quota
        if is_apart:
            apart.add(delegation_id)
    dimensions = {which.dimension for which in places}
    return Limits(
        places=places,
        roles_outside=frozenset(edition.roles_outside),
        apart=frozenset(apart),
        badge_rules=badges.list_rules() if BADGE_CATEGORY in dimensions else (),
        parents=badges.list_parents() if dimensions & {BADGE_CATEGORY, SECTOR} else {},
    )


def read_room(edition: Edition) -> Room:
    """What is left of every limit, counted from the rows; six queries at most. Whoever decides by it holds the lock.

    A person stands in a few quotas, but hardly anybody in the same few: delegations are counted by themselves.
    """
    limits = read_limits(edition)
    room = Room(limits=limits)
    for state, person, people in _held_by_person(edition, limits):
        room.add(state, person, people)
    if any(which.dimension == DELEGATION for which in limits.places):
        for state, delegation_id, people in _held_by_delegation(edition):
            if delegation_id not in limits.apart:  # theirs were counted above
                room.hold(state, Which(DELEGATION, str(delegation_id)), people)
    return room


def _held_by_person(edition: Edition, limits: Limits) -> Iterator[tuple[str, Person, int]]:
    """People who hold places, by what decides about their quotas; of a delegation only whether it stands apart. One query."""
    apart = case((Registration.delegation_id.in_(sorted(limits.apart)), Registration.delegation_id))
    alike = (*PERSON[:-1], apart) if limits.apart else PERSON[:-1]
    held = select(Registration.state, *alike, func.count()).where(
        Registration.edition_id == edition.id, Registration.state.in_(HOLDING_STATES)
    )
    kinds = cache(counted_kind)
    for state, role, sector, basis, kind, *delegation, people in db.session.execute(
        held.group_by(Registration.state, *alike)
    ):
        yield state, Person(role, sector, kinds(basis, kind), *delegation), people


def _held_by_delegation(edition: Edition) -> Result[tuple[str, int, int]]:
    """People who hold places of their delegation's own quota; one query, which reads an index only."""
    held = select(Registration.state, Delegation.id, func.count())
    held = held.join_from(Delegation, Registration, Registration.delegation_id == Delegation.id)
    held = held.where(Delegation.edition_id == edition.id, Delegation.quota.is_not(None))
    held = held.where(Registration.state.in_(HOLDING_STATES))
    if edition.roles_outside:
        held = held.where(Registration.role.not_in(edition.roles_outside))
    return db.session.execute(held.group_by(Registration.state, Delegation.id))


def count_of(which: Which) -> int:
    """How many editions have a quota for this sector or badge category."""
    wanted = (Quota.dimension == which.dimension, Quota.code == which.code)
    return db.session.scalar(select(func.count()).select_from(Quota).where(*wanted)) or 0


def read_sums(edition: Edition) -> dict[Which, Sum]:
    """Every quota of an edition as a sum; five queries at most. The capacity stands there also without a limit."""
    limits = read_limits(edition)
    counted = select(Registration.state, *PERSON, func.count().label("people")).where(
        Registration.edition_id == edition.id,
        or_(
            Registration.state.in_(HOLDING_STATES),
            and_(Registration.state == "waitlisted", Registration.erased_at.is_(None)),
        ),
    )
    rows = db.session.execute(counted.group_by(Registration.state, *PERSON))
    kinds = cache(counted_kind)
    groups = [
        (state, Person(role, sector, kinds(basis, kind), delegation_id), people)
        for state, role, sector, basis, kind, delegation_id, people in rows
    ]
    sums = add_up(limits, groups)
    if WHOLE not in sums:
        unlimited = replace(limits, places={WHOLE: 0})
        sums = {WHOLE: replace(add_up(unlimited, groups)[WHOLE], limit=None), **sums}
    return sums


def list_exceeded(edition: Edition) -> list[Which]:
    """The sectors and badge categories of an edition that hold more people than they have places; five queries at most."""
    limits = read_limits(edition, with_delegations=False)
    sums = add_up(limits, _held_by_person(edition, limits))
    return [which for which, one in sums.items() if one.over and which.dimension in QUOTA_DIMENSIONS]


def list_line(edition_id: int, limit: int | None = None, *, but: Collection[int] = ()) -> Sequence[Row[Any]]:
    """The waiting list in its order, without `but`, with what moving somebody up takes; one query."""
    most = None if limit is None else limit + len(but)
    wanted = (
        Registration.edition_id == edition_id,
        Registration.state == "waitlisted",
        Registration.erased_at.is_(None),  # nobody can be told any more, and nobody would come
    )
    columns = (
        Registration.id,
        Registration.state,
        Registration.version,
        Registration.email,
        Registration.language,
        *PERSON,
    )
    query = select(*columns).where(*wanted).order_by(Registration.waitlisted_at, Registration.id)
    found = db.session.execute(query.limit(most)).all()
    return [row for row in found if row.id not in but][:limit]


def list_line_until(edition_id: int, last: datetime) -> list[tuple[int, Person]]:
    """Who stands in line until a moment, in order, with what decides about their quotas; one query, no more than it needs."""
    wanted = (
        Registration.edition_id == edition_id,
        Registration.state == "waitlisted",
        Registration.erased_at.is_(None),
        Registration.waitlisted_at <= last,
    )
    query = select(Registration.id, *PERSON).where(*wanted)
    db.session.flush()  # what this transaction has not yet written counts as well
    # By the connection: of thousands of people these are plain values, and the session would handle each row once more.
    found = db.session.connection().execute(query.order_by(Registration.waitlisted_at, Registration.id))
    kinds = cache(counted_kind)
    return [
        (number, Person(role, sector, kinds(basis, kind), delegation_id))
        for number, role, sector, basis, kind, delegation_id in found
    ]


def as_waiting(rows: Sequence[Row[Any]]) -> list[Waiting]:
    """The waiting list as the rules know it."""
    return [Waiting(row.id, person_of(row)) for row in rows]


def count_held(edition: Edition) -> int:
    """How many places of the edition's capacity are held, by people approved and endorsed; one query."""
    return db.session.scalar(select(_held(edition))) or 0


def exist(edition: Edition) -> bool:
    """Whether an edition has limits beside its capacity; one query."""
    return bool(edition.roles_outside) or bool(db.session.scalar(select(exist_for(edition.id))))


def glance(edition: Edition) -> tuple[bool, int]:
    """Whether an edition has limits beside its capacity, and how many places of that are held; one query."""
    has_more, held = db.session.execute(select(exist_for(edition.id), _held(edition))).one()
    return has_more or bool(edition.roles_outside), held


def _held(edition: Edition) -> ColumnElement[int]:
    counted = [Registration.edition_id == edition.id, Registration.state.in_(HOLDING_STATES)]
    if edition.roles_outside:
        counted.append(Registration.role.not_in(edition.roles_outside))
    everybody = select(func.count()).select_from(Registration).where(*counted).scalar_subquery()
    apart = select(Delegation.id).where(
        and_(Delegation.edition_id == edition.id, Delegation.stands_apart.is_(True))
    )
    theirs = select(func.count()).select_from(Registration)
    # Without the edition, which is that of the delegations: SQLite would walk through all its people.
    theirs_only = theirs.where(*counted[1:], Registration.delegation_id.in_(apart)).scalar_subquery()
    return everybody - theirs_only


def find_delegations(whiches: Collection[Which]) -> Mapping[str, Delegation]:
    """The delegations that quotas speak of, by their code, with country and body; one query, or none."""
    numbers = sorted({int(which.code) for which in whiches if which.dimension == DELEGATION})
    if not numbers:
        return {}
    query = select(Delegation).where(Delegation.id.in_(numbers))
    found = db.session.scalars(query.options(joinedload(Delegation.country), joinedload(Delegation.body)))
    return {str(one.id): one for one in found}
