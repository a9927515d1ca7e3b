"""The search for possible duplicates among 5,000 people, as the worker makes it: how long it takes, and whom it finds."""

import os
import random
import time
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import select, update

from benchmarks import prepared, wsgi
from benchmarks.measure import Row, alternate, median, median_ratio
from benchmarks.server import _status
from eventapp.extensions import db
from eventapp.models import Country, DuplicatePair, DuplicateSearch, Edition, Registration, Sector
from eventapp.rules.access import SYSTEM
from eventapp.services import audit
from eventapp.web.duplicate_search import search_next
from eventapp.web.transaction import writing
from tests.rules.written_twice import make_people

PEOPLE = 5_000
PLANTED = 250
SECONDS = 5
FOUND = 0.95


def run(folder: Path) -> list[Row]:
    people, planted = make_people(random.Random(5), PEOPLE, PLANTED)
    app = prepared.application(prepared.installation(folder))
    numbers = _register(app, people)
    before = _status(os.getpid(), "VmRSS")
    whole = _search(app)
    grown = _status(os.getpid(), "VmRSS") - before
    found = _pairs(app)
    hits = sum(frozenset(numbers[one] for one in pair) in found for pair in planted)
    _rename(app, numbers[-1])
    one = _search(app)
    pages = _pages(app)
    return [
        Row(
            name=f"possible duplicates among {PEOPLE:,} people",
            measured=f"{whole:.2f} s",
            value=whole,
            bound=SECONDS,
            unit="s",
            note=f"{len(found):,} pairs of {PEOPLE * (PEOPLE - 1) // 2:,}, read, compared and written by the worker's step",
        ),
        Row(
            name="one who came in later, among them",
            measured=f"{one:.2f} s",
            value=one,
            unit="s",
            note=f"the worker's own memory grew by {grown:.1f} MB: a process of its own compares",
        ),
        Row(
            name="the queue of duplicates, 25 of its pairs",
            measured=f"{median(pages[0]) * 1000:.1f} ms CPU",
            yardstick=f"{median(pages[1]) * 1000:.1f} ms, the page of the day",
            value=median_ratio(pages[0], pages[1]),
            bound=3,
            note=f"a comparison of two takes {median(pages[2]) * 1000:.1f} ms",
        ),
        Row(
            name="people written twice that are found",
            measured=f"{hits} of {PLANTED}",
            value=hits / PLANTED,
            bound=FOUND,
            at_least=True,
            unit="",
            note="another order, script, spelling, gap or particle, two letters swapped; the parts in different languages alike",
        ),
    ]


def _register(app: Flask, people: list[dict[str, str]]) -> list[int]:
    """Write the people into the open edition; gives their numbers in order."""
    with app.app_context():
        with writing():
            edition = db.session.scalars(select(Edition).where(Edition.ordinal == prepared.ORDINAL)).one()
            sector = db.session.scalars(select(Sector.code).limit(1)).one()
            codes = db.session.scalars(select(Country.code).order_by(Country.code)).all()
            made = [_registration(edition, sector, codes, one, n) for n, one in enumerate(people)]
            db.session.add_all(made)
            db.session.flush()
            numbers = [one.id for one in made]
        db.session.remove()
    return numbers


def _registration(edition: Edition, sector: str, codes, person: dict[str, str], number: int) -> Registration:
    country = codes[int(person["body"].partition(":")[2]) % len(codes)]
    return Registration(
        edition_id=edition.id,
        reference=f"B{number:08}",
        state="submitted",
        sort_name=person["family_name"].casefold(),
        represents="country",
        country_code=country,
        counted_country_code=country,
        country_basis="state",
        sector_code=sector,
        role="delegate",
        submitted_at=edition.created_at,
        received_on=edition.created_at.date(),
        **{name: person[name] for name in ("given_name", "family_name", "email", "phone")},
    )


def _search(app: Flask) -> float:
    with app.app_context(), writing():
        db.session.execute(update(DuplicateSearch).values(finished_at=datetime(2020, 1, 1, tzinfo=UTC)))
    begun = time.perf_counter()
    if not search_next(app):
        raise RuntimeError("there was nothing to search")
    return time.perf_counter() - begun


def _pairs(app: Flask) -> set[frozenset[int]]:
    with app.app_context():
        rows = db.session.execute(select(DuplicatePair.first_id, DuplicatePair.second_id)).all()
        db.session.remove()
    if len(rows) < PLANTED:
        raise RuntimeError(f"only {len(rows)} pairs")
    return {frozenset(row) for row in rows}


def _pages(app: Flask) -> list[list[float]]:
    """CPU of the queue, of the page of the day, and of a comparison."""
    with app.app_context():
        pair = db.session.scalar(select(DuplicatePair.id).limit(1))
        db.session.remove()
    desk, cookie = f"/dashboard/editions/{prepared.ORDINAL}", f"eventapp={prepared.session_cookie(app)}"
    paths = (f"{desk}/duplicates", desk, f"{desk}/duplicates/{pair}")
    for path in paths:
        wsgi.cpu(app, path, 3, HTTP_COOKIE=cookie)
    return alternate(15, *(lambda path=path: wsgi.cpu(app, path, 4, HTTP_COOKIE=cookie) for path in paths))


def _rename(app: Flask, number: int) -> None:
    with app.app_context(), writing():
        edition_id = db.session.get_one(Registration, number).edition_id
        audit.record(
            SYSTEM,
            "registration.change",
            now=datetime.now(UTC),
            subject_type="registration",
            subject_id=number,
            edition_id=edition_id,
        )
