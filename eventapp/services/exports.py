"""What leaves the house as a file: counts by any dimension, and the list of delegates, streamed."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Integer, Select, String, func, select, type_coerce

from eventapp.extensions import db
from eventapp.models import Body, Country, Registration
from eventapp.rules.access import Actor
from eventapp.rules.crosstab import Counts, Represented, long_rows, represented
from eventapp.rules.dimension import Texts
from eventapp.rules.measure import BASES, check_measures
from eventapp.rules.spreadsheet import BYTE_ORDER_MARK, STARTS, csv_lines, csv_text
from eventapp.services import audit, editions, statistics

BATCH: Final = 500
DELEGATE_COLUMNS: Final = (
    "id",
    "reference",
    "state",
    "given_name",
    "family_name",
    "email",
    "phone",
    "country",
    "country_name",
    "organisation",
    "sector",
    "role",
    "language",
    "received_at",
    "is_listed",
)


@dataclass(frozen=True, kw_only=True)
class CountsExport:
    """Counts split by some dimensions, ready to be written in either form with the same names and numbers."""

    counts: Counts
    by: tuple[str, ...]
    measures: tuple[str, ...]
    rows: Sequence[Mapping[str, Any]]
    countries: Mapping[str, Represented]  # by measure

    def document(self, bases: Texts = BASES) -> dict[str, Any]:
        """The JSON form; `bases` says what each measure counts."""
        counts = self.counts
        return {
            "edition": counts.ordinal,
            "taken_at": stamp(counts.taken_at),
            "by": list(self.by),
            "where": {name: list(codes) for name, codes in counts.question.where.items()},
            "with_host_country": counts.question.with_host,
            "host_country": counts.host,
            "measures": {measure: bases[measure] for measure in self.measures},
            "totals": {measure: counts.total.of(measure) for measure in self.measures},
            "countries": {measure: vars(found) for measure, found in self.countries.items()},
            "rows": [dict(row) for row in self.rows],
        }

    def csv(self) -> str:
        """The CSV form: one line for each combination; what holds for all of them stands in the last columns."""
        header = list(self.rows[0]) if self.rows else [*self.by, *self.measures]
        counts = self.counts
        tail = (counts.ordinal, counts.question.with_host, stamp(counts.taken_at))
        return csv_text(
            [*header, "edition", "with_host_country", "taken_at"],
            ([*row.values(), *tail] for row in self.rows),
        )


def stamp(moment: datetime) -> str:
    """A moment as machines read it: UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def export_counts(
    actor: Actor,
    ordinal: int,
    *,
    by: Sequence[str],
    measure: str | None,
    where: statistics.Filters | None = None,
    now: datetime,
    words: Texts,
    language: str = "en",
    with_host: bool = True,
) -> CountsExport:
    """Count an edition split by dimensions; refuses unknown dimensions and measures, and whoever may not look at it."""
    question = statistics.ask(by, where, with_host=with_host)
    counts = statistics.count_of(actor, ordinal, question, now=now)
    measures = check_measures(measure, is_over=counts.is_over)
    rows = long_rows(counts, measures, language=language, words=words)
    return CountsExport(
        counts=counts,
        by=question.by,
        measures=measures,
        rows=rows,
        countries=_countries(actor, counts, measures),
    )


def _countries(actor: Actor, counts: Counts, measures: Sequence[str]) -> dict[str, Represented]:
    """How many countries stand behind each measure, whatever the count is split by."""
    if not {"country", "basis"} <= set(counts.columns):
        asked = replace(counts.question, by=("country", "country_basis"))
        counts = statistics.count_of(actor, counts.ordinal, asked, now=counts.taken_at)
    return {measure: represented(counts, measure) for measure in measures}


def begin_delegates(actor: Actor, ordinal: int, *, now: datetime) -> int:
    """Write down that the list of delegates leaves the house, before its first byte does; gives the edition's number.

    Organisers of the edition only. Commit before `stream_delegates` is read.
    """
    edition = editions.get_edition_to_edit(actor, ordinal)
    audit.record(
        actor,
        "delegates.export",
        now=now,
        subject_type="edition",
        subject_id=edition.id,
        edition_id=edition.id,
        new={"columns": list(DELEGATE_COLUMNS)},
    )
    return edition.id


def stream_delegates(edition_id: int, *, language: str = "en", with_mark: bool = False) -> Iterator[str]:
    """The list of delegates as CSV by batches, from one query of the reading transaction; the erased are left out."""
    yield (BYTE_ORDER_MARK if with_mark else "") + ",".join(DELEGATE_COLUMNS) + "\r\n"
    with _small_cache():
        found = db.session.execute(_delegates(edition_id, language), execution_options={"yield_per": BATCH})
        yield from csv_lines(_harmless_rows(batch) for batch in found.partitions(BATCH))


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


def _names(table: type[Country] | type[Body], key: Any, language: str) -> Any:
    """The names of a whole list in one language, worked out once and not for every delegate."""
    name = func.coalesce(table.names[language].as_string(), table.names["en"].as_string())
    return (
        select(key.label("key"), name.label("name"))
        .cte(f"{table.__tablename__}_name")
        .prefix_with("MATERIALIZED")
    )


def _delegates(edition_id: int, language: str) -> Select[Any]:
    """The columns as the driver gives them: turning 100,000 numbers and moments into objects takes longer than the rest."""
    country, body = _names(Country, Country.code, language), _names(Body, Body.id, language)
    return (
        select(
            type_coerce(Registration.public_id, String),
            Registration.reference,
            Registration.state,
            Registration.given_name,
            Registration.family_name,
            Registration.email,
            Registration.phone,
            Registration.counted_country_code,
            country.c.name,
            func.coalesce(body.c.name, Registration.organisation),
            Registration.sector_code,
            Registration.role,
            Registration.language,
            type_coerce(Registration.submitted_at, String),
            type_coerce(Registration.is_listed, Integer),
        )
        .outerjoin(country, country.c.key == Registration.counted_country_code)
        .outerjoin(body, body.c.key == Registration.body_id)
        .where(Registration.edition_id == edition_id, Registration.erased_at.is_(None))
        .order_by(Registration.submitted_at, Registration.id)
    )


def _identifier(value: object) -> str:
    """A public id with its dashes; SQLite keeps it without."""
    text = str(value)
    return text if "-" in text else f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _received(value: object) -> str:
    """A moment in UTC to the second; SQLite keeps it as text, always in UTC."""
    if isinstance(value, datetime):
        return stamp(value)
    text = str(value)
    return f"{text[:10]}T{text[11:19]}Z"


def _harmless_rows(rows: Sequence[Any]) -> Iterator[Sequence[object]]:
    """The rows with an apostrophe before whatever could start a formula; inlined, since it runs 700,000 times."""
    starts = STARTS
    for (
        number, reference, state, given, family, email, phone, country, country_name, organisation,
        sector, role, language, at, listed,
    ) in rows:  # fmt: skip
        yield (
            _identifier(number),
            reference,
            state,
            "'" + given if given and given[0] in starts else given,
            "'" + family if family and family[0] in starts else family,
            "'" + email if email and email[0] in starts else email,
            "'" + phone if phone and phone[0] in starts else phone,
            country,
            "'" + country_name if country_name and country_name[0] in starts else country_name,
            "'" + organisation if organisation and organisation[0] in starts else organisation,
            "'" + sector if sector[0] in starts else sector,
            role,
            language,
            _received(at),
            "yes" if listed else "no",
        )
