"""The list of registrations: what is found, in which order."""

import pytest

from eventapp.extensions import db
from eventapp.models import Body
from eventapp.rules.listing import Filter, Listing, read_listing
from eventapp.services import registrations_list, today
from eventapp.services.registrations_places import free_places
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")


@pytest.fixture
def edition(ctx):
    return make_edition()


def found(edition, countries=("KE", "NA", "NO"), **asked):
    listing = read_listing(asked)
    rows = registrations_list.list_found(edition.id, listing, offset=0, countries=countries)
    assert registrations_list.count_found(edition.id, listing.filter) == len(rows)
    assert set(registrations_list.list_found_ids(edition.id, listing.filter)) == {one.id for one in rows}
    return [one.family_name for one in rows]


@pytest.mark.parametrize(
    "words",
    [
        "Álvarez", "alvarez lucia", "LUCÍA Peña", "lucia.alvarez@", "fiscalía", "alvarez fiscalía",
    ],
)  # fmt: skip
def test_words_are_found_in_any_order_and_without_accents(edition, words):
    make_registration(
        edition,
        family_name="Álvarez Peña",
        given_name="Lucía",
        email="lucia.alvarez@mj.example",
        organisation="Fiscalía General",
    )
    make_registration(edition, family_name="Kamau", given_name="Peter")
    assert found(edition, q=words) == ["Álvarez Peña"]


def test_reference_is_found_with_and_without_its_dash(edition):
    one = make_registration(edition)
    make_registration(edition)
    assert found(edition, q=one.reference.lower()) == [one.family_name]
    assert found(edition, q=one.reference.replace("-", "")) == [one.family_name]


def test_signs_of_like_mean_themselves(edition):
    make_registration(edition, family_name="Under_score")
    make_registration(edition, family_name="Hundred%")
    make_registration(edition, family_name="Back\\slash")
    assert found(edition, q="_") == ["Under_score"]
    assert found(edition, q="%") == ["Hundred%"]
    assert found(edition, q="\\") == ["Back\\slash"]


def test_names_in_arabic_are_found(edition):
    make_registration(edition, family_name="السويدي", given_name="خالد")
    assert found(edition, q="خالد السويدي") == ["السويدي"]


def test_linked_bodies_are_found_by_name_and_acronym(edition):
    body = Body(names={"en": "Example Office"}, sort_name="example office", acronym="EXO", kind="ngo")
    db.session.add(body)
    db.session.flush()
    make_registration(edition, family_name="Linked", represents="organisation", body_id=body.id)
    assert found(edition, q="exo") == found(edition, q="Example") == ["Linked"]


def test_filters(edition):
    make_registration(edition, family_name="Namibian", country_code="NA", state="approved", role="expert")
    make_registration(
        edition,
        family_name="Organisation",
        represents="organisation",
        organisation="Europe-wide",
        sector_code="IGO",
        state="waitlisted",
        is_late=True,
    )
    make_registration(edition, family_name="Gone", state="withdrawn")
    assert found(edition, country="NA") == ["Namibian"]
    assert found(edition, country="none") == ["Organisation"]
    assert found(edition, basis="none") == ["Organisation"]
    assert found(edition, state="approved") == ["Namibian"]
    assert sorted(found(edition, state="registered")) == ["Namibian", "Organisation"]
    assert sorted(found(edition, sector="LE")) == ["Gone", "Namibian"]
    assert found(edition, sector="LE-POL", role="expert") == ["Namibian"]
    assert found(edition, flag="late") == found(edition, flag="unlinked") == ["Organisation"]
    assert found(edition, flag="erased") == []


def test_unknown_words_of_an_address_are_left_out():
    listing = read_listing(
        {"state": "x", "sort": "x", "size": "7", "page": "-1", "flag": "?", "q": "a\x00\ud800b"}
    )
    assert listing == Listing(filter=Filter(search="ab"))


def test_orders_both_ways(edition, clock):
    for name, country, state in (("B", "NO", "approved"), ("A", "NA", "withdrawn"), ("C", "KE", "submitted")):
        make_registration(
            edition, family_name=name, country_code=country, state=state, submitted_at=clock.move(hours=1)
        )
    assert found(edition) == ["C", "A", "B"]
    assert found(edition, sort="received", order="asc") == ["B", "A", "C"]
    assert found(edition, sort="name") == ["A", "B", "C"]
    assert found(edition, sort="name", order="desc") == ["C", "B", "A"]
    assert found(edition, sort="country", countries=("NO", "KE", "NA")) == ["B", "C", "A"]
    assert found(edition, sort="state", order="desc") == ["A", "B", "C"]


def test_pages_part_equal_rows_without_loss(edition):
    for _ in range(30):
        make_registration(edition, family_name="Same", given_name="Name")
    seen = []
    for sort in ("name", "received", "state", "country"):
        listing = read_listing({"sort": sort})
        for offset in (0, 25):
            rows = registrations_list.list_found(edition.id, listing, offset=offset, countries=["KE"])
            seen += [one.id for one in rows]
        assert len(set(seen)) == 30
        seen.clear()


def test_address_keeps_what_differs_from_the_usual():
    listing = read_listing({"state": "approved", "sort": "name", "size": "50", "page": "3"})
    assert listing.args() == {"state": "approved", "sort": "name", "order": "asc", "size": "50"}
    assert listing.args(page=3)["page"] == "3"
    assert listing.sort_args("name")["order"] == "desc"
    assert "sort" not in listing.sort_args("received")
    assert listing.filter.without("state").args() == {}


def test_queues_of_today(edition, clock):
    edition.capacity = 1
    old = clock()
    clock.move(days=3)
    make_registration(edition, submitted_at=old)
    make_registration(edition, submitted_at=clock())
    make_registration(edition, is_late=True, submitted_at=clock())
    make_registration(edition, erased_at=clock())
    make_registration(edition, state="waitlisted", submitted_at=clock())
    queues = {
        one.word: one
        for one in today.read_agenda(edition, free_places=free_places(edition), now=clock()).queues
    }
    assert {word: one.count for word, one in queues.items()} == {"submitted": 2, "late": 1, "waitlisted": 1}
    assert queues["submitted"].oldest_at == old
    make_registration(edition, state="approved")
    words = [
        one.word for one in today.read_agenda(edition, free_places=free_places(edition), now=clock()).queues
    ]
    assert "waitlisted" not in words


def test_days_are_those_of_the_edition(edition, clock):
    """At 21:30 UTC it is already tomorrow in Nairobi (UTC+3)."""
    clock.move(hours=9.5)
    make_registration(edition, submitted_at=clock())
    make_registration(edition, submitted_at=clock().replace(hour=20, minute=59))
    days = today.list_days(edition, now=clock())
    assert len(days) == 60
    assert [(str(one.on), one.count) for one in days[-2:]] == [("2027-04-14", 1), ("2027-04-15", 1)]
    assert sum(one.count for one in days) == 2
