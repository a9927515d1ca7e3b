"""Places under several quotas at once: who gets one, who waits for which, who moves up when one comes free."""

import itertools
from datetime import timedelta

import pytest

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.models import Registration
from eventapp.rules.quota import BADGE_CATEGORY, DELEGATION, SECTOR, WHOLE, Place, Which
from eventapp.services import links, quotas, registrations_enter, registrations_own
from eventapp.services.registrations_decide import preview
from eventapp.services.registrations_places import explain_waiting, free_places, promote_waiting
from tests.engines import SECRET
from tests.factories.delegations import make_delegation
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.quotas import make_quota
from tests.factories.registrations import make_registration
from tests.queries import counted_queries
from tests.services.test_decide import ORGANISER, run, states
from tests.services.test_registrations import details, submit

pytestmark = pytest.mark.usefixtures("ctx")
POLICE, LAW = Which(SECTOR, "LE-POL"), Which(SECTOR, "LE")


def ngo(**more):
    return {"represents": "organisation", "country_code": None, "organisation": "Example", **more} | {
        "seat_country_code": "NO",
        "sector_code": "NGO",
    }


def line_of(edition, registrations):
    return {one: list(places) for one, places in explain_waiting(edition, registrations).items()}


@pytest.mark.parametrize(
    ("values", "most"),
    [
        ({"approval": "open", "capacity": 50}, 5),
        ({"approval": "open", "capacity": None}, 4),
        ({"approval": "one_step", "capacity": 50}, 4),
        ({"approval": "one_step", "capacity": None}, 4),
    ],
)
def test_an_edition_without_quotas_asks_no_more_than_before(values, most):
    edition = make_edition(**values)
    with counted_queries() as statements:
        submit(edition)
    assert len(statements) <= most, statements


def test_open_approval_fills_each_quota_and_then_its_line():
    edition = make_edition(approval="open", capacity=4)
    make_quota(edition, "sector", "LE", 2)
    police = [submit(edition).registration for _ in range(3)]
    others = [submit(edition, **ngo()).registration for _ in range(3)]
    assert states(police) == states(others) == ["approved", "approved", "waitlisted"]
    assert line_of(edition, [*police, *others]) == {
        police[2].id: [Place(1, WHOLE), Place(1, LAW)],
        others[2].id: [Place(2, WHOLE)],
    }


def test_a_newcomer_does_not_wait_behind_people_of_another_quota():
    edition = make_edition(approval="open", capacity=9)
    make_quota(edition, "sector", "LE", 0)
    assert submit(edition).registration.state == "waitlisted"
    assert submit(edition, **ngo()).registration.state == "approved"


def test_a_newcomer_does_not_overtake_who_could_have_the_place():
    edition = make_edition(approval="open", capacity=1)
    make_quota(edition, "sector", "LE", 5)
    waiting = make_registration(edition, state="waitlisted")
    assert submit(edition).registration.state == "waitlisted"
    assert promote_waiting(ORGANISER, edition, now=NOW) == [waiting.id]


def test_roles_outside_take_no_place():
    edition = make_edition(approval="open", capacity=1, roles_outside=["observer"])
    observers = [submit(edition, role="observer").registration for _ in range(3)]
    assert states(observers) == ["approved"] * 3
    assert free_places(edition) == 1
    assert states([submit(edition).registration for _ in range(2)]) == ["approved", "waitlisted"]


def test_the_host_takes_its_own_places_alone():
    edition = make_edition(capacity=2)
    host = make_delegation(edition, country_code="KE", quota=3, stands_apart=True)
    make_quota(edition, "sector", "LE-POL", 0)
    for _ in range(3):
        make_registration(edition, state="approved", delegation_id=host.id)
    room = quotas.read_room(edition)
    own = Which(DELEGATION, str(host.id))
    assert (room.free(WHOLE), room.free(own), room.free(POLICE)) == (2, 0, 0)
    assert free_places(edition) == 2


