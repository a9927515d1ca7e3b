"""Countries, sectors and known bodies as the forms and lists need them: read at once, then only looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import Body, Country, CountryRegion, Region, Sector
from eventapp.rules.country import is_offered
from eventapp.rules.registration_form import Choices
from eventapp.rules.sector import choosable

Texts = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class SectorEntry:
    """A sector and its place in the two levels."""

    code: str
    parent_code: str | None
    names: Texts
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The lists as they stood when they were read; every country and sector, active or not, has a name here."""

    countries: Mapping[str, Texts]
    active_countries: frozenset[str]
    sectors: Mapping[str, SectorEntry]
    bodies: Sequence[Texts]  # names of the bodies offered to delegates
    choices: Choices

    def country_names(self, code: str | None) -> Texts:
        """The names of a country, whatever its status; empty without a code."""
        return self.countries.get(code or "", {})

    def sector_names(self, code: str) -> Sequence[Texts]:
        """The names of a sector and, before it, of the one it belongs to."""
        entry = self.sectors.get(code)
        if entry is None:
            return []
        parent = self.sectors.get(entry.parent_code or "")
        return [parent.names, entry.names] if parent else [entry.names]


def load_reference(today: date) -> Reference:
    """Read countries, sectors and listed bodies, as they hold today; three queries."""
    countries = db.session.execute(
        select(Country.code, Country.names, Country.active_from, Country.active_to).order_by(Country.code)
    ).all()
    active = frozenset(code for code, _names, begin, end in countries if is_offered(begin, end, today))
    sectors = {
        row.code: SectorEntry(
            code=row.code, parent_code=row.parent_code, names=row.names, is_active=row.is_active
        )
        for row in db.session.scalars(select(Sector).order_by(Sector.position, Sector.code))
    }
    bodies = db.session.execute(
        select(Body.names, Body.acronym, Body.kind).where(Body.is_listed).order_by(Body.sort_name, Body.id)
    ).all()
    choosable_sectors, groups = choosable(
        {code: entry.parent_code for code, entry in sectors.items()},
        {code: entry.is_active for code, entry in sectors.items()},
    )
    return Reference(
        countries={code: names for code, names, _begin, _end in countries},
        active_countries=active,
        sectors=sectors,
        bodies=[names for names, _acronym, _kind in bodies],
        choices=Choices(
            countries=active,
            sectors=choosable_sectors,
            sector_groups=groups,
            international=frozenset(
                name.casefold()
                for names, acronym, kind in bodies
                if kind == "international_organization"
                for name in (*names.values(), acronym)
                if name
            ),
        ),
    )


@dataclass(frozen=True)
class KnownBody:
    """A body as a registration refers to it."""

    id: int
    kind: str


def find_body(typed: str) -> KnownBody | None:
    """The one listed body whose name (in any language) or acronym is what was typed; None if several could be meant."""
    wanted = typed.casefold()
    bodies = db.session.execute(
        select(Body.id, Body.kind, Body.names, Body.acronym).where(Body.is_listed).order_by(Body.id)
    )
    found = [
        KnownBody(number, kind)
        for number, kind, names, acronym in bodies
        if wanted in {name.casefold() for name in (*names.values(), acronym) if name}
    ]
    return found[0] if len(found) == 1 else None


def list_countries() -> Sequence[Country]:
    """Every country, historic ones included, by code."""
    return db.session.scalars(select(Country).order_by(Country.code)).all()


def list_sectors() -> Sequence[Sector]:
    """Every sector in its order, inactive ones included."""
    return db.session.scalars(select(Sector).order_by(Sector.position, Sector.code)).all()


def list_regions(scheme: str) -> Sequence[Region]:
    """The regions of a scheme in their order."""
    query = select(Region).where(Region.scheme == scheme).order_by(Region.position, Region.id)
    return db.session.scalars(query).all()


def regions_of_countries(scheme: str, codes: Sequence[str] | None = None) -> Mapping[str, Sequence[int]]:
    """Country code -> the regions of a scheme it stands in; a country without one is absent ("unassigned")."""
    query = (
        select(CountryRegion.country_code, CountryRegion.region_id)
        .join(Region, Region.id == CountryRegion.region_id)
        .where(Region.scheme == scheme)
        .order_by(CountryRegion.country_code, Region.position, Region.id)
    )
    if codes is not None:
        query = query.where(CountryRegion.country_code.in_(codes))
    found: dict[str, list[int]] = {}
    for code, region_id in db.session.execute(query):
        found.setdefault(code, []).append(region_id)
    return found


def list_country_codes() -> frozenset[str]:
    """The alpha-2 codes of all countries, those of history among them."""
    return frozenset(db.session.scalars(select(Country.code)))
