"""The pages of delegations: as quick for 196 bodies with 2,000 people as they are, and no more statements than for 20 bodies."""

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import Engine, event, func, select, update

from benchmarks import prepared, wsgi
from benchmarks.measure import Row, alternate, median, median_ratio
from eventapp.extensions import db
from eventapp.models import Delegation, Edition, FocalPoint, Quota, Registration
from eventapp.rules.listing import read_filter
from eventapp.rules.vouching import QUEUES
from eventapp.services import delegations_assign, links
from eventapp.services.reference import list_countries
from eventapp.services.registrations_list import count_found
from eventapp.web.transaction import writing

BODIES = 196
FEW = 20
PEOPLE = 2_000
BOUND = 3
LEAST = 26  # people in every queue: more than a page holds
QUEUED = [
    *({"queue": word} for word in QUEUES),
    *({"flag": word} for word in ("late", "unlinked")),
    {"state": "waitlisted"},
]
DESK = f"/dashboard/editions/{prepared.ORDINAL}"
EMPTY = f"/dashboard/editions/{prepared.SMALL}"


@dataclass(frozen=True, kw_only=True)
class Place:
    """An installation with its pages by name."""

    app: Flask
    cookie: str
    pages: Mapping[str, str]


def run(folder: Path) -> list[Row]:
    many, few = (_place(folder / str(bodies), bodies) for bodies in (BODIES, FEW))
    grown = _grown(many, few)
    _cpu(many, EMPTY, 3)
    gc.collect()
    gc.freeze()  # as a server does when it begins to serve
    rows = [_compare(many, name) for name in many.pages]
    return [*rows, _queries(grown)]


def _place(folder: Path, bodies: int) -> Place:
    instance = prepared.installation(folder)
    prepared.fill(instance, PEOPLE)
    app = prepared.application(instance)
    return Place(app=app, cookie=f"eventapp={prepared.session_cookie(app)}", pages=_pages(app, bodies))


def _cpu(place: Place, path: str, times: int) -> float:
    return wsgi.cpu(place.app, path, times, HTTP_COOKIE=place.cookie)


def _compare(place: Place, name: str) -> Row:
    mine, plain = alternate(
        9, *(lambda path=path: _cpu(place, path, 3) for path in (place.pages[name], EMPTY))
    )
    return Row(
        name=f"{name}, {BODIES} bodies with {PEOPLE:,} people",
        measured=f"{median(mine) * 1000:.1f} ms CPU",
        yardstick=f"{median(plain) * 1000:.1f} ms, the page of the day of an empty edition",
        value=median_ratio(mine, plain),
        bound=BOUND,
    )


def _grown(many: Place, few: Place) -> Mapping[str, tuple[int, int]]:
    """Statements of each page for few bodies and for many; what is read once in a process was read before."""
    counted = []
    for place in (few, many):
        for path in place.pages.values():
            _cpu(place, path, 2)
        counted.append([_statements(place, path) for path in place.pages.values()])
    return dict(zip(many.pages, zip(*counted, strict=True), strict=True))


def _statements(place: Place, path: str) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        # Whether public content moved is asked once a second, whatever the page.
        if not statement.startswith(("BEGIN", "PRAGMA")) and "FROM content_version" not in statement:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        _cpu(place, path, 1)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen)


def _queries(grown: Mapping[str, tuple[int, int]]) -> Row:
    """The page whose statements grow most with the bodies; none may."""
    more = {name: many - few for name, (few, many) in grown.items()}
    worst = max(more, key=lambda name: abs(more[name]))
    return Row(
        name=f"statements of these pages from {FEW} to {BODIES} bodies, the worst: {worst}",
        measured=f"{grown[worst][1]}",
        yardstick=f"{grown[worst][0]}",
        value=abs(more[worst]),
        bound=0,
        unit="more or less",
        note="; ".join(f"{name} {many}" for name, (_, many) in grown.items()),
    )


