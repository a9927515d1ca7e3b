"""Schemes of regions: what administrators make of them, what they refuse, and what counts follow."""

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from eventapp.errors import Conflict, Invalid, NotFound, Refused, Stale
from eventapp.extensions import db
from eventapp.models import AuditEntry, ContentVersion, CountryRegion, Region, RegionScheme
from eventapp.rules.access import Actor
from eventapp.rules.region import Place
from eventapp.services import regions, regions_manage, statistics, statistics_reference
from eventapp.services.statistics_reference import get_reference
from eventapp.web.transaction import writing
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration

pytestmark = pytest.mark.usefixtures("ctx")
BOSS = Actor(kind="user", id=1, name="Administrator", role="administrator")


@pytest.fixture(autouse=True)
def forgotten():
    """What another test read at the same number of the content is not what stands here."""
    statistics_reference._kept.clear()


@pytest.fixture
def union():
    """A scheme of two upper regions, the second with a lower one: NO in the north, NA on the southern coast."""
    with writing():
        regions_manage.create_scheme(BOSS, "own_union", {"en": "Own union", "fr": "Union propre"}, now=NOW)
        north = add("North")
        south = add("South")
        coast = add("Coast", south.id)
        regions_manage.assign(BOSS, north.id, ["NO", "FR"], version=1, now=NOW)
        regions_manage.assign(BOSS, coast.id, ["NA"], version=1, now=NOW)
    return north, south, coast


def add(name, parent_id=None, scheme="own_union"):
    values = {"names": {"en": name}, "parent_id": parent_id}
    return regions_manage.create_region(BOSS, scheme, values, now=NOW)


def places():
    return regions.read_places("own_union")


def test_people_are_counted_by_a_new_scheme_on_both_levels(union):
    edition = make_edition(ordinal=8)
    for country in ("NA", "NO", "NO", "DE"):
        make_registration(edition, country_code=country)

    def by(dimension):
        counts = statistics.count(edition, statistics.ask([dimension]), now=NOW)
        return {code: tally.registered for (code,), tally in counts.by(dimension).items()}

    assert by("own_union") == {"north": 2, "south": 1, "unassigned": 1}
    assert by("own_union.lower") == {"north": 2, "coast": 1, "unassigned": 1}
    asked = statistics.ask(["country"], {"own_union.lower": ["coast", "unassigned"]})
    found = statistics.count(edition, asked, now=NOW).by("country")
    assert {code for (code,) in found} == {"NA", "DE"}
    assert get_reference().schemes["own_union"].called["fr"] == "Union propre"


def test_a_scheme_without_regions_is_counted_by_nobody():
    with writing():
        regions_manage.create_scheme(BOSS, "empty", {"en": "Empty"}, now=NOW)
    with pytest.raises(Refused):
        statistics.ask(["empty"])


def test_a_country_stands_in_one_region_of_a_level(union):
    north, south, coast = union
    assert places() == {"NO": Place(north.id), "FR": Place(north.id), "NA": Place(south.id, coast.id)}
    regions_manage.assign(BOSS, coast.id, ["NA", "NO"], version=coast.version, now=NOW)
    assert places()["NO"] == Place(south.id, coast.id)
    entries = {
        entry.subject_id: (entry.old["countries"], entry.new["countries"])
        for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.action == "region.assign"))
    }
    assert entries[north.id] == (["NO"], [])
    assert entries[south.id] == ([], ["NO"]) and entries[coast.id] == ([], ["NO"])
    twice = {"country_code": "NO", "scheme": "own_union", "level": 1, "region_id": north.id}
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(insert(CountryRegion).values(twice))


def test_whoever_had_the_countries_open_is_told(union):
    north, south, coast = union
    opened = north.version
    regions_manage.assign(BOSS, south.id, ["NA", "FR"], version=south.version, now=NOW)
    with pytest.raises(Stale):  # France left the north meanwhile
        regions_manage.assign(BOSS, north.id, ["NO", "FR", "DE"], version=opened, now=NOW)
    with pytest.raises(Stale):
        regions_manage.rename_region(BOSS, north.id, {"en": "Far north"}, version=opened, now=NOW)
    regions_manage.rename_region(BOSS, coast.id, {"en": "Shore"}, version=coast.version, now=NOW)
    assert places()["FR"] == Place(south.id)


