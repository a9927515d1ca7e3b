"""Several workers at once: what is due goes once, and is written down once."""

import threading
from collections import Counter

import pytest
from sqlalchemy import func, select

from eventapp.extensions import db
from eventapp.models import AuditEntry, Edition, ErasedCount, Registration
from eventapp.services import keeping_erase
from eventapp.web import forgetting
from eventapp.web.transaction import writing
from tests.factories.registrations import make_registration
from tests.services import racing
from tests.services.test_keeping import ended

pytestmark = pytest.mark.race
WORKERS, PEOPLE = 4, 3


def prepare(app) -> int:
    with app.app_context(), writing():
        edition = ended(600)
        for _ in range(PEOPLE):
            make_registration(edition)
        # Counts of the erased that are there already: the workers meet at people, not at these rows.
        for dimension, code in (("body", ""), ("language", "en")):
            db.session.add(
                ErasedCount(
                    edition_id=edition.id, dimension=dimension, code=code, state="submitted", is_checked_in=False, people=1
                )
            )  # fmt: skip
        return edition.id


def meet(monkeypatch) -> None:
    """All who have read whom to erase wait for each other, as far as the lock lets them."""
    barrier, look = threading.Barrier(WORKERS), keeping_erase._list_ids

    def answer(kind, edition, *wanted):
        found = look(kind, edition, *wanted)
        if kind == "registrations":
            racing.meet(barrier)
        return found

    monkeypatch.setattr(keeping_erase, "_list_ids", answer)


def race(app) -> tuple[Counter, int]:
    """How often each person was erased, and how many runs say that they erased somebody."""
    prepare(app)
    racing.together(WORKERS, lambda _: forgetting.forget_next(app))
    with app.app_context():
        query = select(AuditEntry.subject_id).where(AuditEntry.action == "registration.erase")
        found = Counter(db.session.scalars(query))
        runs = select(func.count()).where(AuditEntry.action == "edition.forget_record")
        assert not db.session.scalar(select(func.count()).where(Registration.erased_at.is_(None)))
        return found, db.session.scalar(runs)


def test_without_the_lock_everybody_is_erased_again_and_again(fresh_app, monkeypatch):
    """How many come through is chance: of those who write a count of the erased for the first time, the table takes one."""
    meet(monkeypatch)
    with racing.locks_off(fresh_app, monkeypatch):
        found, runs = race(fresh_app)
    assert len(found) == PEOPLE and set(found.values()) == {runs} and runs > 1


def test_of_several_workers_one_erases(fresh_app, monkeypatch):
    meet(monkeypatch)
    found, runs = race(fresh_app)
    assert len(found) == PEOPLE and set(found.values()) == {1} and runs == 1
    with fresh_app.app_context():
        assert {one.people for one in db.session.scalars(select(ErasedCount))} == {1 + PEOPLE}


def test_an_edition_that_fails_stops_no_other(fresh_app, monkeypatch):
    with fresh_app.app_context(), writing():
        bad = ended(600).id
        people = [make_registration(one).id for one in (db.session.get_one(Edition, bad), ended(600))]
    work = keeping_erase.erase

    def fail(task, *, now):
        if task.edition_id == bad:
            raise RuntimeError("the disk is full")
        return work(task, now=now)

    monkeypatch.setattr(keeping_erase, "erase", fail)
    assert [forgetting.forget_next(fresh_app) for _ in range(2)] == [1, 0]
    with fresh_app.app_context():
        assert [db.session.get_one(Registration, one).erased_at is None for one in people] == [True, False]
