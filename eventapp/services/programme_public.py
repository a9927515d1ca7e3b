"""The programme as everybody reads it: by day in the edition's zone, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from eventapp.extensions import db
from eventapp.models import Edition, ProgrammeSession, ProgrammeSpeaker, Speaker


@dataclass(frozen=True)
class Day:
    """One day of the programme where the edition is held."""

    on: date
    sessions: Sequence[ProgrammeSession]


def list_sessions(edition_id: int) -> Sequence[ProgrammeSession]:
    """All sessions with room and speakers, by time; three queries whatever their number."""
    return db.session.scalars(
        select(ProgrammeSession)
        .where(ProgrammeSession.edition_id == edition_id)
        .options(
            joinedload(ProgrammeSession.room),
            selectinload(ProgrammeSession.speakers)
            .joinedload(ProgrammeSpeaker.speaker)
            .joinedload(Speaker.body),
        )
        .order_by(ProgrammeSession.starts_at, ProgrammeSession.ends_at, ProgrammeSession.id)
    ).all()


def list_days(edition: Edition) -> list[Day]:
    """The sessions day by day; a session after midnight belongs to the day on which it starts."""
    zone = ZoneInfo(edition.time_zone)
    parted = groupby(list_sessions(edition.id), key=lambda one: one.starts_at.astimezone(zone).date())
    return [Day(on, list(sessions)) for on, sessions in parted]
