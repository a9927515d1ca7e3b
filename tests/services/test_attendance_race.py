"""Two desks at once: one check-in, and everybody else is told when and where; no error page to anybody."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from eventapp.extensions import db
from eventapp.models import AuditEntry, CheckIn, Registration, User
from eventapp.services import attendance, registrations_erase
from eventapp.web.clock import CLOCK
from eventapp.web.transaction import writing
from tests.engines import ENGINE
from tests.factories.accounts import make_user, sign_in
from tests.factories.attendance import FIRST_MORNING, GUARD, make_check_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.services.racing import Visitor, be_patient, hidden, in_processes, meet, open_app, together

pytestmark = pytest.mark.race
CLIENTS = 8
BASE = "/dashboard/editions/8/check-in"


@pytest.fixture
def people(fresh_app, clock) -> list[str]:
    """The references of four approved people, with an account for each desk and the clock at the first morning."""
    clock.moment = FIRST_MORNING
    with fresh_app.app_context():
        with writing():
            edition = make_edition()
            made = [make_registration(edition, state="approved").reference for _ in range(4)]
            for number in range(CLIENTS):
                make_user(role="organiser", email=f"desk{number}@secretariat.example", name=f"Guard {number}")
        db.session.remove()
    return made


class Desk(Visitor):
    """A desk's browser: signed in, and with a name."""

    def __init__(self, app: Flask, number: int) -> None:
        super().__init__(app, f"10.0.0.{number}")
        with app.app_context():
            wanted = User.email == f"desk{number}@secretariat.example"
            user = db.session.scalars(select(User).where(wanted)).one()
            db.session.expunge(user)
        sign_in(self.client, user)
        self.token = {"csrf_token": hidden(self.get(BASE))["csrf_token"]}
        assert self.post(f"{BASE}/desk", {**self.token, "name": f"Desk {number}"}).status_code == 303

    def press(self, reference: str) -> str:
        """Check somebody in and give the page that comes of it."""
        answer = self.post(f"{BASE}/people/{reference}", self.token)
        assert answer.status_code == 303, answer.text
        return self.get(answer.location)


def race(app, reference: str) -> list[str]:
    desks = [Desk(app, number) for number in range(CLIENTS)]
    return together(CLIENTS, lambda number: desks[number].press(reference))


def count_rows(app) -> tuple[int, int, int]:
    """Valid check-ins, flags, and lines of the history."""
    with app.app_context():
        return (
            db.session.scalar(select(func.count()).select_from(CheckIn).where(CheckIn.undone_at.is_(None))),
            db.session.scalar(
                select(func.count()).select_from(Registration).where(Registration.is_checked_in.is_(True))
            ),
            db.session.scalar(
                select(func.count())
                .select_from(AuditEntry)
                .where(AuditEntry.action == "registration.check_in")
            ),
        )


def test_without_the_index_one_person_comes_in_eight_times(fresh_app, people):
    with fresh_app.app_context(), writing():
        db.session.execute(text("DROP INDEX uq_check_in_person_day"))
    pages = race(fresh_app, people[0])
    assert sum("verdict--in" in page for page in pages) == CLIENTS
    assert count_rows(fresh_app) == (8, 1, 8)


def test_without_the_handling_seven_desks_get_an_error(fresh_app, people, monkeypatch):
    monkeypatch.setattr(attendance, "_insert", lambda made: (db.session.add(made), db.session.flush()))

    def work(number):
        with fresh_app.app_context():
            try:
                with writing():
                    attendance.check_in(GUARD, 8, people[0], now=FIRST_MORNING)
            except IntegrityError:
                return "error"
            finally:
                db.session.remove()
            return "in"

    assert sorted(together(CLIENTS, work)) == ["error"] * 7 + ["in"]


def test_eight_desks_check_the_same_person_in(fresh_app, people):
    pages = race(fresh_app, people[0])
    quickest = next(number for number, page in enumerate(pages) if "verdict--in" in page)
    for number, page in enumerate(pages):
        assert ("verdict--in" if number == quickest else "verdict--again") in page
        assert f"at 09:12, Desk {quickest}, by Guard {quickest}" in page.replace("<bdi>", "").replace(
            "</bdi>", ""
        )
    assert count_rows(fresh_app) == (1, 1, 1)


def test_eight_desks_for_longer(fresh_app, people):
    def work(number):
        desk = Desk(fresh_app, number)
        return [desk.press(reference) for reference in people]

    pages = sum(together(CLIENTS, work), [])
    assert sum("verdict--in" in page for page in pages) == 4
    assert sum("verdict--again" in page for page in pages) == 28
    assert count_rows(fresh_app) == (4, 4, 4)


