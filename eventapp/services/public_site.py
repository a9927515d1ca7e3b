"""What the public site asks of the database: the coming edition, its programme, the privacy notice in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import Edition, PrivacyNotice, ProgrammeSession
from eventapp.rules.coming import Course, find_coming
from eventapp.rules.edition import PAST_STATES, PUBLIC_STATES
from eventapp.services.editions import window_of


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What the masthead of every public page shows."""

    coming: Edition | None
    has_programme: bool


NO_FRAME = Frame(coming=None, has_programme=False)


def course_of(edition: Edition) -> Course:
    """What the calendar does to this edition."""
    return Course(
        ordinal=edition.ordinal,
        window=window_of(edition),
        last_day_on=(edition.ends_on or edition.starts_on) if edition.date_precision == "day" else None,
        time_zone=edition.time_zone,
    )


def find_frame(now: datetime) -> Frame:
    """The coming edition, if there is one, and whether it has a programme to read; two queries at most."""
    editions = db.session.scalars(
        select(Edition).where(Edition.state.in_(PUBLIC_STATES - PAST_STATES)).order_by(Edition.ordinal)
    ).all()
    ordinal = find_coming((course_of(edition) for edition in editions), now)
    coming = next((edition for edition in editions if edition.ordinal == ordinal), None)
    return Frame(coming=coming, has_programme=coming is not None and has_programme(coming.id))


def has_programme(edition_id: int) -> bool:
    """Whether the edition has any session to show."""
    found = db.session.scalar(
        select(ProgrammeSession.id).where(ProgrammeSession.edition_id == edition_id).limit(1)
    )
    return found is not None


def list_published_notices() -> Sequence[PrivacyNotice]:
    """Every published version of the privacy notice, the one in force first."""
    return db.session.scalars(
        select(PrivacyNotice)
        .where(PrivacyNotice.published_at.is_not(None))
        .order_by(PrivacyNotice.number.desc())
    ).all()


def get_published_notice(number: int) -> PrivacyNotice:
    """One published version of the privacy notice; a draft is not found."""
    notice = db.session.scalar(
        select(PrivacyNotice).where(PrivacyNotice.number == number, PrivacyNotice.published_at.is_not(None))
    )
    if notice is None:
        raise NotFound("There is no such version of the privacy notice.")
    return notice
