"""The names and the membership of everything that is counted, read again only when public content has moved."""

from collections.abc import Mapping

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import Body, ContentVersion, Country, CountryRegion, Region, Sector
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
    regions = db.session.execute(
        select(Region.id, Region.scheme, Region.code, Region.parent_id, Region.names).order_by(
            Region.scheme, Region.position, Region.id
        )
    ).all()
    places = {number: (scheme, code, parent is None) for number, scheme, code, parent, _ in regions}
    names: dict[str, dict[str, Texts]] = {}
    for _, scheme, code, _, texts in regions:
        names.setdefault(scheme, {})[code] = texts
    upper: dict[str, dict[str, str]] = {scheme: {} for scheme in names}
    lower: dict[str, dict[str, str]] = {scheme: {} for scheme in names}
    for country, number in db.session.execute(select(CountryRegion.country_code, CountryRegion.region_id)):
        scheme, code, is_upper = places[number]
        (upper if is_upper else lower)[scheme][country] = code
    return {scheme: Scheme(names[scheme], upper[scheme], lower[scheme]) for scheme in names}
