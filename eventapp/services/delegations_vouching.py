"""Who vouches for whom, as the rows have it: the conditions of the secretariat's queues, and why a row stands in one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, not_, or_, select
from sqlalchemy.orm import joinedload

from eventapp.extensions import db
from eventapp.models import Delegation, Edition, FocalPoint, Registration
from eventapp.rules.counting import counted_day
from eventapp.rules.vocabulary import HOLDING_STATES
from eventapp.rules.vouching import OWED, Body, Why, list_whys
from eventapp.services.mail_addressees import names_of


def has_focal_point(owner: Any = Registration.delegation_id) -> ColumnElement[bool]:
    """The condition that somebody speaks for a delegation now."""
    return exists().where(FocalPoint.delegation_id == owner, FocalPoint.removed_at.is_(None))


def overdue_before(edition: Edition, *, now: datetime) -> date:
    """Whoever came in before this day waits longer for an endorsement than the edition allows."""
    return counted_day(now, edition.time_zone) - timedelta(days=edition.patience_days)


def in_queue(edition: Edition, queue: str) -> ColumnElement[bool]:
    """The condition for a queue of the secretariat; the words are those of rules/vouching."""
    alive, submitted = Registration.erased_at.is_(None), Registration.state == "submitted"
    has_two_steps, has_body = edition.approval == "two_steps", Registration.delegation_id.is_not(None)
    match queue:
        case "decide":
            mine = and_(submitted, not_(and_(has_body, has_focal_point()))) if has_two_steps else submitted
            return and_(or_(Registration.state == "endorsed", mine), alive)
        case "credentials":
            owing = select(Delegation.id).where(
                Delegation.edition_id == edition.id, Delegation.credentials.in_(OWED)
            )
            waits = Registration.state.in_(("submitted", "endorsed"))
            return and_(waits, Registration.delegation_id.in_(owing), alive)
        case "over_quota":
            over = _over_quota(edition).cte("over_quota")  # read once, wherever the condition comes again
            return and_(*_holding(edition), Registration.delegation_id.in_(select(over.c.id)), alive)
        case _ if not has_two_steps:
            return and_(submitted, Registration.id.is_(None))  # nobody: these queues are of two steps
        case "endorsement":
            return and_(submitted, has_body, has_focal_point(), alive)
        case "no_body":
            return and_(submitted, not_(has_body), alive)
        case "no_focal_point":
            return and_(submitted, has_body, not_(has_focal_point()), alive)
    raise KeyError(queue)


def _holding(edition: Edition) -> list[ColumnElement[bool]]:
    """Who takes a place of a delegation's quota; the edition is the delegation's, and SQLite would go by it through everybody."""
    found: list[ColumnElement[bool]] = [Registration.state.in_(HOLDING_STATES)]
    return [*found, Registration.role.not_in(edition.roles_outside)] if edition.roles_outside else found


def _over_quota(edition: Edition) -> Any:
    """The delegations of which more people are approved and endorsed than their quota has places."""
    query = select(Delegation.id).join(Registration, Registration.delegation_id == Delegation.id)
    query = query.where(Delegation.edition_id == edition.id, Delegation.quota.is_not(None))
    query = query.where(*_holding(edition)).group_by(Delegation.id, Delegation.quota)
    return query.having(func.count() > Delegation.quota)


def count_without_focal_point(edition: Edition) -> int:
    """How many represented bodies nobody speaks for, in an edition of two steps; one query."""
    if edition.approval != "two_steps":
        return 0
    wanted = (Delegation.edition_id == edition.id, not_(has_focal_point(Delegation.id)))
    return db.session.scalar(select(func.count()).select_from(Delegation).where(*wanted)) or 0


def find_body(edition: Edition, registration: Registration) -> Body | None:
    """The body that somebody represents, if it is on the edition's list."""
    return read_bodies(edition, [registration]).get(registration.delegation_id or 0)


def read_bodies(edition: Edition, people: Iterable[Registration | Row[Any]]) -> Mapping[int, Body]:
    """Number of a delegation -> what of it decides about these people; two queries, or none."""
    numbers = sorted({one.delegation_id for one in people if one.delegation_id is not None})
    if not numbers:
        return {}
    query = select(Delegation, has_focal_point(Delegation.id)).where(Delegation.id.in_(numbers))
    whole = query.options(joinedload(Delegation.country), joinedload(Delegation.body))
    rows = db.session.execute(whole).all()
    mine = select(Registration.delegation_id, func.count()).where(*_holding(edition))
    limited = [one.id for one, _ in rows if one.quota is not None]
    held: dict[int | None, int] = {}
    if limited:
        mine = mine.where(Registration.delegation_id.in_(limited)).group_by(Registration.delegation_id)
        held = dict(db.session.execute(mine).tuples().all())
    return {
        one.id: Body(names_of(one), spoken_for, one.credentials, one.quota, held.get(one.id, 0))
        for one, spoken_for in rows
    }


def explain(edition: Edition, people: Sequence[Registration], *, now: datetime) -> Mapping[int, list[Why]]:
    """For each of these people who stands in a queue: why. A handful of queries, however many they are."""
    bodies, today = read_bodies(edition, people), counted_day(now, edition.time_zone)
    found = {
        one.id: list_whys(
            approval=edition.approval,
            state=one.state,
            body=bodies.get(one.delegation_id or 0),
            waited=(today - one.received_on).days,
            patience=edition.patience_days,
            stands_outside=one.role in edition.roles_outside,
        )
        for one in people
        if one.erased_at is None
    }
    return {one: whys for one, whys in found.items() if whys}
