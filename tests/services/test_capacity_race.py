"""The number of places changes while people register and withdraw: nobody overbooked, nobody left waiting beside a free place."""

import threading
from collections import Counter
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from eventapp.extensions import db
from eventapp.models import AuditEntry, Edition, OutboxMessage, Registration
from eventapp.services import (
    editions_manage,
    links,
    quotas,
    registrations,
    registrations_own,
    registrations_places,
)
from eventapp.web.transaction import writing
from tests.engines import SECRET
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.services.racing import locks_off, meet, together
from tests.services.test_decide_race import ORGANISER
from tests.services.test_registrations import details

pytestmark = pytest.mark.race
CLIENTS = 8  # seven who register or withdraw, and the organiser


def prepare(app, *, capacity, approved=0, waiting=0) -> list[str]:
    """An edition with people in it; gives the tokens of those who hold a place."""
    with app.app_context():
        with writing():
            edition = make_edition(approval="open", capacity=capacity)
            holders = [make_registration(edition, state="approved") for _ in range(approved)]
            for _ in range(waiting):
                make_registration(edition, state="waitlisted")
            made = [
                links.make_link("registration", secret=SECRET, now=NOW, registration_id=one.id)
                for one in holders
            ]
            tokens = [links.token_of(one, SECRET) for one in made]
        db.session.remove()
    return tokens


def at_once(app, jobs):
    """Every job in a thread and a transaction of its own."""

    def run(number):
        with app.app_context():
            try:
                with writing():
                    return jobs[number]()
            finally:
                db.session.remove()

    return together(len(jobs), run)


def register(name):
    edition_id = db.session.scalar(select(Edition.id).order_by(Edition.ordinal.desc()).limit(1))
    registrations.submit(
        edition_id, details(family_name=name), nonce=uuid4(), notice_id=None, now=NOW, secret=SECRET
    )


def newcomers(count):
    return [lambda number=number: register(f"N{number}") for number in range(count)]


def set_capacity(places):
    edition = db.session.scalar(select(Edition).order_by(Edition.ordinal.desc()).limit(1))
    values = editions_manage.values_of(edition) | {"capacity": places}
    return editions_manage.edit(ORGANISER, edition.ordinal, values, version=edition.version, now=NOW)


def leave(token):
    return lambda: registrations_own.withdraw(token, now=NOW)


def states(app):
    with app.app_context():
        rows = db.session.execute(select(Registration.state, func.count()).group_by(Registration.state))
        return {row.state: row[1] for row in rows}


def times_moved_up(app):
    """How often each person who moved up was told so, and how often it was written down."""
    with app.app_context():
        told = db.session.scalars(
            select(OutboxMessage.registration_id).where(OutboxMessage.kind == "registration_promoted")
        )
        written = db.session.scalars(
            select(AuditEntry.subject_id).where(AuditEntry.action == "registration.promote")
        )
        return Counter(told), Counter(written)


class Meeting:
    """All who decide by what they have just read wait for each other there, as far as the locks let them."""

    def __init__(self, monkeypatch, parties):
        self.monkeypatch, self.barrier = monkeypatch, threading.Barrier(parties)

    def after(self, module, name, *, call=1):
        """Meet after this function has answered: the first time or a later one."""
        function, calls = getattr(module, name), threading.local()

        def answer(*arguments, **named):
            found = function(*arguments, **named)
            calls.count = getattr(calls, "count", 0) + 1
            if calls.count == call:
                meet(self.barrier)
            return found

        self.monkeypatch.setattr(module, name, answer)


def raise_while_seven_register(app, monkeypatch):
    prepare(app, capacity=2, approved=2, waiting=2)
    meeting = Meeting(monkeypatch, CLIENTS)
    meeting.after(registrations, "places_for_newcomers")
    meeting.after(registrations_places, "_first_in_line")
    at_once(app, [lambda: set_capacity(6), *newcomers(7)])


def test_without_the_locks_people_wait_beside_free_places(fresh_app, monkeypatch):
    with locks_off(fresh_app, monkeypatch):
        raise_while_seven_register(fresh_app, monkeypatch)
    assert states(fresh_app)["approved"] < 6


def test_raising_the_capacity_while_seven_register(fresh_app, monkeypatch):
    raise_while_seven_register(fresh_app, monkeypatch)
    assert states(fresh_app) == {"approved": 6, "waitlisted": 5}
    told, written = times_moved_up(fresh_app)
    assert told == written and set(told.values()) == {1}


def raise_while_seven_withdraw(app, monkeypatch):
    tokens = prepare(app, capacity=7, approved=7, waiting=10)
    meeting = Meeting(monkeypatch, CLIENTS)
    meeting.after(registrations_places, "_first_in_line")
    at_once(app, [lambda: set_capacity(9), *(leave(token) for token in tokens)])


def test_without_the_locks_the_same_person_moves_up_twice(fresh_app, monkeypatch):
    with locks_off(fresh_app, monkeypatch):
        raise_while_seven_withdraw(fresh_app, monkeypatch)
    told, _ = times_moved_up(fresh_app)
    assert max(told.values()) > 1


def test_raising_the_capacity_while_seven_withdraw(fresh_app, monkeypatch):
    raise_while_seven_withdraw(fresh_app, monkeypatch)
    assert states(fresh_app) == {"approved": 9, "waitlisted": 1, "withdrawn": 7}
    told, written = times_moved_up(fresh_app)
    assert told == written and set(told.values()) == {1} and len(told) == 9


def lower_while_seven_register(app, monkeypatch):
    """Gives by how many the organiser was told that more are approved than there are places."""
    prepare(app, capacity=9, approved=2)
    meeting = Meeting(monkeypatch, CLIENTS)
    meeting.after(registrations, "places_for_newcomers")
    meeting.after(quotas, "count_held", call=1)  # the last look before the organiser is told
    return at_once(app, [lambda: set_capacity(3), *newcomers(7)])[0].over_capacity


def test_without_the_locks_more_are_approved_than_the_organiser_is_told(fresh_app, monkeypatch):
    with locks_off(fresh_app, monkeypatch):
        told = lower_while_seven_register(fresh_app, monkeypatch)
    assert states(fresh_app)["approved"] - 3 > told


def test_lowering_the_capacity_while_seven_register(fresh_app, monkeypatch):
    told = lower_while_seven_register(fresh_app, monkeypatch)
    found = states(fresh_app)
    assert found["approved"] >= 3 and found["approved"] - 3 == told
    assert sum(found.values()) == 9


def test_raising_and_lowering_for_longer(fresh_app):
    tokens = prepare(fresh_app, capacity=4, approved=4)

    def change():
        for places in (6, 5, 8):
            with fresh_app.app_context():
                with writing():
                    set_capacity(places)
                db.session.remove()

    def come(number):
        return lambda: at_once(fresh_app, [lambda one=one: register(f"N{number}-{one}") for one in range(3)])

    def go(token):
        return lambda: at_once(fresh_app, [leave(token)])

    jobs = [change, *(come(number) for number in range(4)), *(go(token) for token in tokens[:3])]
    together(CLIENTS, lambda number: jobs[number]())
    assert states(fresh_app) == {"approved": 8, "waitlisted": 5, "withdrawn": 3}
    told, written = times_moved_up(fresh_app)
    assert told == written and set(told.values()) <= {1}