def _pages(app: Flask, bodies: int) -> Mapping[str, str]:
    """Represented bodies of every kind of trouble; gives every page of theirs by name."""
    now, secret = datetime.now(UTC), app.config["SETTINGS"].secret_key
    with app.app_context():
        with writing():
            edition = db.session.scalars(select(Edition).where(Edition.ordinal == prepared.ORDINAL)).one()
            edition.approval = "two_steps"
            edition.capacity = PEOPLE
            _bodies(edition, bodies, now)
            _people(edition.id, now)
            delegations_assign.adopt(edition.id)
            _check(edition)
            largest = _largest(edition.id)
            speaker = FocalPoint(
                delegation_id=largest.id, name="A. Focal", email="focal@ministry.example", created_at=now
            )
            db.session.add(speaker)
            db.session.flush()
            link = links.make_link("focal_point", secret=secret, now=now, focal_point_id=speaker.id)
            token, public_id = links.token_of(link, secret), largest.public_id
        db.session.remove()
    found = {
        f"the queue {next(iter(args.values()))}": f"{DESK}/registrations?{urlencode(args)}&sort=received&order=asc"
        for args in QUEUED
    }
    return {
        **found,
        "the page of the day": DESK,
        "possible duplicates": f"{DESK}/duplicates",
        "the list of delegations": f"{DESK}/delegations",
        "one delegation": f"{DESK}/delegations/{public_id}",
        "its credentials": f"{DESK}/delegations/{public_id}/credentials",
        "quotas": f"{DESK}/quotas",
        "the focal point's page": f"/workspace/{token}",
        "the focal point's credentials": f"/workspace/{token}/credentials",
    }


def _bodies(edition: Edition, bodies: int, now: datetime) -> None:
    """Every third has nobody who speaks for it, every fourth owes its papers, every fifth is over its quota."""
    made: list[Delegation] = []
    for number, country in enumerate(list_countries()[:bodies]):
        made.append(
            Delegation(
                edition_id=edition.id,
                country_code=country.code,
                kind="state",
                quota=1 if number % 5 == 0 else 50,
                credentials="missing" if number % 4 == 0 else "accepted",
                sort_name=country.code.lower(),
                created_at=now,
            )
        )
    db.session.add_all(made)
    db.session.flush()
    db.session.add_all(
        FocalPoint(delegation_id=one.id, name="A. Speaker", email="speaker@ministry.example", created_at=now)
        for number, one in enumerate(made)
        if number % 3
    )
    sectors: Sequence[str] = db.session.scalars(
        select(Registration.sector_code).distinct().order_by(Registration.sector_code).limit(5)
    ).all()
    db.session.add_all(
        Quota(edition_id=edition.id, dimension="sector", code=code, places=PEOPLE) for code in sectors
    )


def _people(edition_id: int, now: datetime) -> None:
    """Somebody for every queue: endorsed, waiting, late, of a body that nobody knows; two thirds in the first bodies."""
    mine = Registration.edition_id == edition_id
    first = db.session.scalars(
        select(Delegation.country_code)
        .where(Delegation.edition_id == edition_id)
        .order_by(Delegation.id)
        .limit(FEW)
    ).all()
    changes: list[tuple[Any, dict[str, Any]]] = [
        (Registration.id % 7 == 0, {"state": "submitted"}),
        (Registration.id % 7 == 1, {"state": "endorsed"}),
        (Registration.id % 7 == 2, {"state": "waitlisted", "waitlisted_at": now}),
        (Registration.id % 9 == 0, {"is_late": True}),
        (Registration.represents == "organisation", {"body_id": None}),
    ]
    changes += [
        (
            (Registration.represents == "country") & (Registration.id % (FEW + 10) == number),
            {"country_code": code, "counted_country_code": code},
        )
        for number, code in enumerate(first)
    ]
    for wanted, values in changes:
        db.session.execute(update(Registration).where(mine, wanted).values(**values))
    db.session.expire_all()


def _check(edition: Edition) -> None:
    for args in QUEUED:
        if count_found(edition.id, read_filter(args)) < LEAST:
            raise RuntimeError(f"nobody stands in the queue {args}")


def _largest(edition_id: int) -> Delegation:
    """The delegation with most people."""
    theirs = Registration.delegation_id == Delegation.id
    query = select(Delegation).join(Registration, theirs).where(Delegation.edition_id == edition_id)
    query = query.group_by(Delegation.id).order_by(func.count().desc(), Delegation.id)
    return db.session.scalars(query.limit(1)).one()
