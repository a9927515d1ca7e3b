"""Counts of an edition that holds a million registrations beside the same bare SQL, of one of usual size, and the page."""

import gc
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from benchmarks import prepared, wsgi
from benchmarks.measure import Row, alternate, median, median_ratio
from eventapp.extensions import db
from eventapp.models import Edition
from eventapp.services import statistics
from eventapp.services.statistics_query import columns_for

MANY = 1_000_000
FEW = 9_999
PAGE = 5_000
ROUNDS = 5
QUESTIONS = (
    ("sector", "country"),
    ("country",),
    ("main_sector", "region"),
    ("role",),
    ("language", "role"),
    ("body_kind",),
    ("body",),
    ("badge_category",),
    ("state",),
    ("day",),
    ("day", "sector"),
)
NAMES = {
    "country": "counted_country_code",
    "sector": "sector_code",
    "basis": "country_basis",
    "body": "body_id",
    "day": "received_on",
}


def run(folder: Path) -> list[Row]:
    instance = prepared.installation(folder)
    begun = time.perf_counter()
    prepared.fill(instance, MANY)
    prepared.fill(instance, FEW, ordinal=prepared.SMALL, start=2 * MANY)
    print(f"  {MANY:,} registrations written in {time.perf_counter() - begun:.0f} s", flush=True)
    app = prepared.application(instance)
    connection = sqlite3.connect(instance / "eventapp.sqlite3", isolation_level=None)
    connection.execute("PRAGMA cache_size=-8000")
    found = {
        (by, people): _compare(app, connection, ordinal, people, by)
        for ordinal, people in ((prepared.ORDINAL, MANY), (prepared.SMALL, FEW))
        for by in QUESTIONS
    }
    rows = [_worst(found), _usual(found, MANY), _slowest_of_few(found), _growth(found)]
    connection.close()
    return [*rows, _pages(folder)]


Pair = tuple[list[float], list[float]]


def _compare(
    app: Flask, connection: sqlite3.Connection, ordinal: int, people: int, by: tuple[str, ...]
) -> Pair:
    """Seconds of the service and of the same grouping through sqlite3, in turn."""
    with app.app_context():
        columns = columns_for(statistics.ask(by))
    names = [NAMES.get(one, one) for one in columns if one != "state"] + ["state"]
    sql = (
        f"SELECT {', '.join(names)}, count(*), count(*) FILTER (WHERE is_checked_in)"
        " FROM registration INDEXED BY ix_registration_count"
        f" WHERE edition_id = (SELECT id FROM edition WHERE ordinal = ?) GROUP BY {', '.join(names)}"
    )
    plan = " ".join(str(row[3]) for row in connection.execute("EXPLAIN QUERY PLAN " + sql, (ordinal,)))
    if "COVERING INDEX ix_registration_count" not in plan:
        raise RuntimeError(f"the covering index is not used: {plan}")
    with app.app_context():
        if (total := _count(app, ordinal, by)[1]) != people:
            raise RuntimeError(f"{total} people counted instead of {people}")
    _bare(connection, sql, ordinal)
    ours, bare = alternate(
        ROUNDS if people == MANY else 30,
        lambda: _count(app, ordinal, by)[0],
        lambda: _bare(connection, sql, ordinal),
    )
    return ours, bare


def _worst(found: dict[tuple[tuple[str, ...], int], Pair]) -> Row:
    """Of all questions the one farthest from its yardstick."""
    ratios = {by: median_ratio(*pair) for (by, people), pair in found.items() if people == MANY}
    by = max(ratios, key=ratios.__getitem__)
    ours, bare = found[by, MANY]
    told = ", ".join(f"{' x '.join(one)} {ratio:.2f}" for one, ratio in ratios.items())
    return Row(
        name=f"any count of {MANY:,}, the worst: {' x '.join(by)}",
        measured=f"{median(ours) * 1000:.0f} ms",
        yardstick=f"{median(bare) * 1000:.0f} ms bare SQL",
        value=ratios[by],
        bound=1.3,
        note=told,
    )


def _usual(found: dict[tuple[tuple[str, ...], int], Pair], people: int) -> Row:
    ours, bare = found[("sector", "country"), people]
    return Row(
        name=f"sector x country of {people:,}",
        measured=f"{median(ours) * 1000:.0f} ms",
        yardstick=f"{median(bare) * 1000:.0f} ms bare SQL",
        value=median_ratio(ours, bare),
        bound=1.3,
    )


def _slowest_of_few(found: dict[tuple[tuple[str, ...], int], Pair]) -> Row:
    times = {by: median(pair[0]) * 1000 for (by, people), pair in found.items() if people == FEW}
    by = max(times, key=times.__getitem__)
    return Row(
        name=f"any count of {FEW:,}, the slowest: {' x '.join(by)}",
        measured=f"{times[by]:.1f} ms",
        yardstick=f"{median(found[by, FEW][1]) * 1000:.1f} ms bare SQL",
        value=times[by],
        bound=10,
        unit="ms",
        note=", ".join(f"{' x '.join(one)} {value:.1f}" for one, value in times.items()),
    )


def _growth(found: dict[tuple[tuple[str, ...], int], Pair]) -> Row:
    """How much faster our time grows with the rows than the bare SQL's, at worst."""
    grown = {}
    for by in QUESTIONS:
        (ours, bare), (few, few_bare) = found[by, MANY], found[by, FEW]
        grown[by] = (median(ours) / median(few)) / (median(bare) / median(few_bare))
    by = max(grown, key=grown.__getitem__)
    return Row(
        name=f"growth from {FEW:,} to {MANY:,}, the worst: {' x '.join(by)}",
        measured=f"{grown[by]:.2f}",
        yardstick="growth of the bare SQL",
        value=grown[by],
        bound=1.2,
    )


def _count(app: Flask, ordinal: int, by: tuple[str, ...]) -> tuple[float, int]:
    with app.app_context():
        edition = db.session.scalar(select(Edition).where(Edition.ordinal == ordinal))
        assert edition is not None
        begun = time.perf_counter()
        found = statistics.count(edition, statistics.ask(by), now=datetime.now(UTC))
        return time.perf_counter() - begun, found.total.received


def _bare(connection: sqlite3.Connection, sql: str, ordinal: int) -> float:
    begun = time.perf_counter()
    connection.execute(sql, (ordinal,)).fetchall()
    return time.perf_counter() - begun


def _pages(folder: Path) -> Row:
    """CPU of the page of counts of an edition with 5,000 delegates beside the page of the day of one without any."""
    instance = prepared.installation(folder / "pages")
    prepared.fill(instance, PAGE)
    app = prepared.application(instance)
    cookie = f"eventapp={prepared.session_cookie(app)}"
    paths = [f"/dashboard/editions/{prepared.ORDINAL}/counts", f"/dashboard/editions/{prepared.SMALL}"]
    for path in paths:
        wsgi.cpu(app, path, 3, HTTP_COOKIE=cookie)
    gc.collect()
    gc.freeze()  # as a server does when it begins to serve
    counts, empty = alternate(
        15, *(lambda path=path: wsgi.cpu(app, path, 4, HTTP_COOKIE=cookie) for path in paths)
    )
    return Row(
        name=f"page of counts with {PAGE:,} delegates",
        measured=f"{median(counts) * 1000:.1f} ms CPU",
        yardstick=f"{median(empty) * 1000:.1f} ms, the page of the day of an empty edition",
        value=median_ratio(counts, empty),
        bound=2,
    )
