"""An edition of two steps: who decides next, in which queue somebody stands, and why."""

from datetime import timedelta

import pytest

from eventapp.rules.listing import Filter, read_filter
from eventapp.services import today
from eventapp.services.delegations_vouching import explain, overdue_before
from eventapp.services.registrations_list import list_found_ids
from tests.factories.delegations import make_delegation, make_focal_point
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.quotas import make_quota
from tests.factories.registrations import make_registration
from tests.queries import counted_queries

pytestmark = pytest.mark.usefixtures("ctx")
NOW = CLOCK_STANDS_AT


@pytest.fixture
def edition(ctx):
    return make_edition(approval="two_steps", patience_days=7)


def kenya(edition, *, spoken_for=True, **more):
    delegation = make_delegation(edition, **{"country_code": "KE", "credentials": "accepted", **more})
    if spoken_for:
        make_focal_point(delegation)
    return delegation


def found(edition, **wanted):
    return set(list_found_ids(edition.id, Filter(**wanted)))


def words(edition, *people):
    whys = explain(edition, people, now=NOW)
    return [[why.word for why in whys.get(one.id, ())] for one in people]


def queues(edition):
    return {one.word: one for one in today.read_agenda(edition, free_places=None, now=NOW).queues}


def test_the_body_is_asked_first_and_the_secretariat_where_nobody_can_be(edition):
    asked, silent = kenya(edition), kenya(edition, country_code="NA", spoken_for=False)
    waiting = make_registration(edition, delegation_id=asked.id)
    nobody = make_registration(edition, delegation_id=silent.id, country_code="NA")
    unlisted = make_registration(edition, country_code="FR")
    endorsed = make_registration(edition, delegation_id=asked.id, state="endorsed")
    decided = make_registration(edition, delegation_id=asked.id, state="approved")
    assert found(edition, queue="endorsement") == {waiting.id}
    assert found(edition, queue="decide") == {nobody.id, unlisted.id, endorsed.id}
    assert found(edition, queue="no_focal_point") == {nobody.id}
    assert found(edition, queue="no_body") == {unlisted.id}
    assert words(edition, waiting, nobody, unlisted, endorsed, decided) == [
        ["endorsement"], ["no_focal_point"], ["no_body"], ["endorsed"], [],
    ]  # fmt: skip
    seen = queues(edition)
    assert (seen["decide"].count, seen["decide"].parts) == (3, {"no_body": 1, "no_focal_point": 1})
    assert (seen["endorsement"].count, seen["no_focal_point"].count) == (1, 1)


def test_somebody_who_was_removed_speaks_for_nobody(edition):
    delegation = make_delegation(edition, country_code="KE")
    make_focal_point(delegation, removed_at=NOW)
    one = make_registration(edition, delegation_id=delegation.id)
    assert found(edition, queue="no_focal_point") == {one.id}


def test_an_edition_of_one_step_asks_no_body(ctx):
    edition = make_edition(approval="one_step")
    one = make_registration(edition, delegation_id=kenya(edition).id)
    assert found(edition, queue="decide") == {one.id}
    for queue in ("endorsement", "no_body", "no_focal_point"):
        assert found(edition, queue=queue) == set()
    assert words(edition, one) == [[]]


@pytest.mark.parametrize(("days", "word"), [(7, "endorsement"), (8, "overdue")])
def test_an_endorsement_is_overdue_after_the_days_that_the_edition_sets(edition, days, word):
    came = NOW - timedelta(days=days)
    one = make_registration(edition, delegation_id=kenya(edition).id, submitted_at=came)
    assert words(edition, one) == [[word]]
    before = overdue_before(edition, now=NOW).isoformat()
    assert found(edition, queue="endorsement", before=before) == ({one.id} if word == "overdue" else set())
    assert queues(edition)["endorsement"].parts == ({"overdue": 1} if word == "overdue" else {})


@pytest.mark.parametrize("state", ["missing", "deficient"])
def test_credentials_are_owed_by_those_who_wait_or_are_endorsed(edition, state):
    delegation = kenya(edition, credentials=state)
    waiting, endorsed, approved = (
        make_registration(edition, delegation_id=delegation.id, state=one)
        for one in ("submitted", "endorsed", "approved")
    )
    assert found(edition, queue="credentials") == {waiting.id, endorsed.id}
    assert words(edition, waiting, approved) == [["endorsement", f"credentials_{state}"], []]
    assert queues(edition)["credentials"].count == 2


def test_a_delegation_over_its_quota_is_shown_without_those_who_stand_outside(edition):
    edition.roles_outside = ["press"]
    delegation = kenya(edition, quota=1)
    people = [make_registration(edition, delegation_id=delegation.id, state="approved") for _ in range(2)]
    press = make_registration(edition, delegation_id=delegation.id, state="approved", role="press")
    make_registration(edition, delegation_id=delegation.id, state="waitlisted")
    assert found(edition, queue="over_quota") == {one.id for one in people}
    whys = explain(edition, [*people, press], now=NOW)
    assert [(why.word, why.number, why.limit) for why in whys[people[0].id]] == [("over_quota", 2, 1)]
    assert press.id not in whys
    delegation.quota = 2
    assert found(edition, queue="over_quota") == set()


def test_whoever_stands_in_two_queues_is_one_person(edition):
    delegation = kenya(edition, credentials="missing")
    for state in ("submitted", "endorsed"):
        make_registration(edition, delegation_id=delegation.id, state=state)
    make_registration(edition, delegation_id=delegation.id, state="waitlisted")
    make_registration(edition, delegation_id=delegation.id, state="withdrawn")
    agenda = today.read_agenda(edition, free_places=0, now=NOW)
    assert {one.word: one.count for one in agenda.queues} == {"decide": 1, "endorsement": 1, "credentials": 2}
    assert agenda.people == 2
    assert today.read_agenda(edition, free_places=1, now=NOW).people == 3


def test_quotas_of_sectors_that_hold_too_many_are_shown(edition):
    make_quota(edition, "sector", "LE-POL", 1)
    make_quota(edition, "sector", "LE", 2)
    people = [make_registration(edition, state="approved") for _ in range(2)]
    assert queues(edition)["quota_exceeded"].count == 1
    people[0].state = "withdrawn"
    assert "quota_exceeded" not in queues(edition)


def test_the_erased_stand_in_no_queue(edition):
    make_registration(edition, country_code="FR", erased_at=NOW)
    make_registration(edition, delegation_id=kenya(edition).id, state="endorsed", erased_at=NOW)
    assert not queues(edition).keys() & {"decide", "endorsement", "credentials"}


def test_an_address_with_a_day_that_is_none_asks_for_nothing():
    assert read_filter({"before": "2027-13-01", "queue": "whatever"}) == Filter()
    assert read_filter({"before": "2027-03-01", "queue": "decide"}).args() == {
        "before": "2027-03-01", "queue": "decide",
    }  # fmt: skip


def test_queues_and_reasons_take_a_constant_number_of_queries(edition):
    def ask():
        with counted_queries() as statements:
            queues(edition)
            explain(edition, people, now=NOW)
        return len(statements)

    people = [make_registration(edition, delegation_id=kenya(edition, quota=1).id, state="approved")]
    few = ask()
    for code in ("NA", "NO", "FR", "DE", "IT"):
        delegation = kenya(edition, country_code=code, quota=1)
        people += [make_registration(edition, delegation_id=delegation.id, state="approved") for _ in "ab"]
    assert ask() == few
