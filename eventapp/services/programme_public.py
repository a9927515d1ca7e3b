"""The programme as everybody reads it: what was published and is open to all, by day in the edition's zone, in order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import Edition, PublishedSession
from eventapp.rules.programme_document import Shown, people_of
from eventapp.rules.programme_now import day_of

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


def list_told(edition_id: int) -> Sequence[Shown]:
    """The same with those that were taken out since they were told: calendars have to learn that they are cancelled."""
    wanted = (PublishedSession.edition_id == edition_id, PublishedSession.access == "all")
    order = (PublishedSession.starts_at, PublishedSession.ends_at, PublishedSession.id)
    return [
        shown_of(row) for row in db.session.scalars(select(PublishedSession).where(*wanted).order_by(*order))
    ]


def get_told(edition_id: int, public_id: UUID) -> Shown:
    """One of them by its public id; raises NotFound, also for a session that is not open to all."""
    wanted = (PublishedSession.edition_id == edition_id, PublishedSession.access == "all")
    row = db.session.scalar(select(PublishedSession).where(*wanted, PublishedSession.public_id == public_id))
    if row is None:
        raise NotFound("There is no such session.")
    return shown_of(row)


def by_day(sessions: Iterable[Shown], zone: ZoneInfo) -> list[Day]:
    """Sessions in the order of time, parted by the day on which they start."""
    return [Day(on, list(some)) for on, some in groupby(sessions, key=lambda one: day_of(one, zone))]


def list_days(edition: Edition) -> list[Day]:
    """The sessions day by day; a session after midnight belongs to the day on which it starts."""
    return by_day(list_sessions(edition.id), ZoneInfo(edition.time_zone))


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
