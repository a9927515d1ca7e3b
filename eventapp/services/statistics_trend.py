"""Registrations per day of an edition beside the one before it, and all editions beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from eventapp.extensions import db
from eventapp.models import Edition, Registration
from eventapp.rules.access import Actor
from eventapp.rules.series import SeriesRow, add_up
from eventapp.rules.trend import Run, Trend, compare, start_day
from eventapp.services import editions, statistics
from eventapp.services.public_site import figures_of
from eventapp.services.statistics_reference import get_reference


@dataclass(frozen=True, kw_only=True)
class EditionTrend:
    """The trend of an edition, and when it was read."""

    edition: Edition
    taken_at: datetime
    trend: Trend


@dataclass(frozen=True)
class SeriesEdition:
    """An edition of the series with its row."""

    edition: Edition
    row: SeriesRow


def trend_of(actor: Actor, ordinal: int, *, now: datetime) -> EditionTrend:
    """Registrations received per day beside those of the latest earlier edition that has any.

    For whoever may read the edition; the earlier one is looked for among those the same person may read.
    """
    edition = editions.get_edition(actor, ordinal)
    earlier = _find_earlier(actor, ordinal)
    both = [one for one in (edition, earlier) if one]
    question = statistics.ask(("edition", "day"), {"edition": [str(one.ordinal) for one in both]})
    counts = statistics.count_for(actor, edition, question, now=now)
    received: dict[str, dict[date, int]] = {}
    for (number, day), numbers in counts.by("edition", "day").items():
        received.setdefault(number, {})[date.fromisoformat(day)] = numbers.received
    runs = [
        Run(
            ordinal=one.ordinal,
            starts_on=start_day(one.starts_on, one.date_precision),
            received=received.get(str(one.ordinal), {}),
        )
        for one in both
    ]
    today = now.astimezone(ZoneInfo(edition.time_zone)).date()
    trend = compare(runs[0], runs[1] if earlier else None, today=today)
    return EditionTrend(edition=edition, taken_at=now, trend=trend)


def _find_earlier(actor: Actor, ordinal: int) -> Edition | None:
    """The latest earlier edition with registrations that the actor may read."""
    has_any = exists().where(Registration.edition_id == Edition.id)
    query = select(Edition).where(Edition.ordinal < ordinal, has_any).order_by(Edition.ordinal.desc())
    return next((one for one in db.session.scalars(query) if actor.may_read(one.id)), None)


def list_series(actor: Actor, *, now: datetime) -> list[SeriesEdition]:
    """All editions the actor may read, in order: published claims beside what the registrations add up to."""
    found = db.session.scalars(
        select(Edition).options(selectinload(Edition.figures)).order_by(Edition.ordinal)
    ).all()
    return _with_computed(actor, [edition for edition in found if actor.may_read(edition.id)], now)


def _with_computed(actor: Actor, known: Sequence[Edition], now: datetime) -> list[SeriesEdition]:
    if not known:
        return []
    question = statistics.ask(("edition", "country", "country_basis"))
    counts = statistics.count_for(actor, known[0], question, now=now)
    statuses = get_reference().country_statuses
    territories = frozenset(code for code, status in statuses.items() if status == "territory")
    computed = add_up(counts.by("edition", "country", "country_basis"), territories)
    series = []
    for edition in known:
        claims = figures_of(edition)
        row = SeriesRow(
            ordinal=edition.ordinal,
            participants=claims.participants,
            countries=claims.countries,
            computed=computed.get(edition.ordinal),
        )
        series.append(SeriesEdition(edition, row))
    return series
