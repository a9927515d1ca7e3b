"""The list of delegates as a file: written down first, then streamed from one query, the erased left out."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, String, func, select, type_coerce

from eventapp.adapters.workbooks import MOST_ROWS, Sheet, write_workbook
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.models import Body, Country, Registration, Sector
from eventapp.rules.access import Actor
from eventapp.rules.delegate_list import (
    DEFAULT,
    check_columns,
    harmless_rows,
    plain_rows,
    sheet_rows,
)
from eventapp.rules.listing import Filter
from eventapp.rules.spreadsheet import BYTE_ORDER_MARK, csv_lines, stamp
from eventapp.services import audit, editions
from eventapp.services.exports_marks import Taken, latest_entry, may_be_listed
from eventapp.services.exports_workbook import Say, list_sheet
from eventapp.services.registrations_list import conditions

BATCH: Final = 500
# A change is dated when it is asked for, and may be written after a list that is dated later: long imports take a minute.
OVERLAP: Final = timedelta(minutes=5)
_WIDTHS: Final = {"id": 38, "email": 30, "country_name": 24, "organisation": 36, "received_at": 22}


@dataclass(frozen=True, kw_only=True)
class DelegateList:
    """A list that may leave the house: of which edition, which columns, whom, in which language the names stand."""

    edition_id: int
    ordinal: int
    taken_at: datetime
    columns: tuple[str, ...] = DEFAULT
    where: Filter = field(default_factory=Filter)
    language: str = "en"
    taken: Taken = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "taken", Taken(self.taken_at))  # filled while the list is written


def begin_delegates(
    actor: Actor,
    ordinal: int,
    *,
    now: datetime,
    form: str = "csv",
    columns: Sequence[str] = DEFAULT,
    where: Filter | None = None,
    language: str = "en",
) -> DelegateList:
    """Write down that the list of delegates leaves the house, before its first byte does.

    Organisers of the edition only; refuses needs to whoever may not see them, and a workbook of more rows than a
    sheet holds. Commit before the rows are read.
    """
    edition = editions.get_edition_to_edit(actor, ordinal)
    where = where or Filter()
    chosen = check_columns(columns, may_see_needs=actor.may_see_needs, is_for_changes=where.is_for_changes)
    if form == "xlsx" and count_people(edition.id, where) > MOST_ROWS:
        raise Refused("These are more people than a sheet holds. Take the list as CSV.", code="too-many")
    audit.record(
        actor,
        "delegates.export",
        now=now,
        subject_type="edition",
        subject_id=edition.id,
        edition_id=edition.id,
        new={"columns": list(chosen), "format": form} | where.args(),
    )
    return DelegateList(
        edition_id=edition.id,
        ordinal=ordinal,
        taken_at=now,
        columns=chosen,
        where=where,
        language=language,
    )


def count_people(edition_id: int, where: Filter) -> int:
    """How many people a list would hold; the erased are in a list of changes alone."""
    query = select(func.count()).select_from(Registration).where(*_wanted(edition_id, where))
    return db.session.scalar(query) or 0


def _wanted(edition_id: int, where: Filter) -> tuple[ColumnElement[bool], ...]:
    listed = may_be_listed(is_for_changes=where.is_for_changes, since=where.changed_since)
    return (*conditions(edition_id, where), listed)


def stream_csv(
    wanted: DelegateList, *, with_mark: bool = False, told: Callable[[int], None] | None = None
) -> Iterator[str]:
    """The list as CSV by batches, from one query of the reading transaction."""
    yield (BYTE_ORDER_MARK if with_mark else "") + ",".join(wanted.columns) + "\r\n"
    yield from csv_lines(harmless_rows(wanted.columns, batch) for batch in _batches(wanted, told))


def stream_json(wanted: DelegateList, *, told: Callable[[int], None] | None = None) -> Iterator[str]:
    """The list as JSON by batches; what is cut off cannot be read as JSON."""
    head = {
        "edition": wanted.ordinal,
        "taken_at": stamp(wanted.taken_at),
        "next_changed_since": stamp(wanted.taken_at - OVERLAP),
        "columns": wanted.columns,
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": ['
    mark = "\n"
    for batch in _batches(wanted, told):
        rows = plain_rows(wanted.columns, batch)
        texts = (json.dumps(dict(zip(wanted.columns, row, strict=True)), ensure_ascii=False) for row in rows)
        yield mark + ",\n".join(texts)
        mark = ",\n"
    yield "\n]}\n"


def write_sheet(
    wanted: DelegateList,
    target: Path,
    *,
    title: str,
    say: Say = str,
    told: Callable[[int], None] | None = None,
) -> None:
    """The list as a workbook, written by a process of its own while the rows are read; whole or not at all.

    A second sheet says what it is; `say` translates its words.
    """
    done = [0]

    def tell(people: int) -> None:
        done[0] = people
        if told:
            told(people)

    sheet = Sheet(
        name="delegates",
        head=wanted.columns,
        widths=[_WIDTHS.get(name, 18) for name in wanted.columns],
        batches=(list(sheet_rows(wanted.columns, batch)) for batch in _batches(wanted, tell)),
    )
    about = list_sheet(
        ordinal=wanted.ordinal,
        taken_at=wanted.taken_at,
        where=wanted.where.args(),
        columns=wanted.columns,
        people=lambda: done[0],
        say=say,
    )
    write_workbook(
        target, [sheet, about], title=title, made_at=wanted.taken_at, is_rtl=wanted.language == "ar"
    )


def _batches(wanted: DelegateList, told: Callable[[int], None] | None = None) -> Iterator[Sequence[Any]]:
    """The rows as the driver gives them; `told` hears after each batch how many have gone out."""
    done = 0
    options = {"yield_per": BATCH}
    # Closed also when whoever reads stops half way: on PostgreSQL the rows wait in a cursor of the server.
    wanted.taken.forget()
    with _small_cache(), db.session.execute(_query(wanted), execution_options=options) as found:
        for batch in found.partitions(BATCH):
            wanted.taken.note(batch)
            yield [row[:-2] for row in batch]
            done += len(batch)
            if told:
                told(done)


@contextmanager
def _small_cache() -> Iterator[None]:
    """Read through once without filling SQLite's cache of pages: nobody reads them again, and they stay in memory."""
    driver = db.session.connection().connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    before = driver.execute("PRAGMA cache_size").fetchone()[0]
    driver.execute("PRAGMA cache_size = -1000")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA cache_size = {int(before)}")


