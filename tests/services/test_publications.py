"""Publishing counts: exactly the preview, once, frozen, checked against what was published before."""

import uuid

import pytest
from sqlalchemy import select

from eventapp.errors import Conflict, Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, Publication, Registration
from eventapp.rules.access import Actor
from eventapp.rules.publication import Plan
from eventapp.services import publications, regions, regions_manage
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")
ORGANISER = Actor(kind="user", id=1, name="Ada", role="organiser", all_editions=True)
BOSS = Actor(kind="user", id=3, name="Joy", role="administrator", all_editions=True)
READER = Actor(kind="user", id=2, name="Eve", role="reader", all_editions=True)
PLAN = Plan(measures=("registered", "approved"), sectors="both", places="country")


@pytest.fixture
def edition():
    edition = make_edition(country_code="KE")
    for country, people in {"KE": 9, "NG": 5, "ET": 2, "FR": 6, "NO": 4}.items():
        for _ in range(people):
            make_registration(edition, country_code=country, state="approved")
    for _ in range(4):
        make_registration(edition, represents="organisation", sector_code="IGO", state="approved")
    make_registration(
        edition, represents="organisation", sector_code="NGO", seat_country_code="FR", state="approved"
    )
    return edition


def publish(plan=PLAN, nonce=None):
    seen = publications.preview(ORGANISER, 8, plan, now=NOW)
    return publications.publish(ORGANISER, 8, seen, digest=seen.digest, nonce=nonce or uuid.uuid4(), now=NOW)


def rows(document, table):
    return {
        (row["sector"], row["subsector"], row["region"], row["country"]): {
            measure: number["value"] if number["status"] == "shown" else number["status"]
            for measure, number in row["numbers"].items()
        }
        for row in document["rows"]
        if row["table"] == table
    }


def test_the_document_tells_zero_from_withheld_and_says_no_more(edition):
    publication = publish()
    countries = rows(publication.document, "country")
    assert countries["", "", "002", "ET"] == {"registered": "withheld", "approved": "withheld"}
    assert countries["", "", "002", "NG"] == {"registered": "withheld", "approved": "withheld"}
    assert countries["", "", "002", "KE"] == {"registered": 9, "approved": 9}
    assert rows(publication.document, "total") == {("", "", "", ""): {"registered": 31, "approved": 31}}
    sectors = rows(publication.document, "sector")
    assert sectors["ACA", "", "", ""] == {"registered": 0, "approved": 0}
    assert "small" not in str(publication.document) and "protects" not in str(publication.document)
    assert publication.document["countries"]["registered"] == {
        "countries": 5, "territories": 0, "seat_only": 0,
    }  # fmt: skip
    assert publication.document["names"]["country"]["NO"]["fr"] == "Norvège"


def test_what_cannot_be_told_safely_is_left_out(edition):
    """Registered and approved differ by one person, and no other sector has anybody who waits: it must be this one."""
    make_registration(edition, represents="organisation", sector_code="MED", seat_country_code="FR")
    document = publish(Plan(measures=("registered", "approved"), places="none")).document
    assert {numbers["registered"] for numbers in rows(document, "sector").values()} == {"left_out"}


def test_people_without_a_country_stand_in_a_line_of_their_own(edition):
    assert rows(publish().document, "region")["", "", "none", ""] == {"registered": 4, "approved": 4}


def test_the_total_without_the_host(edition):
    document = publish(Plan(measures=("registered",), places="region", without_host=True)).document
    assert rows(document, "host") == {("", "", "", "KE"): {"registered": 9}}
    assert rows(document, "without_host") == {("", "", "", "KE"): {"registered": 22}}
    assert not rows(document, "country")


def test_a_publication_is_written_down_and_current(edition):
    publication = publish()
    assert publications.find_current(edition.id) is publication
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.actor_name, entry.edition_id) == ("figures.publish", "Ada", edition.id)
    assert entry.new == {"number": 1, "threshold": 3}


def test_a_second_click_publishes_once(edition):
    nonce = uuid.uuid4()
    first = publish(nonce=nonce)
    seen = publications.preview(ORGANISER, 8, PLAN, now=NOW)
    assert (
        publications.publish(ORGANISER, 8, seen, digest="that of the first preview", nonce=nonce, now=NOW)
        is first
    )
    assert db.session.scalars(select(Publication)).all() == [first]


def test_what_moved_since_the_preview_is_not_published(edition):
    seen = publications.preview(ORGANISER, 8, PLAN, now=NOW)
    make_registration(edition, country_code="DE")
    with pytest.raises(Conflict, match="have changed"):
        publications.publish(ORGANISER, 8, seen, digest=seen.digest, nonce=uuid.uuid4(), now=NOW)


