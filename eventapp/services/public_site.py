"""What the public site asks of the database: the coming edition, its programme, the privacy notice in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import Edition, PrivacyNotice, PublishedSession
from eventapp.rules.coming import Course, find_coming
from eventapp.rules.edition import PAST_STATES, PUBLIC_STATES
from eventapp.rules.figure import Claim, Figures, split_claims
from eventapp.services.editions import window_of
from eventapp.services.programme_public import PUBLIC


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


def find_neighbours(ordinal: int) -> tuple[Edition | None, Edition | None]:
    """The public editions before and after this one."""
    public = select(Edition).where(Edition.state.in_(PUBLIC_STATES)).limit(1)
    before = public.where(Edition.ordinal < ordinal).order_by(Edition.ordinal.desc())
    after = public.where(Edition.ordinal > ordinal).order_by(Edition.ordinal)
    return db.session.scalar(before), db.session.scalar(after)


def figures_of(edition: Edition) -> Figures:
    """The published figures of an edition: one shown of each measure, the others beside it."""
    return split_claims(
        Claim(
            measure=claim.measure,
            qualifier=claim.qualifier,
            value=claim.value,
            source_url=claim.source_url,
            source_note=claim.source_note,
            is_shown=claim.is_shown,
        )
        for claim in edition.figures
    )


def has_programme(edition_id: int) -> bool:
    """Whether the edition has any session to show to everybody."""
    wanted = (PublishedSession.edition_id == edition_id, *PUBLIC)
    return db.session.scalar(select(PublishedSession.id).where(*wanted).limit(1)) is not None


def list_with_programme() -> set[int]:
    """The ids of the editions that have any session to show to everybody; one query."""
    return set(db.session.scalars(select(PublishedSession.edition_id).where(*PUBLIC).distinct()))


def list_published_notices() -> Sequence[PrivacyNotice]:
    """Every published version of the privacy notice, the one in force first."""
    return db.session.scalars(
        select(PrivacyNotice)
        .where(PrivacyNotice.published_at.is_not(None))
        .order_by(PrivacyNotice.number.desc())
    ).all()
