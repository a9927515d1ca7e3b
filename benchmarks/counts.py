"""Counts of one edition that holds a million registrations beside the same bare SQL, and of an edition of usual size."""

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

MANY = 1_000_000
FEW = 9_999
ROUNDS = 9
BARE = """
SELECT sector_code, counted_country_code, country_basis, state, count(*) FROM registration
WHERE edition_id = (SELECT id FROM edition WHERE ordinal = ?)
GROUP BY sector_code, counted_country_code, country_basis, state
"""


def run(folder: Path) -> list[Row]:
    instance = prepared.installation(folder)
    begun = time.perf_counter()
    prepared.fill(instance, MANY)
    prepared.fill(instance, FEW, ordinal=prepared.SMALL, start=2 * MANY)
    print(f"  {MANY:,} registrations written in {time.perf_counter() - begun:.0f} s", flush=True)
    app = prepared.application(instance)
    connection = sqlite3.connect(instance / "eventapp.sqlite3", isolation_level=None)
    connection.execute("PRAGMA cache_size=-8000")
    plan = " ".join(
        str(row[3]) for row in connection.execute("EXPLAIN QUERY PLAN " + BARE, (prepared.ORDINAL,))
    )
    if "COVERING INDEX ix_registration_count" not in plan:
        raise RuntimeError(f"the covering index is not used: {plan}")
    rows = []
    for ordinal, people in ((prepared.ORDINAL, MANY), (prepared.SMALL, FEW)):
        if (found := _total(app, ordinal)) != people:
            raise RuntimeError(f"{found} people counted instead of {people}")
        _bare(connection, ordinal)
        ours, bare = alternate(
            ROUNDS if people == MANY else 30,
            lambda ordinal=ordinal: _count(app, ordinal),
            lambda ordinal=ordinal: _bare(connection, ordinal),
        )
        page = median([_page(app, ordinal) for _ in range(5)])
        small = people == FEW
        rows.append(
            Row(
                name=f"counts of {people:,} registrations",
                measured=f"{median(ours) * 1000:.1f} ms",
                yardstick=f"{median(bare) * 1000:.1f} ms bare SQL",
                value=median(ours) * 1000 if small else median_ratio(ours, bare),
                bound=10 if small else 1.3,
                unit="ms" if small else "x",
                note=f"the whole page of counts: {page * 1000:.0f} ms",
            )
        )
    connection.close()
    return rows


def _total(app: Flask, ordinal: int) -> int:
    with app.app_context():
        edition = db.session.scalar(select(Edition).where(Edition.ordinal == ordinal))
        assert edition is not None
        return sum(cell.people for cell in statistics.count(edition, now=datetime.now(UTC)).cells)


def _count(app: Flask, ordinal: int) -> float:
    with app.app_context():
        edition = db.session.scalar(select(Edition).where(Edition.ordinal == ordinal))
        assert edition is not None
        begun = time.perf_counter()
        statistics.count(edition, now=datetime.now(UTC))
        return time.perf_counter() - begun


def _bare(connection: sqlite3.Connection, ordinal: int) -> float:
    begun = time.perf_counter()
    connection.execute(BARE, (ordinal,)).fetchall()
    return time.perf_counter() - begun


def _page(app: Flask, ordinal: int) -> float:
    cookie = f"eventapp={prepared.session_cookie(app)}"
    begun = time.perf_counter()
    status, _ = wsgi.ask(app, f"/dashboard/editions/{ordinal}/counts", HTTP_COOKIE=cookie)
    if status != 200:
        raise RuntimeError(f"the page of counts: {status}")
    return time.perf_counter() - begun