def test_a_decision_says_which_quota_is_full():
    edition = make_edition(capacity=9)
    kenya = make_delegation(edition, quota=1)
    make_quota(edition, "sector", "LE-POL", 2)
    theirs = [make_registration(edition, delegation_id=kenya.id) for _ in range(2)]
    others = [make_registration(edition) for _ in range(2)]
    picked = [one.id for one in (*theirs, *others)]
    planned, _, free = preview(ORGANISER, edition.ordinal, "approved", picked)
    assert planned.reached == [theirs[0].id, others[0].id]
    assert planned.full == {theirs[1].id: Which(DELEGATION, str(kenya.id)), others[1].id: POLICE}
    assert set(planned.left.values()) == {"full"}
    assert free == 9


def test_a_badge_category_has_places_of_its_own(clock):
    edition = make_edition()
    made = [make_registration(edition, **ngo()) for _ in range(2)]
    make_quota(edition, "badge_category", "civil_society", 1)
    outcome = run(edition, "approved", made, clock=clock)
    assert states(made) == ["approved", "submitted"]
    assert outcome.plan.full == {made[1].id: Which(BADGE_CATEGORY, "civil_society")}


def test_who_is_endorsed_holds_a_place_and_needs_no_other(clock):
    edition = make_edition(approval="two_steps", capacity=2)
    kenya = make_delegation(edition, quota=2)
    endorsed = [make_registration(edition, state="endorsed", delegation_id=kenya.id) for _ in range(2)]
    other = make_registration(edition)
    run(edition, "approved", [other], clock=clock)
    assert other.state == "submitted"  # both places are promised
    run(edition, "approved", endorsed, clock=clock)
    assert states(endorsed) == ["approved", "approved"]


def test_an_endorsed_person_waits_for_the_edition_and_moves_up(clock):
    edition = make_edition(approval="two_steps", capacity=1)
    kenya = make_delegation(edition, quota=2)
    first, second = (
        make_registration(
            edition, state="endorsed", delegation_id=kenya.id, submitted_at=clock.move(minutes=1)
        )
        for _ in range(2)
    )
    outcome = run(edition, "approved", [first, second], clock=clock)
    assert outcome.plan.full == {second.id: WHOLE}
    run(edition, "waitlisted", [second], clock=clock)
    assert line_of(edition, [first, second]) == {second.id: [Place(1, WHOLE)]}
    run(edition, "cancelled", [first], clock=clock, reason="gone")
    assert states([first, second]) == ["cancelled", "approved"]


def test_a_freed_place_passes_over_those_who_wait_for_another(clock):
    edition = make_edition(capacity=3)
    make_quota(edition, "sector", "LE-POL", 1)
    officer = make_registration(edition, state="approved")
    others = [make_registration(edition, state="approved", **ngo()) for _ in range(2)]
    waiting = [
        make_registration(edition, state="waitlisted", submitted_at=clock.move(minutes=1), **more)
        for more in ({}, ngo(), {})
    ]
    run(edition, "cancelled", others[:1], clock=clock, reason="gone")
    assert states(waiting) == ["waitlisted", "approved", "waitlisted"]
    run(edition, "cancelled", [officer], clock=clock, reason="gone")
    assert states(waiting) == ["approved", "approved", "waitlisted"]


def test_who_is_put_in_line_by_hand_does_not_move_up_at_once(clock):
    edition = make_edition(approval="two_steps", capacity=5)
    endorsed = make_registration(edition, state="endorsed")
    run(edition, "waitlisted", [endorsed], clock=clock)
    assert endorsed.state == "waitlisted"


def own_link(registration):
    made = links.make_link("registration", secret=SECRET, now=NOW, registration_id=registration.id)
    return links.token_of(made, SECRET)


def test_nobody_changes_the_own_sector_into_a_full_one():
    edition = make_edition(capacity=5)
    make_quota(edition, "sector", "LE-POL", 1)
    make_registration(edition, state="approved")
    officer = make_registration(edition, state="approved", sector_code="NGO")
    token, version = own_link(officer), officer.version
    with pytest.raises(Refused) as refusal, db.session.begin_nested():
        registrations_own.change(token, details(), version=version, now=NOW, secret=SECRET)
    assert refusal.value.code == "quota_full"
    assert db.session.get(Registration, officer.id, populate_existing=True).sector_code == "NGO"


