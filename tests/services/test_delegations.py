"""Represented bodies of an edition: made one at a time, edited, removed, and their people and numbers."""

import pytest
from sqlalchemy import func, select

from eventapp.errors import Conflict, Invalid, NotFound, Refused, Stale
from eventapp.extensions import db
from eventapp.models import AuditEntry, Delegation, Registration
from eventapp.rules.access import Actor
from eventapp.rules.delegation import UNSAID, Wanted
from eventapp.services import delegations, delegations_manage
from tests.factories.delegations import make_delegation, make_focal_point
from tests.factories.editions import make_edition
from tests.factories.programme import make_body
from tests.factories.registrations import make_registration
from tests.queries import counted_queries

pytestmark = pytest.mark.usefixtures("ctx")
ADMINISTRATOR = Actor(kind="user", id=None, name="Ada", role="administrator")
ORGANISER = Actor(kind="user", id=None, name="Omar", role="organiser", all_editions=True)
READER = Actor(kind="user", id=None, name="Rita", role="reader", all_editions=True)


@pytest.fixture
def edition():
    return make_edition(approval="two_steps", capacity=None)


def create(edition, clock, who=ADMINISTRATOR, country_code=None, body_id=None, **values):
    return delegations_manage.create(
        who, edition.ordinal, country_code=country_code, body_id=body_id, values=values, now=clock()
    )


def one(edition, saved):
    return delegations.get_delegation(edition, saved.public_id)


def actions(delegation):
    return [entry.action for entry in delegations.list_history(delegation)]


@pytest.mark.parametrize("code", ["NA", "NO"])
def test_a_state_takes_over_whoever_represents_it(edition, clock, code):
    mine = make_registration(edition, country_code=code)
    other = make_registration(edition, country_code="KE")
    gone = make_registration(edition, country_code=code, state="withdrawn")
    saved = create(edition, clock, country_code=code, quota=5, membership="member")
    made = one(edition, saved)
    db.session.expire_all()
    assert saved.linked == 2 and {mine.delegation_id, gone.delegation_id} == {made.id}
    assert other.delegation_id is None
    assert (made.kind, made.quota, made.membership, made.credentials) == ("state", 5, "member", "missing")
    assert made.sort_name == {"NA": "namibia", "NO": "norway"}[code]
    assert actions(made) == ["delegation.create"]


def test_an_organisation_takes_over_its_own_people_only(edition, clock):
    body = make_body(kind="ngo")
    mine = make_registration(
        edition, represents="organisation", body_id=body.id, seat_country_code="KE", country_basis="seat"
    )
    of_state = make_registration(edition, country_code="KE", body_id=body.id)
    saved = create(edition, clock, body_id=body.id)
    db.session.expire_all()
    assert mine.delegation_id == one(edition, saved).id and of_state.delegation_id is None
    assert one(edition, saved).kind == "ngo"


def test_a_second_one_is_refused(edition, clock):
    create(edition, clock, country_code="KE")
    with pytest.raises(Conflict) as refused:
        create(edition, clock, country_code="KE")
    assert refused.value.field == "country_code"
    assert delegations.count_all(edition.id) == 1
    create(make_edition(ordinal=12), clock, country_code="KE")


@pytest.mark.parametrize(("country_code", "body_id"), [(None, None), ("KE", 1), ("XX", None), (None, 99_999)])
def test_what_names_nobody_is_refused(edition, clock, country_code, body_id):
    with pytest.raises((Refused, Invalid)):
        create(edition, clock, country_code=country_code, body_id=body_id)


def test_who_may(edition, clock):
    with pytest.raises(Refused):
        create(edition, clock, who=READER, country_code="KE")
    with pytest.raises(NotFound):
        create(edition, clock, who=Actor(kind="user", role="organiser"), country_code="KE")
    with pytest.raises(Invalid) as refused:
        create(edition, clock, who=ORGANISER, country_code="KE", membership="member")
    assert set(refused.value.problems) == {"membership"}
    made = one(edition, create(edition, clock, country_code="KE", membership="member"))
    values = {"quota": 3, "membership": "member", "stands_apart": False}
    delegations_manage.edit(
        ORGANISER, edition.ordinal, made.public_id, values, version=made.version, now=clock()
    )
    assert made.quota == 3  # what an organiser leaves as it is hinders nobody
    with pytest.raises(Invalid):
        delegations_manage.edit(
            ORGANISER,
            edition.ordinal,
            made.public_id,
            values | {"membership": "observer"},
            version=made.version,
            now=clock(),
        )


