import pytest

from eventapp.errors import Refused
from eventapp.rules.programme_document import aspects_of, check_publication, digest_of, find_changes

PLAIN = {
    "title": {"en": "Opening"},
    "kind": "plenary",
    "starts_at": "2027-06-08T06:00:00+00:00",
    "ends_at": "2027-06-08T07:00:00+00:00",
    "room": {"en": "Hall A"},
    "access": "all",
    "people": [],
}


@pytest.mark.parametrize(
    ("changed", "aspects"),
    [
        ({}, []),
        ({"title": {"en": "Opening ceremony"}}, ["title"]),
        ({"ends_at": "2027-06-08T08:00:00+00:00", "room": None}, ["when", "room"]),
        ({"access": "sectors", "sectors": ["LE"]}, ["access"]),
        ({"track": {"en": "Victims"}}, ["track"]),  # a part that older documents did not know
    ],
)
def test_what_differs(changed, aspects):
    assert aspects_of(PLAIN, {**PLAIN, **changed}) == aspects


def test_what_a_publication_would_tell():
    other = {**PLAIN, "title": {"en": "Panel"}}
    before = {"a": PLAIN, "b": other}
    after = {"c": other, "a": {**PLAIN, "kind": "panel"}}
    found = [(one.id, one.what, list(one.aspects)) for one in find_changes(before, after)]
    assert found == [("c", "added", []), ("a", "changed", ["kind"]), ("b", "removed", [])]
    assert find_changes(before, dict(before)) == []


def test_the_digest_is_that_of_exactly_this_programme():
    assert digest_of({"a": PLAIN}) == digest_of({"a": dict(reversed(PLAIN.items()))})
    assert digest_of({"a": PLAIN}) != digest_of({"a": {**PLAIN, "room": {"en": "Hall B"}}})
    assert digest_of({"a": PLAIN}) != digest_of({"b": PLAIN})


def test_nothing_changed_is_not_published():
    with pytest.raises(Refused):
        check_publication([])
