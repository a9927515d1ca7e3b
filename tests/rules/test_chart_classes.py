"""Classes of a map: every number in exactly one, at most five."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.rules.chart_classes import MOST, classes_of


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], ()),
        ([0], ()),
        ([1, 1, 0], ((1, 1),)),
        ([3, 1], ((1, 1), (2, 2), (3, 3))),
        ([115, 3, 8], ((1, 2), (3, 6), (7, 15), (16, 40), (41, 115))),
    ],
)
def test_bounds(values, expected):
    assert classes_of(values) == expected


@given(st.lists(st.integers(1, 10**7), min_size=1))
def test_every_number_stands_in_one_class(values):
    found = classes_of(values)
    assert len(found) <= MOST
    assert found[0][0] == 1 and found[-1][1] >= max(values)
    assert all(low <= high for low, high in found)
    assert all(before[1] + 1 == after[0] for before, after in zip(found, found[1:]))
