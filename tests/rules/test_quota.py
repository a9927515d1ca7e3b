"""Which quotas apply to a person, which stands in the way, and who of a waiting list moves up."""

import pytest

from eventapp.errors import Refused
from eventapp.rules.badge import Rule
from eventapp.rules.quota import (
    BADGE_CATEGORY,
    DELEGATION,
    SECTOR,
    WHOLE,
    Limits,
    Person,
    Place,
    Room,
    Waiting,
    Which,
    check_places,
    check_room_to_endorse,
    first_with_room,
    places_in_line,
)

KENYA, HOST = Which(DELEGATION, "1"), Which(DELEGATION, "2")
NGO, POLICE, ENFORCERS = Which(BADGE_CATEGORY, "ngo"), Which(SECTOR, "LE-POL"), Which(SECTOR, "LE")
RULES = (Rule(None, "NGO", None, "ngo"), Rule("state", None, None, "delegate"))
OFFICER = Person("delegate", "LE-POL", "state", 1)
HELPER = Person("adviser", "NGO", "ngo")
SPEAKER = Person("speaker", "LE-POL", "state", 1)
HOSTED = Person("delegate", "LE-POL", "state", 2)


def limits(**more) -> Limits:
    places = {WHOLE: 10, KENYA: 3, HOST: 5, NGO: 2, POLICE: 4, ENFORCERS: 4}
    values = {
        "places": places,
        "roles_outside": {"speaker"},
        "apart": {2},
        "badge_rules": RULES,
        "parents": {"LE-POL": "LE"},
    }
    return Limits(**{**values, **more})


def room(**places) -> Room:
    return Room(limits=limits(**places))


@pytest.mark.parametrize(
    ("person", "quotas"),
    [
        (OFFICER, (WHOLE, KENYA, POLICE, ENFORCERS)),
        (HELPER, (WHOLE, NGO)),
        (SPEAKER, ()),
        (HOSTED, (HOST,)),
        (Person("delegate", "PUB-IMM", "state"), (WHOLE,)),
    ],
)
def test_which_quotas_apply(person, quotas):
    assert limits().applying(person) == quotas


def test_nothing_applies_where_nothing_is_limited():
    assert Limits(places={}).applying(OFFICER) == ()


def test_free_is_the_limit_without_those_approved_and_endorsed():
    left = room()
    left.add("approved", OFFICER)
    left.add("endorsed", OFFICER)
    for state in ("submitted", "waitlisted", "declined", "withdrawn"):
        left.add(state, OFFICER)
    assert [left.free(which) for which in (WHOLE, KENYA, POLICE, ENFORCERS, NGO)] == [8, 1, 2, 2, 2]
    assert left.free(Which(SECTOR, "PUB")) is None


def test_the_first_full_quota_stands_in_the_way():
    left = room()
    left.add("approved", OFFICER, 3)
    assert left.blocked_by(OFFICER) == KENYA
    assert left.blocked_by(OFFICER._replace(delegation_id=None)) is None
    left.add("approved", OFFICER._replace(delegation_id=None))
    assert left.blocked_by(OFFICER._replace(delegation_id=None)) == POLICE
    assert left.full_for(OFFICER) == [KENYA, POLICE, ENFORCERS]
    assert left.blocked_by(SPEAKER) is left.blocked_by(HOSTED) is left.blocked_by(HELPER) is None


def test_a_promise_needs_no_further_room_and_others_find_none_beside_it():
    left = room()
    left.add("endorsed", OFFICER, 3)
    assert left.blocked_by(OFFICER) == KENYA
    assert left.blocked_by(OFFICER, "endorsed") is None
    left.take(OFFICER, "endorsed")
    assert (left.approved[KENYA], left.endorsed[KENYA], left.free(KENYA)) == (1, 2, 0)


def test_promises_never_make_more_people_approved_than_the_edition_has_places():
    left = room(places={WHOLE: 2, KENYA: 3})
    left.add("endorsed", OFFICER, 3)
    for _ in range(2):
        left.take(OFFICER, "endorsed")
    assert left.blocked_by(OFFICER, "endorsed") == WHOLE
    assert left.free(WHOLE) == -1


def test_what_is_given_back_is_free_again():
    left = room()
    left.add("approved", OFFICER, 3)
    left.give_back(OFFICER)
    assert left.free(KENYA) == 1
    assert left.blocked_by(OFFICER) is None


def test_whoever_comes_under_another_quota_overfills_it_only_if_it_is_new_to_them():
    left = room()
    left.add("approved", HELPER, 3)  # as the rows stand after the change
    assert left.overfull(HELPER, OFFICER) == NGO
    assert left.overfull(HELPER, HELPER) is None
    left.give_back(HELPER)
    assert left.overfull(HELPER, OFFICER) is None


def test_the_line_moves_up_in_order_past_those_who_are_blocked():
    left = room(places={WHOLE: 3, NGO: 1})
    line = [
        Waiting(number, person)
        for number, person in enumerate([HELPER, HELPER, OFFICER, HELPER, OFFICER, OFFICER], 1)
    ]
    assert first_with_room(left, line) == [1, 3, 5]
    assert left.free(WHOLE) == left.free(NGO) == 0


def test_the_number_in_line_is_among_those_who_wait_for_the_same_quota():
    left = room(places={WHOLE: 9, NGO: 1, POLICE: 1})
    left.add("approved", HELPER)
    left.add("approved", OFFICER)
    line = [Waiting(number, person) for number, person in enumerate([HELPER, OFFICER, HELPER, OFFICER], 1)]
    assert places_in_line(left, line, dict(line)) == {
        1: [Place(1, NGO)],
        2: [Place(1, POLICE)],
        3: [Place(2, NGO)],
        4: [Place(2, POLICE)],
    }
    left.add("approved", Person("delegate", "PUB", "state"), 7)
    assert places_in_line(left, line, {3: HELPER})[3] == [Place(3, WHOLE), Place(2, NGO)]


def test_who_is_blocked_by_nothing_stands_in_the_whole_line():
    line = [Waiting(7, HELPER), Waiting(8, OFFICER)]
    assert places_in_line(room(), line, dict(line)) == {
        7: [Place(1, None)],
        8: [Place(2, None)],
    }


def test_nobody_is_endorsed_beyond_the_quota_of_the_body():
    left = room(places={WHOLE: 0, KENYA: 2, POLICE: 0})
    left.add("endorsed", OFFICER)
    check_room_to_endorse(left, OFFICER)  # neither the edition's capacity nor a sector is the body's concern
    left.add("approved", OFFICER)
    with pytest.raises(Refused) as refusal:
        check_room_to_endorse(left, OFFICER)
    assert refusal.value.code == "quota_full"
    check_room_to_endorse(left, SPEAKER)
    check_room_to_endorse(room(places={}), OFFICER)


@pytest.mark.parametrize("number", [0, 1, 1_000_000])
def test_a_number_of_places(number):
    assert check_places(number) == number


@pytest.mark.parametrize("number", [None, -1, 1_000_001])
def test_no_number_of_places(number):
    with pytest.raises(Refused):
        check_places(number)