def test_order_moves_among_neighbours_and_disturbs_no_form(union):
    north, south, coast = union
    opened = south.version
    regions_manage.move_region(BOSS, south.id, up=True, now=NOW)
    assert [one.names["en"] for one in regions.get_view("own_union").uppers] == ["South", "North"]
    regions_manage.move_region(BOSS, south.id, up=True, now=NOW)  # it is the first already
    regions_manage.move_region(BOSS, coast.id, up=False, now=NOW)
    regions_manage.rename_region(BOSS, south.id, {"en": "Deep south"}, version=opened, now=NOW)
    assert list(get_reference_after().schemes["own_union"].names) == ["south", "coast", "north"]
    moves = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "region.move")
    assert db.session.scalar(moves) == 1


def get_reference_after():
    """The reference as the next request reads it."""
    statistics_reference._kept.clear()
    return get_reference()


def test_schemes_are_put_in_order_renamed_and_removed(union):
    regions_manage.move_scheme(BOSS, "own_union", up=True, now=NOW)
    assert [one.code for one in regions.list_schemes()] == ["m49", "own_union", "un_regional_groups"]
    regions_manage.rename_scheme(BOSS, "own_union", {"ar": "اتحاد"}, version=1, now=NOW)
    with pytest.raises(Stale):
        regions_manage.rename_scheme(BOSS, "own_union", {"en": "Union"}, version=1, now=NOW)
    regions_manage.remove_scheme(BOSS, "own_union", now=NOW)
    assert not db.session.scalar(select(Region).where(Region.scheme == "own_union"))
    assert not places() and db.session.get(RegionScheme, "own_union") is None
    with pytest.raises(Refused):
        regions_manage.remove_scheme(BOSS, "m49", now=NOW)
    assert list(get_reference_after().schemes) == ["m49", "un_regional_groups"]
    with pytest.raises(Refused):
        statistics.ask(["own_union"])


def test_a_region_is_removed_once_nothing_lies_below_it(union):
    north, south, coast = union
    with pytest.raises(Refused):
        regions_manage.remove_region(BOSS, south.id, now=NOW)
    regions_manage.remove_region(BOSS, coast.id, now=NOW)
    assert places()["NA"] == Place(south.id)
    regions_manage.remove_region(BOSS, south.id, now=NOW)
    assert set(places()) == {"NO", "FR"}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "region.remove")).all()[-1]
    assert entry.old["countries"] == ["NA"] and entry.old["names"] == {"en": "South"}


def test_what_is_refused(union):
    north, _, coast = union
    with pytest.raises(Conflict):
        regions_manage.create_scheme(BOSS, "own_union", {"en": "Again"}, now=NOW)
    for code, names in (("country", {"en": "Taken"}), ("two words", {"en": "Two"}), ("fine", {})):
        with pytest.raises(Invalid):
            regions_manage.create_scheme(BOSS, code, names, now=NOW)
    for parent in (coast.id, 10**6, regions.get_view("m49").uppers[0].id):
        with pytest.raises(Invalid):
            add("Deeper still", parent)
    with pytest.raises(Invalid):
        regions_manage.assign(BOSS, north.id, ["ZZ"], version=north.version, now=NOW)
    with pytest.raises(NotFound):
        regions.get_scheme("nothing")
    reader = Actor(kind="user", id=2, name="Organiser", role="organiser", all_editions=True)
    with pytest.raises(Refused):
        regions_manage.create_scheme(reader, "other", {"en": "Other"}, now=NOW)


def test_public_content_moves_with_every_change(union):
    north, *_ = union

    def number():
        return db.session.scalar(select(ContentVersion.number))

    seen = [number()]
    with writing():
        regions_manage.assign(BOSS, north.id, ["NO"], version=north.version, now=NOW)
    seen.append(number())
    with writing():
        regions_manage.rename_scheme(BOSS, "own_union", {"en": "Union"}, version=1, now=NOW)
    seen.append(number())
    with writing():
        regions_manage.move_region(BOSS, north.id, up=False, now=NOW)
    seen.append(number())
    assert seen == sorted(set(seen))
