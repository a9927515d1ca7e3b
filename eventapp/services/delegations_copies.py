"""Copies of decisions to the focal points of the bodies they concern: one letter to each of them, however many people it names."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Row, func, insert, select

from eventapp.extensions import db
from eventapp.models import FocalPoint, OutboxMessage, PrivateLink, Registration

KIND: Final = "delegation_decided"
LEFT: Final = "delegation_left"


def copy_decision(
    decision: str, edition_id: int, rows: Sequence[Row[Any]], *, now: datetime, reason: str = ""
) -> None:
    """Tell the focal points of everybody in `rows`, each in their own language; three statements, or none.

    Whose registration is cancelled leaves the delegation: that letter says how many places it holds from then on.
    """
    is_end = decision == "cancelled"
    said = {"by": "secretariat"} if is_end else {"decision": decision}
    people = [(row.id, row.delegation_id) for row in rows]
    _copy(LEFT if is_end else KIND, said, edition_id, people, now=now, reason=reason)


def tell_withdrawn(one: Registration, *, now: datetime) -> None:
    """Tell the focal points of somebody who has withdrawn by the private link; not whoever withdraws and is one of them."""
    people = [(one.id, one.delegation_id)]
    _copy(LEFT, {"by": "person"}, one.edition_id, people, now=now, but=one.email)


def _copy(
    kind: str,
    said: Mapping[str, str],
    edition_id: int,
    people: Sequence[tuple[int, int | None]],
    *,
    now: datetime,
    reason: str = "",
    but: str = "",
) -> None:
    """One letter to each focal point of these people, numbers of registrations with their delegation.

    The letter names its people by their registrations, so that whoever is erased leaves no name in it. A link goes along
    where an open one stands; nobody gets a new one by this.
    """
    listed: dict[int, list[int]] = {}
    for number, delegation_id in people:
        if delegation_id is not None:
            listed.setdefault(delegation_id, []).append(number)
    points = _list_points(listed, but)
    if not points:
        return
    links = _open_links([one.id for one in points], now)
    whole = dict(said) | ({"reason": reason} if reason else {})
    letters = [
        {
            "public_id": uuid4(),
            "kind": kind,
            "language": one.language,
            "recipient": one.email,
            "values": whole | _named(one.delegation_id, listed[one.delegation_id]),
            "link_id": links.get(one.id),
            "edition_id": edition_id,
            "created_at": now,
            "next_attempt_at": now,
        }
        for one in points
    ]
    db.session.execute(insert(OutboxMessage), letters)


def _list_points(delegation_ids: Collection[int], but: str) -> Sequence[FocalPoint]:
    """Who speaks for some delegations, but for whoever has this address; one query, or none."""
    if not delegation_ids:
        return []
    wanted = (FocalPoint.delegation_id.in_(list(delegation_ids)), FocalPoint.removed_at.is_(None))
    found = db.session.scalars(select(FocalPoint).where(*wanted).order_by(FocalPoint.id))
    return [one for one in found if not but or one.email.lower() != but.lower()]


def _named(delegation_id: int, ids: Sequence[int]) -> dict[str, Any]:
    return {
        "delegation_id": delegation_id,
        "registrations": [{"registration_id": one, "link_id": None} for one in ids],
    }


def _open_links(ids: Sequence[int], now: datetime) -> Mapping[int | None, int]:
    """Number of a focal point -> number of the newest link that is open; one query."""
    wanted = (
        PrivateLink.focal_point_id.in_(ids),
        PrivateLink.purpose == "focal_point",
        PrivateLink.revoked_at.is_(None),
        PrivateLink.expires_at > now,
    )
    query = select(PrivateLink.focal_point_id, func.max(PrivateLink.id)).where(*wanted)
    return dict(db.session.execute(query.group_by(PrivateLink.focal_point_id)).tuples().all())


def forget(edition_id: int, ids: Collection[int]) -> Sequence[UUID]:
    """Take people who are erased out of what focal points were told; gives the ids of those letters.

    With the last of its people a letter loses the reason as well, and goes out no more.
    """
    kinds = OutboxMessage.kind.in_((KIND, LEFT))
    query = select(OutboxMessage).where(OutboxMessage.edition_id == edition_id, kinds)
    gone, written = set(ids), []
    for letter in db.session.scalars(query.order_by(OutboxMessage.id).with_for_update()):
        listed = letter.values.get("registrations", [])
        kept = [one for one in listed if one["registration_id"] not in gone]
        if len(kept) == len(listed):
            continue
        letter.values = {**letter.values, "registrations": kept}
        if not kept:
            letter.values = {name: value for name, value in letter.values.items() if name != "reason"}
            if letter.state in ("waiting", "failed"):
                letter.state = "cancelled"
        written.append(letter.public_id)
    db.session.flush()
    return written
