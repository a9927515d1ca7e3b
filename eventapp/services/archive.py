"""Loads the reference lists and the archive of past editions that ship with the product, once."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from eventapp.extensions import db
from eventapp.models import (
    AuditEntry,
    BadgeCategory,
    Body,
    Country,
    CountryRegion,
    Edition,
    EditionBody,
    FigureClaim,
    Partnership,
    Region,
    RegionScheme,
    Sector,
)
from eventapp.rules.text import sort_key
from eventapp.services import badges
from eventapp.services.shipped import read_names, read_rows

REGION_SCHEMES = {"M49": "m49", "UN regional groups": "un_regional_groups"}


def load(*, now: datetime) -> bool:
    """Fill whichever of sectors, badge categories, countries with regions, and editions is empty; commands only.

    Says whether it did anything.
    """
    loaded = [_once(Sector, _load_sectors), _once(BadgeCategory, badges.add_shipped)]
    loaded.append(_once(Country, _load_countries))
    loaded.append(_once(Edition, lambda: _load_editions(now)))
    if any(loaded):
        db.session.add(
            AuditEntry(
                at=now,
                actor_kind="command",
                actor_name="eventapp",
                action="archive.load",
                subject_type="archive",
            )
        )
    return any(loaded)


def _once(table: type[Any], load_rows: Any) -> bool:
    if db.session.scalar(select(func.count()).select_from(table)):
        return False
    load_rows()
    db.session.flush()
    return True


def _load_sectors() -> None:
    for position, row in enumerate(read_rows("sectors.csv")):
        db.session.add(
            Sector(
                code=row["code"], parent_code=row["parent"] or None, names=read_names(row), position=position
            )
        )
        db.session.flush()  # a parent stands before its children


def _load_countries() -> None:
    regions = _load_regions()
    for row in read_rows("countries.csv"):
        db.session.add(
            Country(
                code=row["alpha2"],
                alpha3=row["alpha3"],
                m49=row["m49"],
                names=read_names(row),
                footnote="",
                status=row["status"],
                active_to=date.fromisoformat(row["active_to"]) if row["active_to"] else None,
            )
        )
        db.session.flush()
        for column in ("m49_region", "m49_subregion", "un_regional_group"):
            if row[column]:
                region = regions[column, row[column]]
                db.session.add(
                    CountryRegion(
                        country_code=row["alpha2"],
                        scheme=region.scheme,
                        level=2 if region.parent_id else 1,
                        region_id=region.id,
                    )
                )


def _load_regions() -> dict[tuple[str, str], Region]:
    """Give (column of countries.csv, English name) -> the region."""
    for position, row in enumerate(read_rows("region-schemes.csv")):
        db.session.add(RegionScheme(code=row["code"], names=read_names(row), position=position))
    db.session.flush()
    made: dict[tuple[str, str], Region] = {}
    by_code: dict[tuple[str, str], Region] = {}
    for position, row in enumerate(read_rows("regions.csv")):
        scheme = REGION_SCHEMES[row["scheme"]]
        parent = by_code.get((scheme, row["parent"]))
        region = Region(
            scheme=scheme,
            code=row["code"],
            parent_id=parent.id if parent else None,
            names=read_names(row),
            position=position,
        )
        db.session.add(region)
        db.session.flush()
        by_code[scheme, row["code"]] = region
        column = "un_regional_group" if scheme != "m49" else "m49_subregion" if parent else "m49_region"
        made[column, row["name_en"]] = region
    return made


def _load_editions(now: datetime) -> None:
    editions: dict[str, Edition] = {}
    for row in read_rows("editions.csv"):
        editions[row["ordinal"]] = edition = _edition(row, now)
        db.session.add(edition)
    db.session.flush()
    bodies: dict[str, Body] = {}
    for row in read_rows("edition-bodies.csv"):
        body = _body(bodies, row)
        db.session.add(
            EditionBody(
                edition_id=editions[row["ordinal"]].id,
                body_id=body.id,
                role=row["role"],
                position=int(row["position"]),
                source_url=row["source_url"],
            )
        )
    for position, row in enumerate(read_rows("edition-figures.csv")):
        db.session.add(
            FigureClaim(
                edition_id=editions[row["ordinal"]].id,
                measure=row["measure"],
                qualifier=row["qualifier"].replace(" ", "_"),
                value=int(row["value"]),
                source_url=row["source_url"],
                is_shown=row["shown"] == "yes",
                position=position,
            )
        )
    for position, row in enumerate(read_rows("partners.csv")):
        body = _body(bodies, row)
        kind = "key_partner" if row["partnership"] == "key partner" else "expert_group"
        since = int(row["since_year"]) if row["since_year"] else None
        db.session.add(Partnership(body_id=body.id, kind=kind, since_year=since, position=position))


def _edition(row: dict[str, str], now: datetime) -> Edition:
    def when(text: str) -> date | None:
        return date.fromisoformat(text + "-01" * (3 - len(text.split("-")))) if text else None

    return Edition(
        ordinal=int(row["ordinal"]),
        title={"en": row["title"]},
        theme={"en": row["theme"]} if row["theme"] else {},
        starts_on=when(row["start_date"]),
        ends_on=when(row["end_date"]),
        date_precision=row["date_precision"],
        city=read_names(row, "city") or {"en": row["city"]},
        country_code=row["country_alpha2"],
        venue={"en": row["venue"]} if row["venue"] else {},
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        time_zone=row["time_zone"],
        state="archived",
        created_at=now,
        updated_at=now,
    )


def _body(known: dict[str, Body], row: dict[str, str]) -> Body:
    if row["name"] not in known:
        body = Body(
            names={"en": row["name"]},
            sort_name=sort_key(row["name"]),
            acronym=row["acronym"],
            kind=row["kind"],
            country_code=row.get("country_alpha2") or None,
        )
        db.session.add(body)
        db.session.flush()
        known[row["name"]] = body
    return known[row["name"]]
