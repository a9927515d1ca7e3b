"""Several workers at once: everybody is reminded once."""

import threading
from collections import Counter
from uuid import uuid4

import pytest

from eventapp.extensions import db
from eventapp.models import OutboxMessage, ReminderRun
from eventapp.services import reminders
from eventapp.web.reminders import remind_next
from eventapp.web.transaction import writing
from tests.factories.delegations import make_delegation
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.factories.reminders import make_linked_focal_point, make_plan
from tests.services.racing import together

pytestmark = pytest.mark.race
WORKERS = 4
CODES = ("KE", "NA", "NO", "FR", "QA")


def prepare(app) -> None:
    with app.app_context(), writing():
        edition = make_edition(approval="two_steps")
        for code in CODES:
            delegation = make_delegation(edition, country_code=code)
            make_registration(edition, delegation_id=delegation.id)
            make_linked_focal_point(delegation)
        make_plan(edition, endorsement=[16])


def meet_after_looking(monkeypatch) -> None:
    """Let all workers find the same reminder before any of them writes."""
    barrier, look = threading.Barrier(WORKERS), reminders.list_tasks

    def meet(*, now):
        found = look(now=now)
        barrier.wait(10)
        return found

    monkeypatch.setattr(reminders, "list_tasks", meet)


def race(app) -> Counter:
    """How often each focal point was written to."""
    prepare(app)
    written = together(WORKERS, lambda _: remind_next(app))
    with app.app_context():
        found = Counter(db.session.scalars(db.select(OutboxMessage.recipient)))
        assert sum(written) == sum(found.values())
        return found


def test_without_what_holds_it_people_are_reminded_again_and_again(fresh_app, monkeypatch):
    """Whoever has looked writes, remembers nothing, and gives each message an id of its own."""
    meet_after_looking(monkeypatch)
    monkeypatch.setattr(reminders, "_list_runs", lambda edition_id, reminder: [])
    monkeypatch.setattr(reminders, "_note_run", lambda *args, **kwargs: None)
    monkeypatch.setattr(reminders, "message_id", lambda *args: uuid4())
    found = race(fresh_app)
    assert len(found) == len(CODES)
    assert set(found.values()) == {WORKERS}


@pytest.mark.parametrize("held_by", ["run", "message"])
def test_each_constraint_alone_keeps_it_to_one(fresh_app, monkeypatch, held_by):
    """Without the look under the lock, the second worker's transaction is refused as a whole by either constraint."""
    meet_after_looking(monkeypatch)
    monkeypatch.setattr(reminders, "_list_runs", lambda edition_id, reminder: [])
    if held_by == "message":
        monkeypatch.setattr(reminders, "_note_run", lambda *args, **kwargs: None)
    else:
        monkeypatch.setattr(reminders, "message_id", lambda *args: uuid4())
    assert set(race(fresh_app).values()) == {1}


def test_several_workers_at_once_remind_everybody_once(fresh_app, monkeypatch):
    meet_after_looking(monkeypatch)
    found = race(fresh_app)
    assert len(found) == len(CODES)
    assert set(found.values()) == {1}
    with fresh_app.app_context():
        assert [run.messages for run in db.session.scalars(db.select(ReminderRun))] == [len(CODES)]
