"""Copies of decisions to the focal points of the bodies they concern: one letter to each of them, however many people it names."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Row, func, insert, select

from eventapp.extensions import db
from eventapp.models import FocalPoint, OutboxMessage, PrivateLink

KIND: Final = "delegation_decided"


def copy_decision(
    decision: str, edition_id: int, rows: Sequence[Row[Any]], *, now: datetime, reason: str = ""
) -> None:
    """Tell the focal points of everybody in `rows`, each in their own language; three statements, or none.

    The letter names its people by their registrations, so that whoever is erased leaves no name in it. A link goes along
    where an open one stands; nobody gets a new one by this.
    """
    people: dict[int, list[int]] = {}
    for row in rows:
        if row.delegation_id is not None:
            people.setdefault(row.delegation_id, []).append(row.id)
    if not people:
        return
    wanted = (FocalPoint.delegation_id.in_(list(people)), FocalPoint.removed_at.is_(None))
    points = db.session.scalars(select(FocalPoint).where(*wanted).order_by(FocalPoint.id)).all()
    if not points:
        return
    links = _open_links([one.id for one in points], now)
    said = {"decision": decision} | ({"reason": reason} if reason else {})
    letters = [
        {
            "public_id": uuid4(),
            "kind": KIND,
            "language": one.language,
            "recipient": one.email,
            "values": said | {"registrations": _listed(people[one.delegation_id])},
            "link_id": links.get(one.id),
            "edition_id": edition_id,
            "created_at": now,
            "next_attempt_at": now,
        }
        for one in points
    ]
    db.session.execute(insert(OutboxMessage), letters)


def _listed(ids: Sequence[int]) -> list[dict[str, int | None]]:
    return [{"registration_id": one, "link_id": None} for one in ids]


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
