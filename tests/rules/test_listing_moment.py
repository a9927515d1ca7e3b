"""Moments in an address: with a zone or not at all."""

from datetime import UTC, datetime

import pytest

from eventapp.errors import Refused
from eventapp.rules.listing import check_changed_since, read_filter, read_moment


@pytest.mark.parametrize(
    "typed",
    [
        "2027-06-08T06:12:00Z",
        "2027-06-08T08:12:00+02:00",
        "2027-06-08T08:12:00 02:00",
        " 2027-06-08 06:12:00.9Z ",
    ],
)
def test_a_moment_is_kept_in_utc(typed):
    assert read_moment(typed) == datetime(2027, 6, 8, 6, 12, tzinfo=UTC)
    wanted = read_filter({"changed_since": typed})
    assert wanted.args() == {"changed_since": "2027-06-08T06:12:00Z"} and wanted.is_for_changes
    assert wanted.without("changed_since").args() == {}
    check_changed_since({"changed_since": typed})


@pytest.mark.parametrize("typed", ["x", "2027-06-08", "2027-06-08T06:12:00", "9999-12-31T23:00:00-14:00"])
def test_a_moment_without_a_zone_is_refused(typed):
    assert read_filter({"changed_since": typed}).args() == {}
    with pytest.raises(Refused) as refused:
        check_changed_since({"changed_since": typed})
    assert refused.value.field == "changed_since"


def test_no_moment_is_none():
    check_changed_since({"changed_since": " "})
    assert not read_filter({"exported": "yes"}).is_for_changes
    assert read_filter({"exported": "no"}).is_for_changes
    assert read_filter({"exported": "perhaps"}).args() == {}
