"""Registrations per day of an edition beside the one before it, and all editions beside each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, and_, column, func, select, values
from sqlalchemy.orm import selectinload

from eventapp.extensions import db
from eventapp.models import Country, Edition, Registration
from eventapp.models.base import Instant
from eventapp.rules.access import Actor
from eventapp.rules.series import Group, SeriesRow, add_up
from eventapp.rules.trend import Run, Trend, compare, start_day
from eventapp.services import editions
from eventapp.services.public_site import figures_of


@dataclass(frozen=True)
class _Span:
    """An edition and the moments of its first and last registration."""

    edition: Edition
    first_at: datetime | None
    last_at: datetime | None

    def days(self) -> list[date]:
        """Every day of the edition's zone on which something may have come in."""
        if self.first_at is None or self.last_at is None:
            return []
        zone = ZoneInfo(self.edition.time_zone)
        first, last = self.first_at.astimezone(zone).date(), self.last_at.astimezone(zone).date()
        return [first + timedelta(days=place) for place in range((last - first).days + 1)]


@dataclass(frozen=True, kw_only=True)
class EditionTrend:
    """The trend of an edition, and when it was read."""

    edition: Edition
    taken_at: datetime
    trend: Trend


def trend_of(actor: Actor, ordinal: int, *, now: datetime) -> EditionTrend:
    """Registrations received per day beside those of the latest earlier edition that has any; three queries.

    For whoever may read the edition; the earlier one is looked for among those the same person may read.
    """
    edition = editions.get_edition(actor, ordinal)
    spans = [span for span in _spans(ordinal) if actor.may_read(span.edition.id)]
    here = spans[0]
    earlier = next((span for span in spans[1:] if span.first_at), None)
    found = _received([span for span in (here, earlier) if span])
    today = now.astimezone(ZoneInfo(edition.time_zone)).date()
    trend = compare(_run(here, found), _run(earlier, found) if earlier else None, today=today)
    return EditionTrend(edition=edition, taken_at=now, trend=trend)


def _spans(ordinal: int) -> list[_Span]:
    """The edition itself and the earlier ones, latest first; the index gives both ends of each without reading the rows."""
    received_at = Registration.submitted_at
    first = select(func.min(received_at)).where(Registration.edition_id == Edition.id).scalar_subquery()
    last = select(func.max(received_at)).where(Registration.edition_id == Edition.id).scalar_subquery()
    rows = db.session.execute(
        select(Edition, first, last).where(Edition.ordinal <= ordinal).order_by(Edition.ordinal.desc())
    )
    return [_Span(*row) for row in rows]


def _received(spans: Sequence[_Span]) -> Mapping[tuple[int, date], int]:
    """(edition's id, day) -> registrations received on that day of the edition's own zone.

    Days are counted between instants, so that a day with 23 or 25 hours is right on every database.
    """
    days: list[tuple[int, date]] = []
    rows: list[tuple[Any, ...]] = []
    for span in spans:
        zone = ZoneInfo(span.edition.time_zone)
        for on in span.days():
            begins, ends = (datetime.combine(on + timedelta(days=more), time.min, zone) for more in (0, 1))
            rows.append((len(rows), span.edition.id, begins, ends))
            days.append((span.edition.id, on))
    if not rows:
        return {}
    listed = (
        values(
            column("place", Integer),
            column("edition_id", Integer),
            column("begins_at", Instant),
            column("ends_at", Instant),
        )
        .data(rows)
        .cte("days")
    )
    query = (
        select(listed.c.place, func.count())
        .join(
            Registration,
            and_(
                Registration.edition_id == listed.c.edition_id,
                Registration.submitted_at >= listed.c.begins_at,
                Registration.submitted_at < listed.c.ends_at,
            ),
        )
        .group_by(listed.c.place)
    )
    return {days[place]: count for place, count in db.session.execute(query)}


def _run(span: _Span, received: Mapping[tuple[int, date], int]) -> Run:
    edition = span.edition
    return Run(
        ordinal=edition.ordinal,
        starts_on=start_day(edition.starts_on, edition.date_precision),
        received={on: count for (edition_id, on), count in received.items() if edition_id == edition.id},
    )


@dataclass(frozen=True)
class SeriesEdition:
    """An edition of the series with its row."""

    edition: Edition
    row: SeriesRow


def list_series(actor: Actor) -> list[SeriesEdition]:
    """All editions the actor may read, in order, published claims beside what the registrations add up to; four queries."""
    found = db.session.scalars(
        select(Edition).options(selectinload(Edition.figures)).order_by(Edition.ordinal)
    ).all()
    known = [edition for edition in found if actor.may_read(edition.id)]
    territories = frozenset(db.session.scalars(select(Country.code).where(Country.status == "territory")))
    computed = add_up(_groups([edition.id for edition in known]), territories)
    series = []
    for edition in known:
        claims = figures_of(edition)
        row = SeriesRow(
            ordinal=edition.ordinal,
            participants=claims.participants,
            countries=claims.countries,
            computed=computed.get(edition.id),
        )
        series.append(SeriesEdition(edition, row))
    return series


def _groups(edition_ids: Sequence[int]) -> list[Group]:
    columns = (
        Registration.edition_id,
        Registration.counted_country_code,
        Registration.country_basis,
        Registration.state,
    )
    query = select(*columns, func.count()).where(Registration.edition_id.in_(edition_ids)).group_by(*columns)
    return list(map(Group._make, db.session.execute(query)))
