"""The trend of an edition and the series of all editions, read from the database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import FigureClaim
from eventapp.rules.access import COMMAND
from eventapp.rules.series import Computed
from eventapp.rules.trend import Point
from eventapp.services import accounts, statistics_trend
from tests.factories.accounts import make_user
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.registrations import make_registration
from tests.queries import counted_queries

pytestmark = pytest.mark.usefixtures("ctx")


def test_days_are_those_of_each_editions_own_zone():
    older = make_edition(
        ordinal=8, starts_on=date(2026, 5, 19), ends_on=date(2026, 5, 20), time_zone="America/New_York"
    )
    here = make_edition(ordinal=9)  # Nairobi, three hours ahead of UTC
    make_registration(here, submitted_at=datetime(2027, 4, 12, 20, 59, tzinfo=UTC))
    make_registration(here, submitted_at=datetime(2027, 4, 12, 21, 0, tzinfo=UTC))  # the 13th there
    make_registration(older, submitted_at=datetime(2026, 3, 24, 3, 0, tzinfo=UTC))  # still the 23rd there
    found = statistics_trend.trend_of(COMMAND, 9, now=CLOCK_STANDS_AT).trend
    days = {day.on: day for day in found.days}
    assert days[date(2027, 4, 12)].now == Point(1, 1) and days[date(2027, 4, 13)].now == Point(1, 2)
    assert found.before == 8
    assert days[date(2027, 4, 12)].distance == -57
    assert days[date(2027, 4, 12)].before == Point(1, 1), "57 days before 19 May 2026 is 23 March"


def test_the_earlier_edition_is_the_latest_with_any_that_the_person_may_read():
    oldest, older, here = (make_edition(ordinal=place) for place in (8, 9, 10))
    make_registration(here)
    make_registration(oldest)
    assert statistics_trend.trend_of(COMMAND, 10, now=CLOCK_STANDS_AT).trend.before == 8
    make_registration(older)
    assert statistics_trend.trend_of(COMMAND, 10, now=CLOCK_STANDS_AT).trend.before == 9
    reader = accounts.as_actor(make_user(role="reader", editions=[here]))
    assert statistics_trend.trend_of(reader, 10, now=CLOCK_STANDS_AT).trend.reason == "first"
    with pytest.raises(NotFound):
        statistics_trend.trend_of(reader, 9, now=CLOCK_STANDS_AT)


def test_the_number_of_queries_does_not_grow():
    statistics_trend.list_series(COMMAND, now=CLOCK_STANDS_AT)  # names are read again only when they change
    counts = []
    for ordinal in (8, 9, 10):
        edition = make_edition(ordinal=ordinal)
        for place in range(ordinal):
            make_registration(edition, submitted_at=CLOCK_STANDS_AT - timedelta(days=place))
        db.session.expire_all()
        with counted_queries() as statements:
            statistics_trend.trend_of(COMMAND, ordinal, now=CLOCK_STANDS_AT)
            statistics_trend.list_series(COMMAND, now=CLOCK_STANDS_AT)
        counts.append(len(statements))
    assert len(set(counts)) == 1 and counts[0] <= 12


def test_claims_and_computed_figures_stand_apart():
    older, here = make_edition(ordinal=8), make_edition(ordinal=9)
    db.session.add(
        FigureClaim(
            edition_id=older.id, measure="participants", qualifier="more_than", value=300, is_shown=True
        )
    )
    for country, state in (("KE", "approved"), ("NO", "submitted"), ("PR", "approved"), ("FR", "withdrawn")):
        make_registration(here, country_code=country, state=state)
    *_archive, first, second = statistics_trend.list_series(COMMAND, now=CLOCK_STANDS_AT)
    assert first.row.participants.qualifier == "more_than" and first.row.computed is None
    assert second.row.participants is None and second.row.computed == Computed(
        registered=3, approved=2, checked_in=0, countries=2
    )
