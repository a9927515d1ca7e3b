"""Finding somebody at the door among 10,000 registrations, beside the same search as bare SQL."""

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
from eventapp.services.attendance_find import find_people

MANY = 10_000
ROUNDS = 15
SEARCHES = ("wan", "wanjiru 0012", "organisation 12", "nobody")
ONE = """(sort_name LIKE :w OR reference = '' OR lower(badge_name) LIKE :w OR lower(organisation) LIKE :w
OR organisation LIKE :w OR body_id IN (SELECT id FROM body WHERE sort_name LIKE :w OR lower(acronym) LIKE :w))"""
BARE = """
SELECT * FROM registration
WHERE edition_id = (SELECT id FROM edition WHERE ordinal = :ordinal) AND erased_at IS NULL AND {words}
ORDER BY CASE WHEN sort_name LIKE :first THEN 1 ELSE 2 END, sort_name, state <> 'approved', id LIMIT 21
"""


def run(folder: Path) -> list[Row]:
    instance = prepared.installation(folder)
    prepared.fill(instance, MANY)
    connection = sqlite3.connect(instance / "eventapp.sqlite3", isolation_level=None)
    # The desk works on the days of the edition only.
    connection.execute("UPDATE edition SET starts_on = date('now'), ends_on = date('now', '+1 day')")
    connection.execute("PRAGMA cache_size=-8000")
    app = prepared.application(instance)
    if (found := _find(app, SEARCHES[0])[1]) != (bare := _bare(connection, SEARCHES[0])[1]):
        raise RuntimeError(f"{found} found instead of {bare}")
    ours, theirs = alternate(
        ROUNDS,
        lambda: sum(_find(app, search)[0] for search in SEARCHES),
        lambda: sum(_bare(connection, search)[0] for search in SEARCHES),
    )
    connection.close()
    answers = [_ask(app, search) for _ in range(5) for search in SEARCHES]
    return [
        Row(
            name="four searches at the door",
            measured=f"{median(ours) * 1000:.1f} ms",
            yardstick=f"{median(theirs) * 1000:.1f} ms bare SQL",
            value=median_ratio(ours, theirs),
            bound=2,
            note=f"{MANY:,} registrations; one answer as the browser gets it: {median(answers) * 1000:.0f} ms",
        )
    ]


def _find(app: Flask, search: str) -> tuple[float, int]:
    with app.app_context():
        edition = db.session.scalars(select(Edition).where(Edition.ordinal == prepared.ORDINAL)).one()
        begun = time.perf_counter()
        found = find_people(edition, search, today=datetime.now(UTC).date(), countries={})
        return time.perf_counter() - begun, len(found.people) + found.is_cut


def _bare(connection: sqlite3.Connection, search: str) -> tuple[float, int]:
    words = search.split()
    query = BARE.format(words=" AND ".join(ONE.replace(":w", f":w{place}") for place in range(len(words))))
    values = {f"w{place}": f"%{word}%" for place, word in enumerate(words)}
    begun = time.perf_counter()
    rows = connection.execute(
        query, {"ordinal": prepared.ORDINAL, "first": f"{words[0]}%", **values}
    ).fetchall()
    return time.perf_counter() - begun, len(rows)


def _ask(app: Flask, search: str) -> float:
    cookie = f"eventapp={prepared.session_cookie(app)}"
    path = f"/dashboard/editions/{prepared.ORDINAL}/check-in"
    begun = time.perf_counter()
    status, _ = wsgi.ask(
        app, path, QUERY_STRING=f"q={search.replace(' ', '+')}", HTTP_COOKIE=cookie, HTTP_HX_TARGET="found"
    )
    if status != 200:
        raise RuntimeError(f"the desk: {status}")
    return time.perf_counter() - begun
