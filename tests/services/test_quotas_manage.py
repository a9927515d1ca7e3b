"""Quotas as organisers set them: sums, places that come free by it, nobody who loses one, who changed what."""

import pytest
from sqlalchemy import select

from eventapp.errors import Conflict, Invalid, NotFound, Refused, Stale
from eventapp.extensions import db
from eventapp.models import AuditEntry, Quota, Sector
from eventapp.rules.access import Actor
from eventapp.rules.quota import BADGE_CATEGORY, SECTOR, Sum, Which
from eventapp.services import badges, badges_manage, editions_copy, editions_manage, quotas_manage, sectors
from tests.factories.delegations import make_delegation
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.quotas import make_quota
from tests.factories.registrations import make_registration
from tests.queries import counted_queries
from tests.services.test_decide import ORGANISER, READER, states
from tests.services.test_quotas import LAW, POLICE, ngo

pytestmark = pytest.mark.usefixtures("ctx")
ADMINISTRATOR = Actor(kind="user", id=3, name="An Administrator", role="administrator", all_editions=True)


def add(edition, which=POLICE, places=1, actor=ORGANISER):
    return quotas_manage.add(actor, edition.ordinal, which, places, now=NOW)


def change(edition, quota, places, version=None):
    return quotas_manage.change(
        ORGANISER, edition.ordinal, quota.id, places, version=version or quota.version, now=NOW
    )


def test_a_sum_of_everything():
    edition = make_edition(approval="two_steps", capacity=10, roles_outside=["press"])
    kenya = make_delegation(edition, quota=1)
    host = make_delegation(edition, country_code="NO", quota=4, stands_apart=True)
    make_quota(edition, "sector", "LE", 3)
    for state, more in (
        ("approved", {"delegation_id": kenya.id}),
        ("endorsed", {"delegation_id": kenya.id}),
        ("submitted", {"delegation_id": kenya.id}),
        ("waitlisted", {"delegation_id": kenya.id}),
        ("approved", {"delegation_id": host.id}),
        ("approved", {"role": "press"}),
        ("approved", ngo()),
        ("withdrawn", {}),
    ):
        make_registration(edition, state=state, **more)
    found = quotas_manage.overview(edition)
    assert found.whole == Sum(limit=10, approved=2, endorsed=1, waiting=1, outside=2)
    assert found.whole.free == 7
    (law,) = found.lines
    assert (law.which, law.sum) == (LAW, Sum(limit=3, approved=1, endorsed=1, waiting=1, outside=2))
    assert found.bodies == Sum(limit=5, approved=2, endorsed=1, waiting=1)
    assert found.bodies_count == 2
    assert [(line.which.code, line.sum.over) for line in found.bodies_over] == [(str(kenya.id), 1)]


def test_an_edition_without_a_limit_is_counted_all_the_same():
    edition = make_edition(capacity=None, roles_outside=["press"])
    make_registration(edition, state="approved")
    make_registration(edition, state="approved", role="press")
    found = quotas_manage.overview(edition)
    assert found.whole == Sum(limit=None, approved=1, outside=1)
    assert (found.whole.free, found.whole.over, found.bodies) == (None, 0, None)


def test_the_overview_takes_a_constant_number_of_queries():
    edition, counts = make_edition(capacity=5), []
    make_quota(edition, "sector", "LE", 3)
    make_quota(edition, "badge_category", "civil_society", 3)
    for codes in (["KE"], ["NO", "NA", "FR", "ES", "DE", "CH"]):
        for code in codes:
            delegation = make_delegation(edition, country_code=code, quota=1)
            for _ in range(3):
                make_registration(edition, state="approved", delegation_id=delegation.id)
        with counted_queries() as statements:
            quotas_manage.overview(edition)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 6


def test_a_quota_below_what_is_taken_warns_and_removes_nobody():
    edition = make_edition()
    held = [make_registration(edition, state="approved") for _ in range(3)]
    assert add(edition, places=1).over == 2
    db.session.expire_all()
    assert states(held) == ["approved"] * 3
    quota = db.session.scalars(select(Quota)).one()
    assert change(edition, quota, 0).over == 3


def test_raising_a_quota_lets_the_first_in_line_up():
    edition = make_edition(capacity=10)
    quota = make_quota(edition, "sector", "LE-POL", 0)
    line = [make_registration(edition, state="waitlisted") for _ in range(3)]
    assert change(edition, quota, 2).promoted == 2
    db.session.expire_all()
    assert states(line) == ["approved", "approved", "waitlisted"]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "quota.change")).one()
    assert (entry.old, entry.edition_id) == ({"places": 0, "version": 1}, edition.id)
    assert entry.new == {"dimension": "sector", "code": "LE-POL", "places": 2}


def test_removing_a_quota_lets_up_who_waits_for_nothing_else():
    edition = make_edition(capacity=10)
    quota = make_quota(edition, "sector", "LE-POL", 0)
    make_quota(edition, "sector", "NGO", 0)
    officer = make_registration(edition, state="waitlisted")
    helper = make_registration(edition, state="waitlisted", **ngo())
    done = quotas_manage.remove(ORGANISER, edition.ordinal, quota.id, version=1, now=NOW)
    db.session.expire_all()
    assert (done.promoted, officer.state, helper.state) == (1, "approved", "waitlisted")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "quota.remove")).one()
    assert entry.old == {"dimension": "sector", "code": "LE-POL", "places": 0}


