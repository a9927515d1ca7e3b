"""Every way in which a person's row changes is found by who follows changes, and nobody else is."""

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import Registration
from eventapp.rules.listing import Filter
from eventapp.services import attendance, exports_marks, registrations_enter
from eventapp.services.exports_delegates import DelegateList, count_people, stream_csv
from eventapp.services.registrations_erase import erase
from eventapp.services.registrations_list import list_found_ids
from tests.factories.attendance import FIRST_MORNING
from tests.factories.delegations import make_delegation
from tests.factories.duplicates import make_pair, make_twice
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.services.test_decide import ORGANISER, run
from tests.services.test_duplicates_merge import do

pytestmark = pytest.mark.usefixtures("ctx")


def decided(edition, clock):
    people = [make_registration(edition) for _ in range(3)]
    yield
    run(edition, "approved", people[:2], clock=clock)
    yield people[:2]


def endorsed(edition, clock):
    edition.approval = "two_steps"
    delegation = make_delegation(edition, country_code="NA")
    people = [make_registration(edition, delegation_id=delegation.id, country_code="NA") for _ in range(2)]
    yield
    run(edition, "endorsed", people[:1], clock=clock, reason="Note verbale of 3 May")
    yield people[:1]


def moved_up(edition, clock):
    edition.capacity = 1
    people = [make_registration(edition, state="approved"), make_registration(edition, state="waitlisted")]
    make_registration(edition, state="waitlisted")
    yield
    run(edition, "cancelled", people[:1], clock=clock, reason="Asked to be taken off")
    yield people


def merged(edition, clock):
    people = make_twice(edition)
    pair = make_pair(*people)
    yield
    do(pair, clock)
    yield people


def erased(edition, clock):
    one = make_registration(edition)
    yield
    erase(ORGANISER, edition.ordinal, one.reference, typed=one.reference, now=clock())
    yield [one]


def checked_in(edition, clock):
    one = make_registration(edition, state="approved")
    yield
    attendance.check_in(ORGANISER, edition.ordinal, one.reference, now=FIRST_MORNING)
    yield [one]


def given_a_role(edition, clock):
    one = make_registration(edition)
    yield
    registrations_enter.give_role(
        ORGANISER, edition.ordinal, one.reference, "expert", version=one.version, now=clock()
    )
    yield [one]


@pytest.mark.parametrize(
    "way",
    [decided, endorsed, moved_up, merged, erased, checked_in, given_a_role],
    ids=lambda way: way.__name__,
)
def test_whoever_changes_is_found(way, clock):
    edition = make_edition(capacity=10)
    make_registration(edition)  # who never changes
    steps = way(edition, clock)
    next(steps)
    db.session.flush()
    wanted = DelegateList(edition_id=edition.id, ordinal=edition.ordinal, taken_at=clock())
    list(stream_csv(wanted))
    for at, numbers in wanted.taken.chunks():
        exports_marks.mark(at, numbers)
    by_mark = Filter(exported="no")
    assert count_people(edition.id, by_mark) == 0
    clock.move(minutes=1)
    by_moment = Filter(changed_since=clock().strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert count_people(edition.id, by_moment) == 0
    changed = sorted(one.id for one in next(steps))
    db.session.flush()
    for filters in (by_mark, by_moment):
        assert list_found_ids(edition.id, filters) == changed
        assert count_people(edition.id, filters) == len(changed)
    assert len(db.session.scalars(select(Registration.id)).all()) > len(changed)