def check_in_process(url: str, instance: str, number: int, people: list[str], ready, go, results) -> None:
    """Two desks of one process check everybody in; what a process of its own runs."""
    app = open_app(url, instance)
    app.extensions[CLOCK] = lambda: datetime(2027, 6, 8, 6, 12, tzinfo=UTC)
    desks = [Desk(app, 2 * number + one) for one in range(2)]
    ready.release()
    go.wait(30)
    try:
        pages = together(2, lambda one: [desks[one].press(reference) for reference in people])
        results.put(
            [
                "in" if "verdict--in" in page else "again" if "verdict--again" in page else page
                for page in sum(pages, [])
            ]
        )
    except BaseException as failure:
        results.put([repr(failure)])


def test_four_processes_check_the_same_people_in(fresh_app, people):
    settings = fresh_app.config["SETTINGS"]
    place = (settings.database_url, str(settings.instance))
    answers = sum(in_processes(check_in_process, [(*place, number, people) for number in range(4)]), [])
    assert sorted(answers) == ["again"] * 28 + ["in"] * 4
    assert count_rows(fresh_app) == (4, 4, 4)


def at_once(app, *jobs, then=None):
    """Run each job in a thread and a transaction of its own, all let go at the same moment; `then` is called after its commit."""

    def work(number):
        with app.app_context():
            try:
                with writing():
                    jobs[number]()
                (then or {}).get(number, lambda: None)()
            except Exception as error:
                return type(error).__name__
            finally:
                db.session.remove()
            return "done"

    return together(len(jobs), work)


def undo_one_day_while_another_comes(app, reference: str, monkeypatch) -> tuple[int, int]:
    """Both meet after they have looked and before they write, as far as the locks let them; the undo writes last."""
    with app.app_context():
        with writing():
            made = db.session.scalars(select(Registration).where(Registration.reference == reference)).one()
            first = make_check_in(made).id
        db.session.remove()
    barrier, has_come, set_flag = threading.Barrier(2), threading.Event(), attendance._set_flag

    def met(registration, *, is_checked_in):
        meet(barrier)
        if not is_checked_in and not barrier.broken:
            assert has_come.wait(20)
        set_flag(registration, is_checked_in=is_checked_in)

    monkeypatch.setattr(attendance, "_set_flag", met)
    tomorrow = FIRST_MORNING + timedelta(days=1)
    answers = at_once(
        app,
        lambda: attendance.undo(GUARD, 8, first, reason="mistake", now=tomorrow),
        lambda: attendance.check_in(GUARD, 8, reference, now=tomorrow),
        then={1: has_come.set},
    )
    assert answers == ["done", "done"]
    return count_rows(app)[:2]


def test_without_the_lock_the_flag_says_that_nobody_came(fresh_app, people, monkeypatch):
    def unlocked(edition, reference):
        wanted = (Registration.edition_id == edition.id, Registration.reference == reference)
        return db.session.scalars(select(Registration).where(*wanted)).one()

    monkeypatch.setattr(attendance, "_lock", unlocked)
    if ENGINE == "postgresql":
        be_patient(monkeypatch)
    found = undo_one_day_while_another_comes(fresh_app, people[0], monkeypatch)
    assert found == ((1, 0) if ENGINE == "postgresql" else (1, 1))  # SQLite's writers hold the whole database


def test_the_flag_follows_when_one_day_is_undone_while_another_comes(fresh_app, people, monkeypatch):
    assert undo_one_day_while_another_comes(fresh_app, people[0], monkeypatch) == (1, 1)


def test_nobody_is_checked_in_while_they_are_erased(fresh_app, people):
    """Whoever is erased first stays out, whoever came first is erased as one who came: rows and counts agree."""
    answers = at_once(
        fresh_app,
        lambda: registrations_erase.erase(GUARD, 8, people[0], typed=people[0], now=FIRST_MORNING),
        lambda: attendance.check_in(GUARD, 8, people[0], now=FIRST_MORNING),
    )
    assert answers in (["done", "done"], ["done", "Refused"])
    with fresh_app.app_context():
        kept = {bool(row[0]) for row in db.session.execute(text("SELECT is_checked_in FROM erased_count"))}
        came = db.session.scalar(
            select(Registration.is_checked_in).where(Registration.reference == people[0])
        )
    assert kept == {came} == {answers[1] == "done"}