def test_nobody_moves_up_once_an_edition_is_over():
    edition = make_edition(capacity=10, state="held")
    quota = make_quota(edition, "sector", "LE-POL", 0)
    waiting = make_registration(edition, state="waitlisted")
    assert change(edition, quota, 5).promoted == 0
    assert waiting.state == "waitlisted"


def test_roles_that_stand_outside_free_places_at_once():
    edition = make_edition(capacity=1)
    make_registration(edition, state="approved", role="speaker")
    waiting = [make_registration(edition, state="waitlisted", role=role) for role in ("delegate", "press")]
    done = quotas_manage.set_outside(
        ORGANISER, edition.ordinal, ["press", "speaker"], version=edition.version, now=NOW
    )
    db.session.expire_all()
    assert (done.promoted, states(waiting)) == (2, ["approved", "approved"])
    assert edition.roles_outside == ["speaker", "press"]
    done = quotas_manage.set_outside(ORGANISER, edition.ordinal, [], version=edition.version, now=NOW)
    assert (done.over, states(waiting)) == (2, ["approved", "approved"])


def test_raising_the_capacity_passes_over_who_waits_for_a_quota():
    edition = make_edition(capacity=0)
    make_quota(edition, "sector", "LE-POL", 0)
    officer = make_registration(edition, state="waitlisted")
    helper = make_registration(edition, state="waitlisted", **ngo())
    values = editions_manage.values_of(edition) | {"capacity": 5}
    saved = editions_manage.edit(ORGANISER, edition.ordinal, values, version=edition.version, now=NOW)
    db.session.expire_all()
    assert (saved.promoted, officer.state, helper.state) == (1, "waitlisted", "approved")


def test_who_saves_an_outdated_quota_is_told():
    edition = make_edition()
    quota = make_quota(edition, "sector", "LE-POL", 1)
    change(edition, quota, 2)
    with pytest.raises(Stale):
        change(edition, quota, 3, version=1)
    with pytest.raises(Stale):
        quotas_manage.remove(ORGANISER, edition.ordinal, quota.id, version=1, now=NOW)
    with pytest.raises(Stale):
        quotas_manage.set_outside(ORGANISER, edition.ordinal, [], version=edition.version + 1, now=NOW)


def test_what_is_refused():
    edition, other = make_edition(), make_edition(ordinal=9)
    quota = make_quota(other, "sector", "LE-POL", 1)
    add(edition)
    with pytest.raises(Conflict):
        add(edition)
    for which in (Which(SECTOR, "NONE"), Which(BADGE_CATEGORY, "LE"), Which("edition"), Which("", "")):
        with pytest.raises(Invalid):
            add(edition, which)
    for places in (None, -1, 1_000_001):
        with pytest.raises(Invalid):
            add(edition, LAW, places)
    with pytest.raises(Invalid):
        quotas_manage.set_outside(ORGANISER, edition.ordinal, ["king"], version=edition.version, now=NOW)
    with pytest.raises(NotFound):
        change(edition, quota, 1)
    with pytest.raises(Refused):
        add(edition, LAW, actor=READER)


def test_a_new_edition_takes_the_quotas_over():
    edition = make_edition(roles_outside=["press"])
    make_quota(edition, "sector", "LE", 3)
    make_delegation(edition, quota=1)
    made = editions_copy.copy(ORGANISER, edition.ordinal, 30, now=NOW)
    (quota,) = quotas_manage.list_quotas(made.id)
    assert (quota.dimension, quota.code, quota.places) == ("sector", "LE", 3)
    assert made.roles_outside == ["press"]


def test_another_table_of_badges_lets_up_who_comes_under_no_full_quota():
    edition = make_edition(capacity=5)
    make_quota(edition, "badge_category", "civil_society", 0)
    waiting = make_registration(edition, state="waitlisted", **ngo())
    lines = [one for one in badges.list_lines() if one.category_code == "civil_society"]
    assert len(lines) == 2
    for line in lines:
        assert waiting.state == "waitlisted"
        badges_manage.remove_rule(ADMINISTRATOR, line.id, now=NOW)
        db.session.expire_all()
    assert waiting.state == "approved"


def test_what_has_a_quota_is_not_deleted():
    edition = make_edition()
    db.session.add(Sector(code="NEW", names={"en": "New"}, position=99))
    category = badges_manage.create_category(ADMINISTRATOR, {"en": "Guests"}, now=NOW)
    make_quota(edition, "sector", "NEW", 1)
    make_quota(edition, "badge_category", category.code, 1)
    assert sectors.list_uses("NEW").any
    with pytest.raises(Refused):
        sectors.delete(ADMINISTRATOR, "NEW", now=NOW)
    with pytest.raises(Refused):
        badges_manage.remove_category(ADMINISTRATOR, category.code, now=NOW)
