"""A demonstration edition that is made up from beginning to end, and marked as such on every page."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from eventapp.extensions import db
from eventapp.models import (
    Body,
    Edition,
    EditionBody,
    PrivacyNotice,
    User,
)
from eventapp.rules.access import Actor
from eventapp.rules.publication import Plan
from eventapp.rules.text import sort_key
from eventapp.services import (
    audit,
    demonstration_delegates,
    demonstration_delegations,
    demonstration_documents,
    demonstration_programme,
    programme_publishing,
    publications,
    reminders,
)
from eventapp.services.demonstration_documents import Files

ORDINAL: Final = 8
DATA: Final = Path(__file__).resolve().parent.parent / "data" / "demonstration.json"
OPENED_DAYS_AGO: Final = 44
CLOSES_IN_DAYS: Final = 16
STARTS_IN_DAYS: Final = 55
TUESDAY: Final = 1
# Days before registration closes on which people are reminded; none of them is today.
REMINDED: Final = {"endorsement": [10, 3], "credentials": [14, 5], "speaker": [12]}


def find_demonstration() -> Edition | None:
    """The demonstration edition, if it is there."""
    return db.session.scalar(select(Edition).where(Edition.is_demonstration).limit(1))


@contextmanager
def placed(folders: Mapping[str, Path], *, now: datetime) -> Iterator[Files]:
    """The files of the demonstration, put into their folders for `make`; gone again if the block raises."""
    data = _read()["edition"]
    year = _first_day(data, now).year
    with demonstration_documents.placed(folders, data["title"], year=year, now=now) as files:
        yield files


def make(
    actor: Actor, accounts: Mapping[str, str], *, now: datetime, secret: str, files: Files | None = None
) -> None:
    """Make edition, bodies, programme, privacy notice, delegates and one account per role (role -> password hash).

    For the demonstration's own database only. Registration is open at `now`; the delegates come from a fixed seed.
    Documents and pictures come with their `files`.
    """
    data = _read()
    edition = _make_edition(data["edition"], now)
    bodies = _make_bodies(edition, data["bodies"])
    demonstration_programme.make(edition, data, now=now)
    programme_publishing.publish_first(edition, now=now)
    notice = _make_notice(data["privacy_notice"], now)
    make_accounts(accounts, now)
    audit.record(
        actor,
        "demonstration.make",
        now=now,
        subject_type="edition",
        subject_id=edition.id,
        edition_id=edition.id,
    )
    demonstration_delegates.make(edition, data, bodies=bodies, notice_id=notice.id, now=now, secret=secret)
    demonstration_delegations.make(edition, data, now=now, secret=secret)
    demonstration_programme.sign_up(edition, now=now)
    demonstration_programme.invite(edition, now=now)
    if files:
        demonstration_documents.make(actor, edition, files, now=now)
    reminders.save_plan(actor, edition.ordinal, REMINDED, version=reminders.NEW, now=now)
    _publish_figures(actor, edition, now)


def _read() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return found


def _publish_figures(actor: Actor, edition: Edition, now: datetime) -> None:
    """The counts of this day on the public page, as an organiser would publish them."""
    plan = Plan(measures=("registered", "approved"), sectors="both", without_host=True)
    seen = publications.preview(actor, edition.ordinal, plan, now=now)
    nonce = uuid5(edition.public_id, "figures")
    publications.publish(actor, edition.ordinal, seen, digest=seen.digest, nonce=nonce, now=now)


def _first_day(data: Mapping[str, Any], now: datetime) -> date:
    """A Tuesday some weeks from now."""
    soon = now.astimezone(ZoneInfo(data["time_zone"])).date() + timedelta(days=STARTS_IN_DAYS)
    return soon + timedelta(days=(TUESDAY - soon.weekday()) % 7)


def _make_edition(data: Mapping[str, Any], now: datetime) -> Edition:
    """The edition, some weeks from now, with registration open around today."""
    zone, starts_on = ZoneInfo(data["time_zone"]), _first_day(data, now)
    today = now.astimezone(zone).date()

    def at(day: date, moment: time) -> datetime:
        return datetime.combine(day, moment, zone)

    edition = Edition(
        **data,
        ordinal=ORDINAL,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=2),
        date_precision="day",
        registration_opens_at=at(today - timedelta(days=OPENED_DAYS_AGO), time(9)),
        registration_closes_at=at(today + timedelta(days=CLOSES_IN_DAYS), time(23, 59, 59)),
        changes_close_at=at(starts_on - timedelta(days=7), time(23, 59, 59)),
        state="published",
        is_demonstration=True,
        created_at=now,
        updated_at=now,
    )
    db.session.add(edition)
    db.session.flush()
    return edition


def _make_bodies(edition: Edition, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Body]:
    made = {}
    for position, row in enumerate(rows):
        values = {key: value for key, value in row.items() if key != "role"}
        body = Body(**values, sort_name=sort_key(row["names"]["en"]))
        db.session.add(body)
        db.session.flush()
        db.session.add(
            EditionBody(edition_id=edition.id, body_id=body.id, role=row["role"], position=position)
        )
        made[row["names"]["en"]] = body
    return made


def _make_notice(text: Mapping[str, str], now: datetime) -> PrivacyNotice:
    """The notice in force; a made-up one is published where there is none."""
    published = select(PrivacyNotice).where(PrivacyNotice.published_at.is_not(None))
    notice = db.session.scalar(published.order_by(PrivacyNotice.number.desc()).limit(1))
    if notice is None:
        number = (db.session.scalar(select(func.max(PrivacyNotice.number))) or 0) + 1
        notice = PrivacyNotice(number=number, text=dict(text), created_at=now, published_at=now)
        db.session.add(notice)
        db.session.flush()
    return notice


def make_accounts(hashes: Mapping[str, str], now: datetime) -> None:
    """One account for each role; for a database of its own only."""
    for role, hashed in hashes.items():
        db.session.add(
            User(
                email=address_of(role),
                name=f"Demonstration {role}",
                password_hash=hashed,
                role=role,
                all_editions=True,
                created_at=now,
            )
        )
    db.session.flush()


def address_of(role: str) -> str:
    """The address with which the demonstration's account of a role signs in."""
    return f"{role}@example.org"