def test_saving_over_somebody_is_refused(edition, clock):
    made = one(edition, create(edition, clock, country_code="KE"))
    read = made.version
    for number, wanted in ((4, None), (9, Stale)):
        if wanted is None:
            delegations_manage.edit(
                ORGANISER, edition.ordinal, made.public_id, {"quota": number}, version=read, now=clock()
            )
            continue
        with pytest.raises(wanted):
            delegations_manage.edit(
                ORGANISER, edition.ordinal, made.public_id, {"quota": number}, version=read, now=clock()
            )
    assert made.quota == 4


@pytest.mark.parametrize("number", [-1, 1_000_001])
def test_numbers_that_are_no_quota(edition, clock, number):
    with pytest.raises(Invalid) as refused:
        create(edition, clock, country_code="KE", quota=number)
    assert set(refused.value.problems) == {"quota"}


def test_a_raised_quota_lets_people_up_and_a_lowered_one_removes_nobody(clock):
    edition = make_edition(approval="two_steps", state="published")
    made = make_delegation(edition, quota=1)
    make_registration(edition, country_code="KE", delegation_id=made.id, state="approved")
    waiting = make_registration(
        edition, country_code="KE", delegation_id=made.id, state="waitlisted", waitlisted_at=clock()
    )

    def save(number):
        return delegations_manage.edit(
            ORGANISER, edition.ordinal, made.public_id, {"quota": number}, version=made.version, now=clock()
        )

    saved = save(2)
    db.session.expire_all()
    assert saved.promoted == 1 and waiting.state == "approved" and saved.standing.free == 0
    saved = save(1)
    db.session.expire_all()
    assert saved.standing.is_over and saved.standing.free == -1
    assert (
        db.session.scalar(
            select(func.count()).select_from(Registration).where(Registration.state == "approved")
        )
        == 2
    )


def test_removing_is_refused_while_people_belong_to_it(edition, clock):
    made = make_delegation(edition)
    person = make_registration(edition, country_code="KE", delegation_id=made.id, state="withdrawn")
    with pytest.raises(Refused) as refused:
        delegations_manage.remove(ORGANISER, edition.ordinal, made.public_id, now=clock())
    assert refused.value.values["count"] == 1
    person.delegation_id = None
    make_focal_point(made)
    db.session.flush()
    delegations_manage.remove(ORGANISER, edition.ordinal, made.public_id, now=clock())
    assert db.session.scalar(select(func.count()).select_from(Delegation)) == 0
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert entry.action == "delegation.remove" and entry.old["names"]["en"] == "Kenya"


def test_the_numbers_say_who_takes_a_place(edition):
    edition.roles_outside = ["press"]
    made = make_delegation(edition, quota=2)
    for state in ("approved", "endorsed", "endorsed", "submitted", "waitlisted", "rejected"):
        make_registration(edition, country_code="KE", delegation_id=made.id, state=state)
    make_registration(edition, country_code="KE", delegation_id=made.id, state="approved", role="press")
    (row,) = delegations.list_all(edition, "en")
    standing = row.standing
    assert (standing.approved, standing.endorsed, standing.waiting, standing.outside) == (1, 2, 2, 1)
    assert (standing.free, standing.is_over, standing.people) == (-1, True, 7)
    assert delegations.read_standing(edition, made) == standing


def test_the_list_is_found_and_ordered_in_the_readers_language(edition):
    make_delegation(edition, country_code="DE", quota=3, credentials="accepted")
    make_delegation(edition, country_code="FR", quota=9, membership="member")
    make_focal_point(make_delegation(edition, country_code="ES", stands_apart=True))

    def found(language="en", **wanted):
        rows = delegations.choose(delegations.list_all(edition, language), Wanted(**wanted))
        return [row.delegation.country_code for row in rows]

    assert found() == ["FR", "DE", "ES"]
    assert found("fr") == ["DE", "ES", "FR"]  # Allemagne, Espagne, France
    assert found(sort="quota") == ["FR", "DE", "ES"]
    assert found(search="alemania") == ["DE"] and found(search="fra") == ["FR"]
    assert found(membership="member") == ["FR"] and found(membership=UNSAID) == ["DE", "ES"]
    assert found(credentials="accepted") == ["DE"] and found(kind="ngo") == []
    assert found(flag="no_focal_point") == ["FR", "DE"] and found(flag="apart") == ["ES"]
    assert found(flag="no_quota") == ["ES"] and found(flag="over_quota") == []


def test_the_list_takes_the_same_queries_for_any_number(edition):
    with counted_queries() as few:
        delegations.list_all(edition, "en")
    for code in ("DE", "FR", "ES", "IT", "PT"):
        made = make_delegation(edition, country_code=code)
        make_focal_point(made)
        make_registration(edition, country_code=code, delegation_id=made.id)
    db.session.expire_all()
    with counted_queries() as many:
        assert len(delegations.list_all(edition, "en")) == 5
    assert len(many) <= len(few) + 1
