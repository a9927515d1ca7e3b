"""Countries: the shape of their codes, and the days on which they are offered."""

from datetime import date

import pytest

from eventapp.errors import Refused
from eventapp.rules.country import check_country_code, check_period, is_offered

FIRST, LAST = date(2027, 3, 1), date(2027, 3, 31)


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [("code", " na ", "NA"), ("code", "NO", "NO"), ("alpha3", "nam", "NAM"), ("m49", "516", "516")],
)
def test_codes_are_read_in_capitals(kind, typed, code):
    assert check_country_code(kind, typed) == code


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("code", ""),
        ("code", "N"),
        ("code", "NAM"),
        ("code", "N1"),
        ("code", "ßß"),
        ("alpha3", "NA"),
        ("m49", "51"),
        ("m49", "٥١٦"),
    ],
)
def test_other_shapes_are_refused(kind, typed):
    with pytest.raises(Refused):
        check_country_code(kind, typed)


def test_both_days_count_in():
    assert is_offered(FIRST, LAST, FIRST) and is_offered(FIRST, LAST, LAST) and is_offered(None, None, LAST)
    assert not is_offered(FIRST, None, date(2027, 2, 28)) and not is_offered(None, LAST, date(2027, 4, 1))
    check_period(FIRST, FIRST)
    with pytest.raises(Refused):
        check_period(LAST, FIRST)