def _names(table: type[Country] | type[Body] | type[Sector], key: Any, language: str) -> Any:
    """The names of a whole list in one language, worked out once and not for every delegate."""
    name = func.coalesce(table.names[language].as_string(), table.names["en"].as_string())
    return (
        select(key.label("key"), name.label("name"))
        .cte(f"{table.__tablename__}_name")
        .prefix_with("MATERIALIZED")
    )


# As the driver gives them: turning 100,000 numbers and moments into objects takes longer than the rest.
_AS_THEY_ARE: Final[Mapping[str, Any]] = {
    "id": type_coerce(Registration.public_id, String),
    "country": Registration.counted_country_code,
    "sector": Registration.sector_code,
    "received_at": type_coerce(Registration.submitted_at, String),
    "decided_at": type_coerce(Registration.decided_at, String),
    "exported_at": type_coerce(Registration.exported_at, String),
    "erased_at": type_coerce(Registration.erased_at, String),
    "is_listed": type_coerce(Registration.is_listed, Integer),
    "is_late": type_coerce(Registration.is_late, Integer),
    "is_checked_in": type_coerce(Registration.is_checked_in, Integer),
}


def _query(wanted: DelegateList) -> Select[Any]:
    """One query for the chosen columns; names are joined only where they are among them."""
    columns: list[Any] = []
    joins: list[tuple[Any, Any]] = []
    for name in wanted.columns:
        if name == "country_name":
            country = _names(Country, Country.code, wanted.language)
            joins.append((country, country.c.key == Registration.counted_country_code))
            columns.append(country.c.name)
        elif name == "organisation":
            body = _names(Body, Body.id, wanted.language)
            joins.append((body, body.c.key == Registration.body_id))
            columns.append(func.coalesce(body.c.name, Registration.organisation))
        elif name == "sector_name":
            sector = _names(Sector, Sector.code, wanted.language)
            joins.append((sector, sector.c.key == Registration.sector_code))
            columns.append(sector.c.name)
        else:
            columns.append(_AS_THEY_ARE[name] if name in _AS_THEY_ARE else getattr(Registration, name))
    query = select(*columns, Registration.id, latest_entry())
    for table, condition in joins:
        query = query.outerjoin(table, condition)
    query = query.where(*_wanted(wanted.edition_id, wanted.where))
    return query.order_by(Registration.submitted_at, Registration.id)
