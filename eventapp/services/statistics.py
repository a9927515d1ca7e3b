"""Counts of an edition: one query that reads nothing but a covering index; everything else is worked out in Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from eventapp.extensions import db
from eventapp.models import ContentVersion, Country, CountryRegion, Edition, Region, Registration, Sector
from eventapp.rules.access import Actor
from eventapp.rules.crosstab import Cell, Counts, Reference, Represented, add, represented, tally
from eventapp.services import editions

SCHEME = "m49"


@dataclass(frozen=True, kw_only=True)
class Summary:
    """An edition in numbers, each of them now; `countries` counts the states behind the registered people."""

    taken_at: datetime
    received: int
    registered: int
    approved: int
    waitlisted: int
    states: Mapping[str, int]
    countries: Represented


def grouped_query(edition_id: int) -> Select[tuple[str, str | None, str, str, int]]:
    """The one query: grouped by every column of ix_registration_count, in its order, so that nothing is sorted."""
    table = (
        Registration.__table__.c
    )  # the table's columns, not the class's: the latter make a record of every row
    columns = (table.sector_code, table.counted_country_code, table.country_basis, table.state)
    return select(*columns, func.count()).where(table.edition_id == edition_id).group_by(*columns)


def count(edition: Edition, *, now: datetime, with_host: bool = True) -> Counts:
    """Count an edition's people; without the host country, everybody counted under it is left out."""
    return _count(edition.id, edition.ordinal, edition.country_code, now=now, with_host=with_host)


def count_of(actor: Actor, ordinal: int, *, now: datetime, with_host: bool = True) -> Counts:
    """Count an edition for somebody who may look at it; raises NotFound for the others."""
    return count(editions.get_edition(actor, ordinal), now=now, with_host=with_host)


def summary(edition_id: int, now: datetime) -> Summary:
    """The numbers at the head of an edition's dashboard; at most six queries. The caller has checked who may see them."""
    counts = _count(edition_id, 0, None, now=now, with_host=True)
    states = counts.states
    return Summary(
        taken_at=now,
        received=counts.total.received,
        registered=counts.total.registered,
        approved=counts.total.approved,
        waitlisted=states["waitlisted"],
        states=states,
        countries=represented(counts, "registered"),
    )


def _count(edition_id: int, ordinal: int, host: str | None, *, now: datetime, with_host: bool) -> Counts:
    cells = _read_cells(edition_id)
    of_host = [cell for cell in cells if cell.country == host] if host else []
    return Counts(
        ordinal=ordinal,
        taken_at=now,
        cells=cells if with_host or not host else [cell for cell in cells if cell.country != host],
        with_host=with_host,
        host=host,
        host_people=add(tally(of_host, lambda cell: cell.country).values()),
        reference=_reference(),
    )


def _read_cells(edition_id: int) -> list[Cell]:
    """The grouped rows as the driver gives them: words and numbers need no conversion, and a row object each costs a third."""
    db.session.flush()  # what this transaction has not yet written counts as well
    found = db.session.connection().execute(grouped_query(edition_id))
    try:
        return list(map(Cell._make, found.cursor.fetchall()))
    finally:
        found.close()


_kept: dict[
    str, tuple[int, Reference]
] = {}  # by database: the version of public content, and the names it had


def _reference() -> Reference:
    """Names and membership of everything that is counted; read again only when public content has moved."""
    database = str(db.engine.url)
    number = db.session.scalar(select(ContentVersion.number)) or 0
    known = _kept.get(database)
    if known is None or known[0] != number:
        known = _kept[database] = (number, _read_reference())
    return known[1]


def _read_reference() -> Reference:
    """The names and the membership as plain values; four queries."""
    countries = db.session.execute(select(Country.code, Country.names, Country.status)).all()
    sectors = db.session.execute(
        select(Sector.code, Sector.parent_code, Sector.names).order_by(Sector.position, Sector.code)
    ).all()
    regions = db.session.execute(
        select(Region.id, Region.code, Region.parent_id, Region.names)
        .where(Region.scheme == SCHEME)
        .order_by(Region.position, Region.id)
    ).all()
    places = {number: (code, parent is None) for number, code, parent, _ in regions}
    members = db.session.execute(select(CountryRegion.country_code, CountryRegion.region_id)).all()
    found = [(country, *places[number]) for country, number in members if number in places]
    return Reference(
        country_names={code: names for code, names, _ in countries},
        country_statuses={code: status for code, _, status in countries},
        sector_names={code: names for code, _, names in sectors},
        sector_parents={code: parent for code, parent, _ in sectors},
        region_names={code: names for _, code, _, names in regions},
        regions={country: code for country, code, is_upper in found if is_upper},
        subregions={country: code for country, code, is_upper in found if not is_upper},
    )
