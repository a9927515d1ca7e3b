"""Schemes of regions as the administrator's pages show them: their regions, who stands in them, who in none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from eventapp.errors import NotFound, Refused
from eventapp.extensions import db
from eventapp.models import Country, CountryRegion, Edition, Publication, Region, RegionScheme
from eventapp.rules.region import LOWER, M49, UPPER, Place


@dataclass(frozen=True, kw_only=True)
class SchemeView:
    """A scheme with its regions in their order, each upper one before those below it."""

    scheme: RegionScheme
    regions: Sequence[Region]
    people: Mapping[int, int]  # region -> countries in it
    unassigned: int

    @property
    def uppers(self) -> list[Region]:
        return [one for one in self.regions if one.parent_id is None]

    def below(self, region: Region) -> list[Region]:
        """The regions of the lower level within one of the upper."""
        return [one for one in self.regions if one.parent_id == region.id]


def list_schemes() -> Sequence[RegionScheme]:
    """Every scheme in its order."""
    return db.session.scalars(select(RegionScheme).order_by(RegionScheme.position, RegionScheme.code)).all()


def get_scheme(code: str) -> RegionScheme:
    """A scheme by its code; raises NotFound."""
    found = db.session.get(RegionScheme, code)
    if found is None:
        raise NotFound("There is no such scheme of regions.")
    return found


def lock_scheme(code: str) -> RegionScheme | None:
    """Lock a scheme until the transaction ends: who publishes by it and who removes it wait for each other."""
    return db.session.scalar(
        select(RegionScheme)
        .where(RegionScheme.code == code)
        .with_for_update(of=RegionScheme)
        .execution_options(populate_existing=True)
    )


def find_reason_to_keep(code: str) -> Refused | None:
    """Why a scheme cannot be removed: other numbers are made from M49, and later figures are compared with earlier ones."""
    if code == M49:
        return Refused("This scheme cannot be removed: maps and public figures are made from it.", code="m49")
    if not (found := _published_by(code)):
        return None
    return Refused(
        "This scheme cannot be removed: figures were published by its regions, and whatever is published later is compared"
        " with them. Editions: %(editions)s.",
        code="in-use",
        editions=", ".join(map(str, found)),
    )


def must_keep_a_region(region: Region) -> bool:
    """Whether this is the last region of a scheme that figures are made from: without any it parts nothing."""
    others = select(Region.id).where(Region.scheme == region.scheme, Region.id != region.id).limit(1)
    if db.session.scalar(others) is not None:
        return False
    return region.scheme == M49 or bool(_published_by(region.scheme))


def _published_by(code: str) -> Sequence[int]:
    """The ordinals of the editions that published figures by a scheme; withdrawn ones count, since they were read."""
    used = (
        select(Edition.ordinal)
        .join(Publication, Publication.edition_id == Edition.id)
        .where(Publication.record["plan"]["scheme"].as_string() == code)
        .distinct()
        .order_by(Edition.ordinal)
    )
    return db.session.scalars(used).all()


def get_region(region_id: int) -> Region:
    """A region by its number; raises NotFound."""
    found = db.session.get(Region, region_id)
    if found is None:
        raise NotFound("There is no such region.")
    return found


def list_beside(region: Region) -> Sequence[Region]:
    """The regions of the same scheme below the same one, in their order, the region itself among them."""
    same = (Region.scheme == region.scheme, Region.parent_id == region.parent_id)
    return db.session.scalars(select(Region).where(*same).order_by(Region.position, Region.id)).all()


def list_below(region: Region) -> Sequence[Region]:
    """The regions of the lower level within one, in their order."""
    below = select(Region).where(Region.parent_id == region.id)
    return db.session.scalars(below.order_by(Region.position, Region.id)).all()


def list_views() -> list[SchemeView]:
    """Every scheme with its regions; four queries, however many there are."""
    regions = db.session.scalars(select(Region).order_by(Region.position, Region.id)).all()
    counted = select(CountryRegion.region_id, func.count()).group_by(CountryRegion.region_id)
    people = dict(db.session.execute(counted).tuples().all())
    countries = db.session.scalar(select(func.count()).select_from(Country)) or 0
    made = []
    for scheme in list_schemes():
        mine = [one for one in regions if one.scheme == scheme.code]
        assigned = sum(people.get(one.id, 0) for one in mine if one.parent_id is None)
        made.append(SchemeView(scheme=scheme, regions=mine, people=people, unassigned=countries - assigned))
    return made


def get_view(code: str) -> SchemeView:
    """One scheme with its regions; raises NotFound."""
    get_scheme(code)
    return next(one for one in list_views() if one.scheme.code == code)


def read_places(scheme: str) -> dict[str, Place]:
    """Where each country stands in a scheme; one that stands nowhere is absent."""
    rows = db.session.execute(
        select(CountryRegion.country_code, CountryRegion.level, CountryRegion.region_id).where(
            CountryRegion.scheme == scheme
        )
    )
    found: dict[str, dict[int, int]] = {}
    for country, level, number in rows:
        found.setdefault(country, {})[level] = number
    return {country: Place(one.get(UPPER), one.get(LOWER)) for country, one in found.items()}


def list_unassigned(scheme: str) -> Sequence[Country]:
    """The countries that stand in no region of a scheme, by code."""
    inside = select(CountryRegion.country_code).where(CountryRegion.scheme == scheme)
    return db.session.scalars(select(Country).where(Country.code.not_in(inside)).order_by(Country.code)).all()


def list_places_of(country: str) -> list[tuple[RegionScheme, Region | None, Region | None]]:
    """Where a country stands in each scheme: its upper region and its lower one; two queries."""
    rows = db.session.execute(
        select(CountryRegion.scheme, CountryRegion.level, Region)
        .join(Region, Region.id == CountryRegion.region_id)
        .where(CountryRegion.country_code == country)
    )
    found = {(scheme, level): region for scheme, level, region in rows}
    return [(one, found.get((one.code, UPPER)), found.get((one.code, LOWER))) for one in list_schemes()]
