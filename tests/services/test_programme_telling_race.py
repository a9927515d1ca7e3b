"""Several organisers press the button at once: everybody is written to once."""

import threading
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from eventapp.errors import Conflict
from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage
from eventapp.services import programme_telling
from eventapp.web.transaction import writing
from tests.engines import SECRET
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.programme import make_session, publish
from tests.services import racing
from tests.services.racing import locks_off
from tests.services.test_capacity_race import at_once
from tests.services.test_programme_publishing import ORGANISER
from tests.services.test_programme_telling import make_delegate

pytestmark = pytest.mark.race
ORGANISERS, PEOPLE = 4, 5


def prepare(app):
    with app.app_context():
        with writing():
            edition = make_edition()
            session = make_session(edition)
            publish(edition)
            for _ in range(PEOPLE):
                make_delegate(edition, session)
            session.starts_at -= timedelta(minutes=30)
            db.session.flush()
            publish(edition)
        db.session.remove()


def meet(monkeypatch):
    """All who have looked whether it was done wait for each other, as far as the lock lets them."""
    barrier, look = threading.Barrier(ORGANISERS), programme_telling.find_people

    def answer(changes, *, told_at):
        found = look(changes, told_at=told_at)
        racing.meet(barrier)
        return found

    monkeypatch.setattr(programme_telling, "find_people", answer)


def race(app):
    """How often each person was written to, and what came of the presses of the button."""

    def press():
        try:
            return programme_telling.tell(ORGANISER, 8, 2, now=NOW, secret=SECRET)
        except Conflict:
            return "told"
        except IntegrityError:
            db.session.rollback()
            return "refused"

    outcomes = Counter(at_once(app, [press] * ORGANISERS))
    with app.app_context():
        written = Counter(db.session.scalars(db.select(OutboxMessage.recipient)))
        told = db.session.scalar(db.select(db.func.count()).where(AuditEntry.action == "programme.tell"))
    assert len(written) == PEOPLE
    return set(written.values()), outcomes, told


def test_without_what_holds_it_people_are_told_again_and_again(fresh_app, monkeypatch):
    prepare(fresh_app)
    meet(monkeypatch)
    monkeypatch.setattr(programme_telling, "message_id", lambda *args: uuid4())
    with locks_off(fresh_app, monkeypatch):
        assert race(fresh_app)[0] == {ORGANISERS}


def test_the_id_of_the_message_alone_keeps_it_to_one(fresh_app, monkeypatch):
    prepare(fresh_app)
    meet(monkeypatch)
    with locks_off(fresh_app, monkeypatch):
        times, outcomes, told = race(fresh_app)
    assert times == {1} and outcomes[PEOPLE] == told == 1


def test_the_lock_lets_the_first_one_tell_and_answers_the_others(fresh_app, monkeypatch):
    prepare(fresh_app)
    meet(monkeypatch)
    assert race(fresh_app) == ({1}, Counter({"told": ORGANISERS - 1, PEOPLE: 1}), 1)
