"""What was written to speakers, and the links in it: ended and forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select, update

from eventapp.extensions import db
from eventapp.models import OutboxMessage, PrivateLink

ERASED: Final = "erased"
TELLING: Final = "programme_changed"
DECLINED: Final = "speaker_declined"
ACCEPTED: Final = "speaker_accepted"
ANSWERED: Final = frozenset({DECLINED, ACCEPTED})


def end_links(speaker_id: int, *, now: datetime) -> bool:
    """End every link of a speaker; a letter that has not gone out yet never will. Says whether there was one."""
    open_ = (PrivateLink.speaker_id == speaker_id, PrivateLink.revoked_at.is_(None))
    had = db.session.scalar(select(PrivateLink.id).where(*open_).limit(1)) is not None
    db.session.execute(update(PrivateLink).where(*open_).values(revoked_at=now))
    unsent = (
        OutboxMessage.link_id.in_(_links([speaker_id])),
        OutboxMessage.state.in_(("waiting", "failed")),
    )
    change = update(OutboxMessage).where(*unsent).values(state="cancelled")
    db.session.execute(change.execution_options(synchronize_session=False))
    return had


def forget(ids: Sequence[int], *, now: datetime) -> Sequence[UUID]:
    """End the links of speakers and empty what was written to them; gives the ids of those messages."""
    open_ = (PrivateLink.speaker_id.in_(ids), PrivateLink.revoked_at.is_(None))
    db.session.execute(update(PrivateLink).where(*open_).values(revoked_at=now))
    theirs = OutboxMessage.link_id.in_(_links(ids)) | OutboxMessage.id.in_(_list_told(ids))
    unsent = (theirs, OutboxMessage.state.in_(("waiting", "failed")))
    cancelling = update(OutboxMessage).where(*unsent).values(state="cancelled")
    db.session.execute(cancelling.execution_options(synchronize_session=False))
    written = db.session.scalars(select(OutboxMessage.public_id).where(theirs)).all()
    change = update(OutboxMessage).where(theirs).values(recipient=ERASED, values={}, last_error="")
    db.session.execute(change.execution_options(synchronize_session=False))
    return written


def _list_told(ids: Sequence[int]) -> list[int]:
    """The numbers of the letters that need no link, since the speaker stands in their values.

    Those about changes of the programme, and those that told the organisers what the speaker answered.
    """
    query = select(OutboxMessage.id, OutboxMessage.values)
    kinds = OutboxMessage.kind.in_((TELLING, *ANSWERED))
    rows = db.session.execute(query.where(kinds, OutboxMessage.link_id.is_(None)))
    return [number for number, values in rows if values.get("speaker") in ids]


def _links(ids: Sequence[int]) -> Select[tuple[int]]:
    return select(PrivateLink.id).where(PrivateLink.speaker_id.in_(ids))