def test_a_later_publication_is_looked_at_with_the_earlier_one(edition):
    first = publish()
    make_registration(edition, country_code="NO", state="approved")
    prepared = publications.preview(ORGANISER, 8, PLAN, now=NOW).prepared
    assert {
        (one.number, one.key, one.old, one.new) for one in prepared.differences if "154" not in one.key
    } >= {
        (first.number, "total", 31, 32),
        (first.number, "p|150|NO", 4, 5),
    }
    second = publish()
    assert (first.number, second.number) == (1, 2)
    assert rows(second.document, "country")["", "", "002", "NG"]["registered"] == "withheld"


def test_withdrawn_publications_are_not_shown_and_still_count(edition):
    first = publish()
    publications.withdraw(ORGANISER, 8, 1, now=NOW)
    publications.withdraw(ORGANISER, 8, 1, now=NOW)
    assert publications.find_current(edition.id) is None
    assert (first.withdrawn_at, first.withdrawn_by) == (NOW, "Ada")
    make_registration(edition, country_code="NO", state="approved")
    assert publications.preview(ORGANISER, 8, PLAN, now=NOW).prepared.differences
    assert publish().number == 2
    wanted = select(AuditEntry.action).where(AuditEntry.subject_type == "publication")
    assert db.session.scalars(wanted.order_by(AuditEntry.id)).all() == [
        "figures.publish",
        "figures.withdraw",
        "figures.publish",
    ]


def test_who_may(edition):
    publish()
    seen = publications.preview(ORGANISER, 8, PLAN, now=NOW)
    with pytest.raises(Refused):
        publications.preview(READER, 8, PLAN, now=NOW)
    with pytest.raises(Refused):
        publications.publish(READER, 8, seen, digest=seen.digest, nonce=uuid.uuid4(), now=NOW)
    with pytest.raises(Refused):
        publications.withdraw(READER, 8, 1, now=NOW)
    assert len(publications.list_publications(READER, 8)) == 1
    with pytest.raises(NotFound):
        publications.list_publications(Actor(kind="user", id=3, role="reader"), 8)
    with pytest.raises(NotFound):
        publications.get_publication(READER, 8, 2)


def test_a_plan_that_cannot_be_published_is_refused(edition):
    with pytest.raises(Invalid):
        publications.preview(ORGANISER, 8, Plan(threshold=2), now=NOW)


def test_nobody_counted_is_nothing_to_publish(ctx):
    make_edition()
    with pytest.raises(Refused, match="Nobody is counted"):
        publish()


def test_only_what_is_public_is_listed(edition):
    publication = publish()
    assert publications.list_current() == {edition.id: publication}
    edition.state = "draft"
    db.session.flush()
    assert publications.list_current() == {}


def test_by_other_regions_and_then_by_no_others(edition):
    """UN regional groups instead of M49; two ways to part the world are not published side by side."""
    plan = Plan(measures=("registered",), sectors="none", places="region", scheme="un_regional_groups")
    assert "un_regional_groups" in publications.list_schemes()
    document = publish(plan).document
    regions = rows(document, "region")
    assert sum(1 for numbers in regions.values() if numbers["registered"] not in (0, "left_out")) >= 2
    assert all(names.get("en") for names in document["names"]["region"].values())
    with pytest.raises(Invalid) as caught:
        publish(Plan(measures=("registered",), places="region"))
    assert set(caught.value.problems) == {"scheme"}


def test_who_came_is_published_beside_who_was_approved(edition):
    for person in edition_people(edition)[:12]:
        person.is_checked_in = True
    db.session.flush()
    plan = Plan(measures=("approved", "checked_in"), sectors="main", places="region")
    assert rows(publish(plan).document, "total")["", "", "", ""] == {"approved": 31, "checked_in": 12}


def edition_people(edition):
    wanted = select(Registration).where(Registration.edition_id == edition.id)
    return db.session.scalars(wanted.order_by(Registration.id)).all()


def test_the_scheme_of_published_figures_stays_also_when_they_are_withdrawn(edition):
    publish(Plan(scheme="un_regional_groups"))
    publications.withdraw(ORGANISER, 8, 1, now=NOW)
    make_edition(ordinal=9)
    for region in regions.get_view("un_regional_groups").regions[1:]:
        regions_manage.remove_region(BOSS, region.id, now=NOW)
    (last,) = regions.get_view("un_regional_groups").regions
    with pytest.raises(Refused, match="keeps at least one region"):
        regions_manage.remove_region(BOSS, last.id, now=NOW)
    with pytest.raises(Refused) as refusal:
        regions_manage.remove_scheme(BOSS, "un_regional_groups", now=NOW)
    assert refusal.value.values["editions"] == "8"
    assert publish(Plan(scheme="un_regional_groups")).number == 2


def test_a_scheme_that_nothing_was_published_by_goes(edition):
    publish()
    assert regions.find_reason_to_keep("un_regional_groups") is None
    regions_manage.remove_scheme(BOSS, "un_regional_groups", now=NOW)
    assert publish().number == 2