def test_a_change_of_the_own_sector_lets_the_next_up():
    edition = make_edition(capacity=5)
    make_quota(edition, "sector", "LE-POL", 1)
    officer = make_registration(edition, state="approved")
    waiting = make_registration(edition, state="waitlisted")
    registrations_own.change(
        own_link(officer), details(sector_code="NGO"), version=officer.version, now=NOW, secret=SECRET
    )
    db.session.expire_all()
    assert waiting.state == "approved"


def test_a_role_outside_frees_the_place():
    edition = make_edition(capacity=1, roles_outside=["speaker"])
    delegate = make_registration(edition, state="approved")
    waiting = make_registration(edition, state="waitlisted")
    registrations_enter.give_role(
        ORGANISER, edition.ordinal, delegate.reference, "speaker", version=delegate.version, now=NOW
    )
    db.session.expire_all()
    assert states([delegate, waiting]) == ["approved", "approved"]


def test_the_reading_of_a_list_takes_a_constant_number_of_queries():
    edition = make_edition(capacity=2)
    make_quota(edition, "sector", "LE-POL", 1)
    make_quota(edition, "badge_category", "civil_society", 1)
    counts = []
    for number in range(2):
        for _ in range(1 + 20 * number):
            make_registration(edition, state="waitlisted")
        shown = db.session.query(Registration).all()
        with counted_queries() as statements:
            explain_waiting(edition, shown)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8


def test_of_a_line_no_more_is_read_than_stands_before_whoever_is_shown():
    edition = make_edition(capacity=2)
    make_quota(edition, "sector", "LE-POL", 0)
    first, second, last = (
        make_registration(edition, state="waitlisted", waitlisted_at=NOW + timedelta(hours=n))
        for n in range(3)
    )
    assert [one for one, _ in quotas.list_line_until(edition.id, second.waitlisted_at)] == [
        first.id,
        second.id,
    ]
    assert line_of(edition, [second]) == {second.id: [Place(2, Which("sector", "LE-POL"))]}
    assert line_of(edition, [last, first])[last.id] == [Place(3, Which("sector", "LE-POL"))]


def test_an_unlimited_line_is_numbered_without_reading_it():
    edition = make_edition(capacity=0)
    made = [make_registration(edition, state="waitlisted") for _ in range(3)]
    with counted_queries() as statements:
        assert line_of(edition, made[1:]) == {one.id: [Place(n, None)] for n, one in enumerate(made[1:], 2)}
    assert len(statements) == 2


def mixed():
    """People of a delegation that stands apart, roles outside, both levels of a sector: whatever some quotas leave out."""
    edition = make_edition(ordinal=8, roles_outside=["press"], capacity=1)
    host = make_delegation(edition, country_code="KE", stands_apart=True, quota=1)
    guest = make_delegation(edition, country_code="NO", quota=1)
    free = make_delegation(edition, country_code="NA", quota=None)
    for place, (delegation, role, state) in enumerate(
        itertools.product((host, guest, free), ("delegate", "press"), ("approved", "endorsed", "submitted"))
    ):
        sector = ("LE-POL", "PUB-JUD", "LE-BRD", "LE-POL", "LE-BRD")[place % 5]
        make_registration(edition, delegation_id=delegation.id, role=role, state=state, sector_code=sector)
    for code, places in (("LE", 1), ("LE-POL", 0), ("LE-BRD", 0), ("PUB-JUD", 9)):
        make_quota(edition, dimension=SECTOR, code=code, places=places)
    make_quota(edition, dimension=BADGE_CATEGORY, code="delegation", places=0)
    return edition


def test_what_is_exceeded_is_what_the_sums_say():
    edition = mixed()
    over = [which for which, one in quotas.read_sums(edition).items() if one.over]
    exceeded = [which for which in over if which.dimension in (SECTOR, BADGE_CATEGORY)]
    assert quotas.list_exceeded(edition) == exceeded and 0 < len(exceeded) < len(over)


def test_what_is_left_is_what_the_sums_say():
    """Each quota is held by somebody, and the room is counted in other groups than the sums are."""
    edition = mixed()
    room = quotas.read_room(edition)
    held = {which: (room.approved[which], room.endorsed[which]) for which in room.limits.places}
    assert held == {which: (one.approved, one.endorsed) for which, one in quotas.read_sums(edition).items()}
    assert len(held) == 8 and (0, 0) not in held.values()
