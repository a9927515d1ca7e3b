"""Several organisers decide at the same moment: never more approved than there are places, nobody told twice."""

import threading
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from eventapp.errors import Conflict
from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage, Registration
from eventapp.rules.access import Actor
from eventapp.services.registrations_decide import decide
from eventapp.web.transaction import writing
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration

ORGANISER = Actor(kind="user", id=1, name="A. Organiser", role="organiser", all_editions=True)


def at_once(app, jobs):
    """Run every job in a thread and a transaction of its own, all let go at the same moment."""
    gate, answers = threading.Barrier(len(jobs)), []

    def run(job):
        with app.app_context():
            gate.wait()
            try:
                with writing():
                    outcome = job()
                answers.append(outcome)
            except Exception as error:
                answers.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def prepare(app, capacity, number):
    with app.app_context():
        with writing():
            edition = make_edition(capacity=capacity)
            made = [make_registration(edition) for _ in range(number)]
            found = edition.ordinal, [one.id for one in made]
        db.session.remove()
    return found


def count(model, *conditions):
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def approve(ordinal, ids, nonce, clock):
    seen = dict.fromkeys(ids, "submitted")
    return lambda: decide(
        ORGANISER, ordinal, "approved", seen, reason="", nonce=nonce, now=clock(), secret="secret"
    )


@pytest.mark.race
def test_eight_organisers_share_the_last_places(fresh_app, clock):
    ordinal, ids = prepare(fresh_app, 10, 24)
    parts = [ids[start : start + 6] for start in range(0, 24, 3)]  # overlapping: most people are picked twice
    answers = at_once(fresh_app, [approve(ordinal, part, uuid4(), clock) for part in parts])
    assert not [one for one in answers if isinstance(one, Exception)]
    with fresh_app.app_context():
        assert count(Registration, Registration.state == "approved") == 10
        assert count(OutboxMessage) == 10
        assert count(AuditEntry, AuditEntry.action == "registration.approve") == 10
    assert sum(len(one.plan.reached) for one in answers) == 10


@pytest.mark.race
def test_the_same_click_eight_times_is_one(fresh_app, clock):
    ordinal, ids = prepare(fresh_app, None, 5)
    nonce = uuid4()
    answers = at_once(fresh_app, [approve(ordinal, ids, nonce, clock) for _ in range(8)])
    assert len([one for one in answers if isinstance(one, Conflict)]) == 7
    with fresh_app.app_context():
        assert count(OutboxMessage) == 5
