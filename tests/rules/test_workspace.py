"""A delegation in numbers, whom a decision of its focal point reaches, and the order of its people."""

from datetime import UTC, datetime

import pytest

from eventapp.errors import Closed, Invalid, NotFound, Refused
from eventapp.rules.access import Actor, check_speaks_for
from eventapp.rules.edition import Window
from eventapp.rules.endorsement import Wish, check_known, check_reason, plan, possible_decisions
from eventapp.rules.workspace import check_place, check_work, count, has_place, may_work, order_key

NOW = datetime(2027, 4, 14, 12, tzinfo=UTC)


def wish(number, state="submitted", **parts):
    values = {"seen": state, "role": "delegate", "is_erased": False, "submitted_at": NOW, **parts}
    return Wish(id=number, state=state, **values)


def test_places_are_what_is_neither_confirmed_nor_promised():
    people = [
        *[("approved", "delegate")] * 3,
        ("endorsed", "head"),
        ("submitted", "delegate"),
        ("waitlisted", "delegate"),
        ("withdrawn", "delegate"),
        ("approved", "press"),
        ("declined", "press"),
    ]
    tally = count(people, limit=6, roles_outside=["press"])
    assert (tally.approved, tally.endorsed, tally.awaiting, tally.waitlisted) == (3, 1, 1, 1)
    assert (tally.free, tally.outside) == (2, 1)


def test_without_a_quota_there_is_always_a_place():
    tally = count([("approved", "delegate")] * 9, limit=None, roles_outside=[])
    assert tally.free is None
    assert has_place(tally, "delegate", [])


def test_a_full_delegation_has_room_for_roles_outside_only():
    tally = count([("endorsed", "delegate")], limit=1, roles_outside=["speaker"])
    assert not has_place(tally, "delegate", ["speaker"])
    assert has_place(tally, "speaker", ["speaker"])
    with pytest.raises(Refused, match="All places of your delegation"):
        check_place(tally, "delegate", ["speaker"])


def test_a_quota_lowered_below_what_is_taken_leaves_less_than_nothing():
    assert count([("approved", "delegate")] * 3, limit=1, roles_outside=[]).free == -2


def test_places_go_in_the_order_of_arrival():
    later = wish(1, submitted_at=NOW.replace(hour=13))
    planned = plan("endorsed", [later, wish(2), wish(3)], free=2)
    assert planned.reached == [2, 3]
    assert planned.left == {1: "full"}


def test_whoever_is_outside_needs_no_place():
    planned = plan("endorsed", [wish(1, role="press"), wish(2)], free=1, roles_outside=["press"])
    assert planned.reached == [1, 2]


def test_declining_needs_no_place():
    assert plan("declined", [wish(1), wish(2, "endorsed")], free=0).reached == [1, 2]


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"is_erased": True}, "erased"),
        ({"seen": "declined"}, "changed"),
        ({"state": "approved", "seen": "approved"}, "state"),
        ({"state": "withdrawn", "seen": "withdrawn"}, "state"),
    ],
)
def test_who_is_left_hears_why(parts, why):
    assert plan("endorsed", [wish(7, **parts)], free=None).left == {7: why}


def test_a_body_may_think_again():
    assert possible_decisions("declined") == ["endorsed"]
    assert possible_decisions("endorsed") == ["declined"]
    assert possible_decisions("submitted") == ["endorsed", "declined"]
    assert possible_decisions("approved") == []


def test_declining_wants_a_reason():
    check_reason("endorsed", "")
    with pytest.raises(Invalid):
        check_reason("declined", "")
    with pytest.raises(Refused):
        check_known("approved")


@pytest.mark.parametrize(
    ("state", "works"),
    [
        ("draft", False),
        ("published", True),
        ("postponed", True),
        ("held", False),
        ("archived", False),
        ("cancelled", False),
    ],
)
def test_work_ends_with_the_edition(state, works):
    window = Window(state=state, opens_at=None, closes_at=None, accepts_late=False)
    assert may_work(window) is works
    if not works:
        with pytest.raises(Closed):
            check_work(window)


def test_head_and_deputy_stand_first():
    people = [
        ("delegate", 1, "a", 1),
        ("head", None, "z", 2),
        ("deputy_head", 9, "y", 3),
        ("delegate", None, "b", 4),
    ]
    assert [one[3] for one in sorted(people, key=lambda one: order_key(*one))] == [2, 3, 1, 4]


def test_nobody_speaks_for_another_delegation():
    focal_point = Actor(kind="focal_point", id=1, delegation_ids=frozenset({5}))
    check_speaks_for(focal_point, 5)
    for actor, number in (
        (focal_point, 6),
        (focal_point, None),
        (Actor(kind="user", role="administrator"), 5),
    ):
        with pytest.raises(NotFound, match="no such delegation"):
            check_speaks_for(actor, number)
