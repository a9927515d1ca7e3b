"""Bring meetings into a database through the import, as the secretariat would, and count them back."""

from collections import Counter
from collections.abc import Mapping

from flask import Flask
from sqlalchemy import func, select

from eventapp.adapters.tables import read_table
from eventapp.extensions import db
from eventapp.models import Country, Edition, ImportJob, Registration
from eventapp.rules.access import COMMAND
from eventapp.services import imports, statistics
from eventapp.services.demonstration_series import PARTIES, PLACES, Meeting
from eventapp.web.clock import CLOCK
from eventapp.web.import_jobs import work_next
from eventapp.web.import_words import words
from eventapp.web.transaction import writing
from tests.factories.editions import build_edition
from tests.factories.series import held_at, list_of


def bring_in(app: Flask, meeting: Meeting) -> ImportJob:
    """Import everybody of a meeting into an edition of its own; needs an application context."""
    now, folder = held_at(meeting), app.config["SETTINGS"].imports
    app.extensions[CLOCK] = lambda: now
    _, table = read_table(list_of(meeting), folder=folder)
    with writing():
        edition = build_edition(
            ordinal=100 + meeting.number,
            title={"en": meeting.name},
            country_code=PLACES[meeting.city][0],
            approval="open",
            registration_opens_at=None,
            registration_closes_at=None,
        )
        db.session.add(edition)
        db.session.flush()
        scope = imports.scope_of_edition(COMMAND, edition.ordinal)
        job = imports.bring(
            scope, table, words(), file_name=meeting.name, language="en", folder=folder, now=now
        )
        number = job.public_id
    assert work_next(app)
    with writing():
        imports.choose(scope, number, {"all": "add"}, folder=folder)  # all of them are different people
    with writing():
        imports.confirm(scope, number, tells=False, now=now)
    assert work_next(app)
    db.session.rollback()
    return imports.get_job(scope, number)


def counted(meeting: Meeting) -> dict[tuple[str, str, str], int]:
    """(country, basis, sector) -> people, as the product counts them."""
    edition = db.session.scalars(select(Edition).where(Edition.ordinal == 100 + meeting.number)).one()
    question = statistics.ask(("country", "country_basis", "sector"))
    counts = statistics.count(edition, question, now=held_at(meeting))
    return counts.people("approved", "country", "country_basis", "sector")


def counted_categories(meeting: Meeting) -> dict[str, int]:
    """Category -> people: parties have no organisation, everybody else names it."""
    edition = select(Edition.id).where(Edition.ordinal == 100 + meeting.number).scalar_subquery()
    query = select(Registration.organisation, func.count()).where(Registration.edition_id == edition)
    found: Counter[str] = Counter()
    for organisation, people in db.session.execute(query.group_by(Registration.organisation)):
        found[organisation or PARTIES] += people
    return dict(found)


def codes() -> Mapping[str, str]:
    """Three letters -> two."""
    return dict(db.session.execute(select(Country.alpha3, Country.code)).tuples().all())
