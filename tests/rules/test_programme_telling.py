"""What a publication means for one person: no more than they may learn, and nothing that does not matter."""

from datetime import UTC, datetime

import pytest

from eventapp.rules.programme_document import Change, find_changes
from eventapp.rules.programme_telling import Reader, describe, find_notice, list_notices, list_to_tell
from eventapp.rules.session_access import Visitor

OPEN = {
    "title": {"en": "Opening"},
    "starts_at": "2027-06-08T06:00:00+00:00",
    "ends_at": "2027-06-08T07:00:00+00:00",
    "room": {"en": "Hall A"},
    "floor_language": "en",
    "interpretation": [],
    "access": "all",
    "sectors": [],
}
LATER = {**OPEN, "title": {"en": "Secret"}, "starts_at": "2027-06-08T06:30:00+00:00"}
POLICE = Reader(visitor=Visitor(is_approved=True, sector="LE-POL"))
BEFORE = datetime(2027, 6, 1, tzinfo=UTC)
CITIZEN = Reader(visitor=Visitor(is_approved=True, sector="NGO"))
WAITING = Reader(visitor=Visitor(is_approved=False, sector="LE-POL"))
CHAIR = Reader(takes_part_in=frozenset({"a"}))
GUEST = Reader(visitor=Visitor(is_approved=True, sector="NGO"), invited_to=frozenset({"a"}))
PARENTS = {"LE-POL": "LE"}


def closed(access, **more):
    return {**LATER, "access": access, "sectors": ["LE"] if access == "sectors" else [], **more}


def change(before, after):
    (found,) = find_changes({"a": before} if before else {}, {"a": after} if after else {})
    return found


@pytest.mark.parametrize(
    ("more", "is_told"),
    [
        ({"title": {"en": "Opening ceremony"}}, True),
        ({"ends_at": "2027-06-08T07:30:00+00:00"}, True),
        ({"room": None}, True),
        ({"interpretation": ["ar"]}, True),
        ({"access": "delegates"}, True),
        ({"people": [{"name": "Ada"}]}, False),
        ({"description": {"en": "More."}}, False),
        ({"track": {"en": "Victims"}, "kind": "panel", "capacity": 3}, False),
        ({"room": {"en": "Hall B"}, "track": {"en": "Victims"}}, True),
    ],
)
def test_what_matters_to_whoever_means_to_come(more, is_told):
    assert len(list_to_tell([change(OPEN, {**OPEN, **more})], now=BEFORE)) == is_told


def test_a_publication_that_kept_no_words_tells_nothing():
    assert list_to_tell([Change(id="a", what="changed", title={}, aspects=["when"])], now=BEFORE) == []


def test_what_is_over_matters_to_nobody():
    renamed, moved = ({**OPEN, "title": {"en": "Ceremony"}}, {**OPEN, "ends_at": "2027-06-09T08:00:00+00:00"})
    after = datetime(2027, 6, 8, 7, 0, tzinfo=UTC)
    for one, is_told in ((renamed, False), (None, False), (moved, True)):
        assert len(list_to_tell([change(OPEN, one)], now=after)) == is_told


def what(before, after, reader):
    found = find_notice(change(before, after), reader, PARENTS)
    return found.what if found else None


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (OPEN, LATER, ["changed"] * 5),
        (OPEN, closed("sectors"), ["changed", "closed", "closed", "changed", "closed"]),
        (OPEN, closed("invited"), ["closed", "closed", "closed", "changed", "changed"]),
        (OPEN, closed("delegates"), ["changed", "changed", "closed", "changed", "changed"]),
        (closed("sectors"), OPEN, ["changed", "opened", "opened", "changed", "opened"]),
        (closed("sectors"), closed("sectors", room=None), ["changed", None, None, "changed", None]),
        (closed("invited"), closed("sectors"), ["opened", None, None, "changed", "closed"]),
        (closed("sectors"), None, ["cancelled", None, None, "cancelled", None]),
        (closed("invited"), None, [None, None, None, "cancelled", "cancelled"]),
        (None, closed("invited"), [None, None, None, "new", "new"]),
    ],
)
def test_who_may_learn_what(before, after, told):
    assert [what(before, after, one) for one in (POLICE, CITIZEN, WAITING, CHAIR, GUEST)] == told


def test_a_session_that_was_closed_keeps_its_new_words():
    notice = find_notice(change(OPEN, closed("sectors")), CITIZEN, PARENTS)
    assert notice is not None
    assert (notice.title, notice.before, notice.after, notice.aspects) == ({"en": "Opening"}, None, None, ())


def test_a_session_that_was_opened_keeps_its_old_words():
    notice = find_notice(change(closed("sectors"), OPEN), CITIZEN, PARENTS)
    assert notice is not None
    assert (notice.title, notice.before) == ({"en": "Opening"}, None)


def test_a_text_in_another_language_than_the_readers_is_no_news():
    both = {"en": "Opening", "ar": "الافتتاح"}
    found = change({**OPEN, "title": both}, {**OPEN, "title": {**both, "en": "Opening ceremony"}})
    told = [find_notice(found, Reader(visitor=POLICE.visitor, language=one), {}) for one in ("ar", "fr", "")]
    assert [one and one.aspects for one in told] == [None, ["title"], ["title"]]


def test_notices_stand_in_the_order_of_time():
    changes = find_changes({"a": LATER, "b": OPEN}, {"a": {**LATER, "room": None}})
    assert [key for key, _ in list_notices(changes, POLICE, PARENTS)] == ["b", "a"]
    assert [describe(one).what for one in changes] == ["changed", "cancelled"]
