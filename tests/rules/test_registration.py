"""What becomes of a registration, and under which country it counts."""

from datetime import UTC, datetime

import pytest

from eventapp.errors import Closed, Refused
from eventapp.rules.counting import counted_country
from eventapp.rules.edition import Window
from eventapp.rules.registration import (
    arrive,
    check_change,
    check_decision,
    check_withdrawal,
    may_change,
    may_withdraw,
)

NOW = datetime(2027, 4, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("approval", "is_late", "free", "state"),
    [
        ("open", False, None, "approved"),
        ("open", False, 1, "approved"),
        ("open", False, 0, "waitlisted"),
        ("open", True, 5, "submitted"),
        ("one_step", False, None, "submitted"),
        ("one_step", False, 0, "submitted"),
    ],
)
def test_arrival(approval, is_late, free, state):
    arrival = arrive(approval=approval, is_late=is_late, free_places=free)
    assert (arrival.state, arrival.is_late) == (state, is_late)


def window(state="published", closes_at=None):
    return Window(state=state, opens_at=NOW, closes_at=NOW, accepts_late=False, changes_close_at=closes_at)


@pytest.mark.parametrize("state", ["rejected", "withdrawn", "cancelled"])
def test_what_is_closed_stays_as_it_is(state):
    with pytest.raises(Refused):
        check_withdrawal(state)
    with pytest.raises(Refused):
        check_change(state, window(), NOW)
    assert not may_withdraw(state, window())


def test_changes_end_with_the_freeze_date_and_with_the_edition():
    check_change("approved", window(), NOW)
    for closed in (window(closes_at=NOW), window("held"), window("archived"), window("cancelled")):
        with pytest.raises(Closed):
            check_change("approved", closed, NOW)
        assert not may_change("approved", closed, NOW)
    assert may_withdraw("approved", window(closes_at=NOW))
    assert not may_withdraw("approved", window("held"))


def test_decisions_fit_the_state():
    check_decision("submitted", "approved")
    with pytest.raises(Refused):
        check_decision("withdrawn", "approved")


@pytest.mark.parametrize(
    ("represents", "country", "seat", "sector", "kind", "expected"),
    [
        ("country", "NA", None, "LE-POL", None, ("NA", "state")),
        ("organisation", None, "NO", "NGO", None, ("NO", "seat")),
        ("organisation", None, "NL", "IGO", None, (None, "none")),
        ("organisation", None, "NL", "LE-POL", "international_organization", (None, "none")),
        ("organisation", None, None, "NGO", None, (None, "none")),
    ],
)
def test_counted_country(represents, country, seat, sector, kind, expected):
    counted = counted_country(
        represents=represents,
        country_code=country,
        seat_country_code=seat,
        sector_code=sector,
        body_kind=kind,
    )
    assert (counted.code, counted.basis) == expected
