"""Several organisers save the same record at the same moment: one is first, each of the others is told."""

from collections import Counter

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from eventapp.errors import Stale
from eventapp.extensions import db
from eventapp.models import AuditEntry, FigureClaim, Partnership
from eventapp.rules.access import Actor
from eventapp.services import (
    bodies_parts,
    countries,
    figures,
    programme_rooms,
    regions,
    regions_manage,
    sectors,
    speakers,
    versions,
)
from eventapp.web.transaction import writing
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.programme import make_body, make_room, make_speaker
from tests.services.racing import together
from tests.services.test_decide_race import ORGANISER

pytestmark = pytest.mark.race
CLIENTS = 8
ADMINISTRATOR = Actor(kind="user", id=2, name="Administrator", role="administrator")


def saved(row):
    db.session.add(row)
    db.session.flush()
    return row


def room(edition):
    number, values = make_room(edition).id, {"names": {"en": "Hall"}, "position": 0}
    return lambda place, ordinal: programme_rooms.edit_room(
        ORGANISER, ordinal, number, values | {"capacity": place}, version=1, now=NOW
    )


def speaker(edition):
    del edition
    number, values = make_speaker().id, {"functional_title": "", "organisation": "", "body_id": None}
    return lambda place, ordinal: speakers.edit_speaker(
        ORGANISER, ordinal, number, values | {"name": f"Speaker of {place}"}, version=1, now=NOW
    )


def partnership(edition):
    del edition
    made = saved(Partnership(body_id=make_body().id, kind="key_partner", position=0))
    number, values = made.id, {"body_id": made.body_id, "kind": "key_partner"}
    return lambda place, ordinal: bodies_parts.edit_partnership(
        ORGANISER, number, values | {"since_year": 2000 + place}, version=1, now=NOW
    )


def figure(edition):
    values = {"measure": "participants", "qualifier": "about", "source_url": "", "source_note": "Report"}
    number = saved(FigureClaim(edition_id=edition.id, value=0, **values)).id
    return lambda place, ordinal: figures.edit(
        ORGANISER, ordinal, number, values | {"value": place}, version=1, now=NOW
    )


def country(edition):
    del edition
    values = {"footnote": "", "status": "other", "active_from": None, "active_to": None}
    return lambda place, ordinal: countries.edit(
        ADMINISTRATOR, "NA", values | {"names": {"en": f"Name {place}"}}, version=1, now=NOW
    )


def sector(edition):
    del edition
    return lambda place, ordinal: sectors.edit(
        ADMINISTRATOR, "LE", {"names": {"en": f"Name {place}"}, "is_active": True}, version=1, now=NOW
    )


def region(edition):
    del edition
    number = regions.get_view("m49").regions[0].id
    return lambda place, ordinal: regions_manage.rename_region(
        ADMINISTRATOR, number, {"en": f"Name {place}"}, version=1, now=NOW
    )


def scheme(edition):
    del edition
    return lambda place, ordinal: regions_manage.rename_scheme(
        ADMINISTRATOR, "m49", {"en": f"Name {place}"}, version=1, now=NOW
    )


RECORDS = [room, speaker, partnership, figure, country, sector, region, scheme]


def race(app, make) -> Counter:
    """Everybody saves what they opened at version 1; gives how each of them fared."""
    with app.app_context():
        with writing():
            edition = make_edition()
            ordinal, save = edition.ordinal, make(edition)
        db.session.remove()

    def work(number):
        with app.app_context():
            try:
                with writing():
                    save(number + 1, ordinal)
            except Exception as problem:
                return type(problem)
            finally:
                db.session.remove()
        return None

    return Counter(together(CLIENTS, work))


def count_edits(app) -> int:
    with app.app_context():
        query = select(func.count()).select_from(AuditEntry).where(AuditEntry.action.like("%.edit"))
        return db.session.scalar(query)


@pytest.mark.parametrize("make", RECORDS)
def test_one_of_eight_is_first_and_the_others_are_told(fresh_app, make):
    assert race(fresh_app, make) == {None: 1, Stale: CLIENTS - 1}
    assert count_edits(fresh_app) == 1


@pytest.mark.parametrize("make", RECORDS)
def test_without_the_check_changes_are_lost_unseen_or_end_in_a_plain_error(fresh_app, monkeypatch, make):
    monkeypatch.setattr(versions, "check", lambda record, version: None)
    fared = race(fresh_app, make)
    assert fared[Stale] == 0
    assert fared[None] + fared[StaleDataError] == CLIENTS
