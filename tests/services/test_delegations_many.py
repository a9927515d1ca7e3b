"""Delegations made all at once: of the countries, of a region, of an earlier edition's; what is there stays."""

import pytest
from sqlalchemy import func, select

from eventapp.errors import Invalid, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, Delegation, FocalPoint, OutboxMessage, Region
from eventapp.rules.access import Actor
from eventapp.services import delegations_many
from eventapp.services.delegations_many import Order
from tests.factories.delegations import make_delegation, make_focal_point
from tests.factories.editions import make_edition
from tests.factories.programme import make_body
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")
ORGANISER = Actor(kind="user", name="Omar", role="organiser", all_editions=True)
READER = Actor(kind="user", name="Rita", role="reader", all_editions=True)


@pytest.fixture
def edition():
    return make_edition(ordinal=20, country_code="KE", capacity=None)


def plan(edition, clock, who=ORGANISER, **order):
    return delegations_many.preview(who, edition.ordinal, Order(**order), today=clock().date())


def make(edition, clock, **order):
    return delegations_many.make(
        ORGANISER, edition.ordinal, Order(**order), today=clock().date(), now=clock()
    )


def rows(edition):
    db.session.expire_all()
    return db.session.scalars(
        select(Delegation).where(Delegation.edition_id == edition.id).order_by(Delegation.sort_name)
    ).all()


def test_all_members_at_once_but_those_that_are_there(edition, clock):
    there = make_delegation(edition, country_code="NA", quota=77)
    mine = make_registration(edition, country_code="NO")
    batch = plan(edition, clock, source="un_members", quota=4)
    assert len(batch.made) == 192 and [one.country_code for one in batch.there] == ["NA"]
    assert len(rows(edition)) == 1  # looking makes nothing
    done = make(edition, clock, source="un_members", quota=4)
    assert (done.made, done.there, done.linked) == (192, 1, 1)
    found = {one.country_code: one for one in rows(edition)}
    assert len(found) == 193 and found["NO"].quota == 4 and found["NA"].quota == 77
    assert mine.delegation_id == found["NO"].id and there.version == 1
    again = make(edition, clock, source="un_members", quota=9)
    assert (again.made, again.there) == (0, 193) and len(rows(edition)) == 193


def test_each_has_its_audit_row(edition, clock):
    make(edition, clock, source="un_members")
    made = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "delegation.create")
    assert db.session.scalar(made) == 193
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "delegation.create_many"))
    assert entry.new == {"source": "un_members", "rows": 193, "linked": 0}


def test_the_host_has_places_of_its_own(edition, clock):
    make(edition, clock, source="un_members", quota=4, host_apart=True, host_quota=60)
    found = {one.country_code: one for one in rows(edition)}
    assert (found["KE"].quota, found["KE"].stands_apart) == (60, True)
    assert (found["UG"].quota, found["UG"].stands_apart) == (4, False)


def test_the_countries_of_a_region(edition, clock):
    region = db.session.scalars(select(Region).where(Region.parent_id.is_(None))).first()
    batch = plan(edition, clock, source="region", region_id=region.id)
    everybody = plan(edition, clock, source="countries")
    assert 0 < len(batch.made) < len(everybody.made)
    assert {one.key for one in batch.made} <= {one.key for one in everybody.made}


def test_those_of_an_earlier_edition(edition, clock):
    older = make_edition(ordinal=15)
    before = make_edition(ordinal=18)
    make_edition(ordinal=19)  # has none
    make_delegation(older, country_code="FR")
    body = make_body(kind="ngo")
    one = make_delegation(before, country_code="NA", quota=3, membership="member", credentials="accepted")
    make_delegation(before, country_code=None, body_id=body.id, kind="ngo", quota=None)
    speaker = make_focal_point(one)
    make_focal_point(one, email="gone@ministry.example", removed_at=clock())
    done = make(edition, clock, source="last_edition", keeps_quotas=True, brings_focal_points=True)
    assert (done.made, done.focal_points) == (2, 1)
    found = {(row.country_code, row.body_id): row for row in rows(edition)}
    assert set(found) == {("NA", None), (None, body.id)}
    made = found["NA", None]
    assert (made.quota, made.membership, made.credentials) == (3, "member", "missing")
    (brought,) = db.session.scalars(select(FocalPoint).where(FocalPoint.delegation_id == made.id))
    assert (brought.email, brought.language) == (speaker.email, "fr")
    assert not db.session.scalar(select(func.count()).select_from(OutboxMessage))


def test_focal_points_and_quotas_stay_behind_unless_asked_for(edition, clock):
    make_focal_point(make_delegation(make_edition(ordinal=18), country_code="NA", quota=3))
    done = make(edition, clock, source="last_edition", quota=8)
    assert done.focal_points == 0 and rows(edition)[0].quota == 8


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ({"source": "everything"}, "source"),
        ({"source": "last_edition"}, "source"),
        ({"source": "region"}, "region_id"),
        ({"source": "region", "region_id": 99_999}, "region_id"),
        ({"source": "un_members", "quota": -1}, "quota"),
        ({"source": "un_members", "host_quota": 1_000_001}, "host_quota"),
    ],
)
def test_what_is_refused(edition, clock, order, field):
    with pytest.raises(Invalid) as refused:
        plan(edition, clock, **order)
    assert set(refused.value.problems) == {field}


def test_readers_may_not(edition, clock):
    with pytest.raises(Refused):
        plan(edition, clock, who=READER, source="un_members")
