"""The pages of a focal point, among 196 bodies with 2,000 registrations, beside the page of the day of an empty edition."""

import gc
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from benchmarks import prepared, wsgi
from benchmarks.measure import Row, alternate, median, median_ratio
from eventapp.extensions import db
from eventapp.models import Delegation, Edition, FocalPoint, Registration
from eventapp.services import delegations_assign, links
from eventapp.services.reference import list_countries
from eventapp.web.transaction import writing

BODIES = 196
PEOPLE = 2_000
BOUND = 3


def run(folder: Path) -> list[Row]:
    instance = prepared.installation(folder)
    prepared.fill(instance, PEOPLE)
    app = prepared.application(instance)
    token, people = _delegations(app)
    cookie = f"eventapp={prepared.session_cookie(app)}"
    empty = f"/dashboard/editions/{prepared.SMALL}"
    pages = {
        f"a delegation's page, {people} people": f"/workspace/{token}",
        "the form for one of a delegation": f"/workspace/{token}/register",
        "a delegation's invitations": f"/workspace/{token}/invitations",
    }
    for path in (empty, *pages.values()):
        wsgi.cpu(app, path, 3, HTTP_COOKIE=cookie)
    gc.collect()
    gc.freeze()  # as a server does when it begins to serve
    return [_compare(app, name, path, empty, cookie) for name, path in pages.items()]


def _compare(app: Flask, name: str, path: str, empty: str, cookie: str) -> Row:
    mine, plain = alternate(
        15, *(lambda one=one: wsgi.cpu(app, one, 4, HTTP_COOKIE=cookie) for one in (path, empty))
    )
    return Row(
        name=name,
        measured=f"{median(mine) * 1000:.1f} ms CPU",
        yardstick=f"{median(plain) * 1000:.1f} ms, the page of the day of an empty edition",
        value=median_ratio(mine, plain),
        bound=BOUND,
    )


def _delegations(app: Flask) -> tuple[str, int]:
    """A delegation for each of the countries; gives the link into the largest, and how many it has."""
    now, secret = datetime.now(UTC), app.config["SETTINGS"].secret_key
    with app.app_context():
        with writing():
            edition = db.session.scalars(select(Edition).where(Edition.ordinal == prepared.ORDINAL)).one()
            edition.approval = "two_steps"
            for country in list_countries()[:BODIES]:
                db.session.add(
                    Delegation(
                        edition_id=edition.id,
                        country_code=country.code,
                        kind="state",
                        quota=50,
                        sort_name=country.code.lower(),
                        created_at=now,
                    )
                )
            delegations_assign.adopt(edition.id)
            size = func.count(Registration.id)
            query = select(Registration.delegation_id, size).where(Registration.delegation_id.is_not(None))
            number, people = db.session.execute(
                query.group_by(Registration.delegation_id).order_by(size.desc()).limit(1)
            ).one()
            speaker = FocalPoint(
                delegation_id=number, name="A. Focal", email="focal@ministry.example", created_at=now
            )
            db.session.add(speaker)
            db.session.flush()
            link = links.make_link("focal_point", secret=secret, now=now, focal_point_id=speaker.id)
            token = links.token_of(link, secret)
        db.session.remove()
    return token, people
