"""To whom a private link belongs where that is no registration: a focal point, somebody who was invited, a speaker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from eventapp.extensions import db
from eventapp.models import Delegation, DelegationInvitation, FocalPoint, PrivateLink, Speaker


@dataclass(frozen=True)
class Addressee:
    """A focal point or an invitation with the names of the delegation, or a speaker; nobody by default."""

    record: FocalPoint | DelegationInvitation | Speaker | None = None
    delegation: Mapping[str, str] = field(default_factory=dict)


def names_of(delegation: Delegation) -> Mapping[str, str]:
    """What a delegation is called: its country's names or its body's."""
    if delegation.country is not None:
        return delegation.country.names
    return delegation.body.names if delegation.body is not None else {}


def gather_addressees(links: Sequence[PrivateLink]) -> Mapping[int, Addressee]:
    """Link's number -> to whom it belongs, for those that belong to no registration; three queries for any number."""
    points = _by_id(FocalPoint, {one.focal_point_id for one in links})
    invited = _by_id(DelegationInvitation, {one.delegation_invitation_id for one in links})
    found: dict[int, Addressee] = {}
    for link in links:
        record = points.get(link.focal_point_id or 0) or invited.get(link.delegation_invitation_id or 0)
        if record is not None:
            found[link.id] = Addressee(record, names_of(record.delegation))
    return found | _speakers(links)


def _speakers(links: Sequence[PrivateLink]) -> dict[int, Addressee]:
    owner = {link.id: link.speaker_id for link in links if link.speaker_id is not None}
    if not owner:
        return {}
    query = select(Speaker).where(Speaker.id.in_(sorted(set(owner.values()))))
    known = {one.id: one for one in db.session.scalars(query)}
    return {link: Addressee(known[one]) for link, one in owner.items() if one in known}


def _by_id(table: type[Any], ids: set[int | None]) -> Mapping[int, Any]:
    wanted = sorted(one for one in ids if one is not None)
    if not wanted:
        return {}
    query = select(table).join(table.delegation).where(table.id.in_(wanted))
    whole = contains_eager(table.delegation)
    query = query.options(whole, whole.joinedload(Delegation.country), whole.joinedload(Delegation.body))
    return {one.id: one for one in db.session.scalars(query)}
