from datetime import UTC, datetime, timedelta

import pytest

from eventapp.errors import Closed, Refused
from eventapp.rules.name import initials
from eventapp.rules.speaker import Profile, check_answer, find_missing, without_person

NOW = datetime(2027, 6, 8, 9, tzinfo=UTC)


def missing(*states, **parts):
    known = dict.fromkeys(("has_biography", "has_picture", "has_agreed", "has_answered_consent"), False)
    return find_missing(Profile(states=states, **(known | parts)))


def test_what_is_missing_stands_in_the_order_of_asking():
    assert missing("invited", "accepted") == ["answer", "consent", "biography", "picture"]
    assert missing("accepted") == ["consent", "biography", "picture"]
    everything = {
        "has_biography": True,
        "has_picture": True,
        "has_agreed": True,
        "has_answered_consent": True,
    }
    assert missing("accepted", "declined", **everything) == []
    assert missing("invited", **everything) == ["answer"]


@pytest.mark.parametrize("states", [(), ("declined",), ("declined", "declined")])
def test_whoever_does_not_come_owes_nothing(states):
    assert missing(*states) == []


def test_whoever_said_no_to_the_public_page_is_asked_for_nothing_that_stands_there():
    assert missing("accepted", has_answered_consent=True) == []
    assert missing("accepted", has_answered_consent=True, has_agreed=True) == ["biography", "picture"]


def test_an_answer_until_the_session_is_over():
    check_answer("declined", ends_at=NOW + timedelta(seconds=1), now=NOW)
    with pytest.raises(Closed):
        check_answer("accepted", ends_at=NOW, now=NOW)
    with pytest.raises(Refused):
        check_answer("invited", ends_at=NOW + timedelta(hours=1), now=NOW)


def test_one_person_less():
    people = [{"id": "a"}, {"id": "b"}]
    assert without_person(people, "a") == [{"id": "b"}]
    assert without_person(people, "c") == people


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Amina Diop", "AD"),
        ("Élise de la Tour-Marchevaux", "ÉM"),
        ("Plato", "P"),
        ("أمينة ديوب", "أ د"),
        ("سلمى الحدادي", "س ح"),
        ("", ""),
        ("– –", ""),
    ],
)
def test_initials(name, letters):
    assert initials(name) == letters
