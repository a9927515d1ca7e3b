"""Editions for tests: published, with registration open at the clock of the tests (14 April 2027, 12:00 UTC)."""

from datetime import UTC, date, datetime

from sqlalchemy import func, select

from eventapp.extensions import db
from eventapp.models import Edition

CLOCK_STANDS_AT = datetime(2027, 4, 14, 12, 0, tzinfo=UTC)


def build_edition(**overrides) -> Edition:
    """An edition that is not saved yet; ordinal 8 unless told."""
    values = {
        "ordinal": 8,
        "title": {"en": "Eighth Global Conference", "fr": "Huitième Conférence mondiale"},
        "theme": {"en": "A theme"},
        "summary": {"en": "What it is about."},
        "starts_on": date(2027, 6, 8),
        "ends_on": date(2027, 6, 10),
        "date_precision": "day",
        "city": {"en": "Nairobi", "fr": "Nairobi", "es": "Nairobi", "ar": "نيروبي"},
        "country_code": "KE",
        "latitude": -1.29,
        "longitude": 36.82,
        "time_zone": "Africa/Nairobi",
        "capacity": None,
        "registration_opens_at": datetime(2027, 3, 1, 9, 0, tzinfo=UTC),
        "registration_closes_at": datetime(2027, 4, 30, 20, 59, tzinfo=UTC),
        "changes_close_at": datetime(2027, 5, 24, 20, 59, tzinfo=UTC),
        "approval": "one_step",
        "accepts_late": False,
        "state": "published",
        "created_at": CLOCK_STANDS_AT,
        "updated_at": CLOCK_STANDS_AT,
    }
    return Edition(**{**values, **overrides})


def make_edition(**overrides) -> Edition:
    """A saved edition; without an ordinal it takes the next free one, 8 first."""
    if "ordinal" not in overrides:
        overrides["ordinal"] = (db.session.scalar(select(func.max(Edition.ordinal))) or 0) + 1
    edition = build_edition(**overrides)
    db.session.add(edition)
    db.session.flush()
    return edition
