"""Somebody who does not come is named no more in what was told, at once, and nothing else of the draft is told with it."""

from datetime import datetime

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import PublishedSession, Speaker
from eventapp.rules.speaker import without_person


def retract(session_id: int, speaker: Speaker, *, now: datetime) -> bool:
    """Take a speaker's name out of one published session; its sequence grows, so that calendars look again.

    Inside a writing transaction that holds the edition's lock, as publishing does. Says whether the name was there.
    """
    query = select(PublishedSession).where(PublishedSession.session_id == session_id)
    rows = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()
    is_named = False
    for row in rows:
        left = without_person(row.document["people"], str(speaker.public_id))
        if len(left) < len(row.document["people"]):
            row.document = {**row.document, "people": left}
            row.sequence += 1
            row.changed_at = now
            is_named = True
    db.session.flush()
    return is_named
