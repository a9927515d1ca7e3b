"""The names and the membership of everything that is counted, read again only when public content has moved."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from eventapp.extensions import db
from eventapp.models import Body, ContentVersion, Country, CountryRegion, Region, RegionScheme, Sector
from eventapp.rules.dimension import Reference, Scheme, Texts
from eventapp.services import badges

_kept: dict[str, tuple[int, Reference]] = {}  # by database: the version of public content, and what it held


def get_reference() -> Reference:
    """What counts need; one query unless something has moved. Without the names of bodies, see `list_body_names`."""
    database = str(db.engine.url)
    number = db.session.scalar(select(ContentVersion.number)) or 0
    known = _kept.get(database)
    if known is None or known[0] != number:
        known = _kept[database] = (number, _read())
    return known[1]


def list_body_names() -> Mapping[str, Texts]:
    """The names of all bodies by their number as text; one query."""
    found = db.session.execute(select(Body.id, Body.names).order_by(Body.sort_name, Body.id))
    return {str(number): names for number, names in found}


def _read() -> Reference:
    countries = db.session.execute(select(Country.code, Country.names, Country.status)).all()
    sectors = db.session.execute(
        select(Sector.code, Sector.parent_code, Sector.names).order_by(Sector.position, Sector.code)
    ).all()
    return Reference(
        country_names={code: names for code, names, _ in countries},
        country_statuses={code: status for code, _, status in countries},
        sector_names={code: names for code, _, names in sectors},
        sector_parents={code: parent for code, parent, _ in sectors},
        schemes=_read_schemes(),
        category_names={one.code: one.names for one in badges.list_categories()},
        badge_rules=badges.list_rules(),
    )


def _read_schemes() -> dict[str, Scheme]:
    """The schemes in their order; one without a region parts nothing."""
    schemes = db.session.execute(
        select(RegionScheme.code, RegionScheme.names).order_by(RegionScheme.position, RegionScheme.code)
    ).all()
    upper = aliased(Region)
    regions = db.session.execute(
        select(Region.id, Region.scheme, Region.code, Region.names)
        .outerjoin(upper, upper.id == Region.parent_id)
        .order_by(
            func.coalesce(upper.position, Region.position),
            func.coalesce(upper.id, Region.id),
            Region.parent_id.is_not(None),
            Region.position,
            Region.id,
        )
    ).all()
    codes = {number: code for number, _, code, _ in regions}
    names: dict[str, dict[str, Texts]] = {scheme: {} for scheme, _ in schemes}
    for _, scheme, code, texts in regions:
        names[scheme][code] = texts
    places: dict[tuple[str, int], dict[str, str]] = {}
    for country, scheme, level, number in db.session.execute(
        select(CountryRegion.country_code, CountryRegion.scheme, CountryRegion.level, CountryRegion.region_id)
    ):
        places.setdefault((scheme, level), {})[country] = codes[number]
    return {
        scheme: Scheme(names[scheme], places.get((scheme, 1), {}), places.get((scheme, 2), {}), called)
        for scheme, called in schemes
        if names[scheme]
    }
