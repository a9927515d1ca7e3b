"""Focal points of an edition whose time is over are forgotten: many at once, as `focal_points.remove` does with one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from eventapp.extensions import db
from eventapp.models import FocalPoint, OutboxMessage, PrivateLink
from eventapp.services import audit


def forget(ids: Sequence[int], *, now: datetime) -> Sequence[UUID]:
    """Remove focal points: links end, names and addresses go with what was written; gives the ids of those letters.

    Their names go from the history as well, whatever they did; that a focal point did it stays.
    """
    if not ids:
        return []
    links = PrivateLink.focal_point_id.in_(ids)
    db.session.execute(
        update(PrivateLink).where(links, PrivateLink.revoked_at.is_(None)).values(revoked_at=now)
    )
    theirs = OutboxMessage.link_id.in_(select(PrivateLink.id).where(links))
    written = db.session.scalars(select(OutboxMessage.public_id).where(theirs)).all()
    unsent = (theirs, OutboxMessage.state.in_(("waiting", "failed")))
    plain = {"synchronize_session": False}
    db.session.execute(
        update(OutboxMessage).where(*unsent).values(state="cancelled"), execution_options=plain
    )
    emptied = {"recipient": "erased", "values": {}, "last_error": ""}
    db.session.execute(update(OutboxMessage).where(theirs).values(**emptied), execution_options=plain)
    change = update(FocalPoint).where(FocalPoint.id.in_(ids))
    gone = {"removed_at": now, "user_id": None, "name": "", "email": "", "version": FocalPoint.version + 1}
    db.session.execute(change.values(**gone), execution_options={"synchronize_session": "fetch"})
    audit.forget_values("focal_point", ids)
    audit.forget_actors("focal_point", ids)
    return written
