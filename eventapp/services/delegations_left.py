"""What a letter to focal points says once somebody has left: how many places the delegation holds when it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from eventapp.extensions import db
from eventapp.models import Delegation, Edition, OutboxMessage, Registration
from eventapp.rules.workspace import Tally, count
from eventapp.services.delegations_copies import LEFT
from eventapp.services.mail_addressees import names_of


@dataclass(frozen=True, kw_only=True)
class Left:
    """The delegation that somebody left: its names and its places."""

    names: Mapping[str, str] = field(default_factory=dict)
    tally: Tally | None = None


def gather_left(messages: Sequence[OutboxMessage]) -> Mapping[int, Left]:
    """Message's number -> the delegation as it stands now, also whoever moved up meanwhile. Two queries for a whole batch."""
    mine = [one for one in messages if one.kind == LEFT and one.values]
    if not mine:
        return {}
    numbers = sorted({one.values["delegation_id"] for one in mine})
    query = (
        select(Delegation, Edition.roles_outside)
        .join(Edition, Edition.id == Delegation.edition_id)
        .where(Delegation.id.in_(numbers))
        .options(joinedload(Delegation.country), joinedload(Delegation.body))
    )
    people = _list_people(numbers)
    known = {
        delegation.id: Left(
            names=names_of(delegation),
            tally=count(people.get(delegation.id, ()), limit=delegation.quota, roles_outside=outside),
        )
        for delegation, outside in db.session.execute(query).tuples()
    }
    return {one.id: known.get(one.values["delegation_id"], Left()) for one in mine}


def _list_people(numbers: Sequence[int]) -> Mapping[int, Sequence[tuple[str, str]]]:
    """State and role of everybody in some delegations."""
    kinds = (Registration.delegation_id, Registration.state, Registration.role)
    query = select(*kinds, func.count()).where(Registration.delegation_id.in_(numbers)).group_by(*kinds)
    found: dict[int, list[tuple[str, str]]] = {}
    for number, state, role, people in db.session.execute(query):
        found.setdefault(number, []).extend([(state, role)] * people)
    return found
