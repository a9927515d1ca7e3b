"""The programme as everybody reads it: what was published and is open to all, by day in the edition's zone, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import Edition, PublishedSession
from eventapp.rules.programme_document import Shown, people_of

PUBLIC = (PublishedSession.access == "all", PublishedSession.cancelled_at.is_(None))


@dataclass(frozen=True)
class Day:
    """One day of the programme where the edition is held."""

    on: date
    sessions: Sequence[Shown]


def list_sessions(edition_id: int) -> Sequence[Shown]:
    """The published sessions that are open to all, by time; one query. Nothing of the others leaves it."""
    query = select(PublishedSession).where(PublishedSession.edition_id == edition_id, *PUBLIC)
    order = (PublishedSession.starts_at, PublishedSession.ends_at, PublishedSession.id)
    return [shown_of(row) for row in db.session.scalars(query.order_by(*order))]


def list_days(edition: Edition) -> list[Day]:
    """The sessions day by day; a session after midnight belongs to the day on which it starts."""
    zone = ZoneInfo(edition.time_zone)
    parted = groupby(list_sessions(edition.id), key=lambda one: one.starts_at.astimezone(zone).date())
    return [Day(on, list(sessions)) for on, sessions in parted]


def shown_of(row: PublishedSession) -> Shown:
    """A published session as a value."""
    document = row.document
    return Shown(
        id=str(row.public_id),
        number=row.session_id,
        title=document["title"],
        kind=document["kind"],
        description=document["description"],
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        room=document["room"],
        track=document["track"],
        floor_language=document["floor_language"],
        interpretation=document["interpretation"],
        access=row.access,
        sectors=document["sectors"],
        asks_sign_up=document["asks_sign_up"],
        capacity=document["capacity"],
        people=people_of(document),
        sequence=row.sequence,
        changed_at=row.changed_at,
        is_cancelled=row.cancelled_at is not None,
    )
