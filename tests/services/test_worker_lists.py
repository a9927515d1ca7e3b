"""A list that takes long and the mail beside it: letters go out meanwhile, and nothing half made looks whole."""

import threading

import pytest
from sqlalchemy import select

from eventapp import worker
from eventapp.extensions import db
from eventapp.models import ExportJob
from eventapp.rules.access import Actor
from eventapp.rules.listing import Filter
from eventapp.services import exports_delegates, exports_jobs
from eventapp.web import export_jobs
from eventapp.web.transaction import writing
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.services.racing import open_app, processes
from tests.services.test_mail_delivery import fill, states

LONG = 20.0  # seconds within which even a crowded machine sends a letter


class SlowList:
    """Stands in for a list of very many people: it goes on once it is let go."""

    def __init__(self, monkeypatch):
        self.began, self.goes_on = threading.Event(), threading.Event()
        self._real = exports_delegates._batches
        monkeypatch.setattr(exports_delegates, "_batches", self._slow)

    def _slow(self, wanted, told=None):
        for batch in self._real(wanted, told):
            yield batch
            self.began.set()
            assert self.goes_on.wait(LONG)


@pytest.fixture
def slow(monkeypatch):
    made = SlowList(monkeypatch)
    yield made
    made.goes_on.set()


@pytest.fixture
def asked(fresh_app, clock):
    """An application in which somebody waits for a list."""
    with fresh_app.app_context():
        with writing():
            edition = make_edition()
            for country in ("NA", "NO"):
                make_registration(edition, country_code=country)
            user = make_user(role="organiser")
            db.session.flush()
            who = Actor(kind="user", id=user.id, name="Ada", role="organiser", all_editions=True)
            exports_jobs.ask(
                who, 8, form="csv", columns=("reference",), where=Filter(), language="en", now=clock()
            )
        db.session.remove()
    return fresh_app


def list_state(app):
    with app.app_context():
        found = db.session.scalars(select(ExportJob)).one()
        db.session.remove()
    return found.state


def files(app):
    folder = app.config["SETTINGS"].exports
    return sorted(one.name for one in folder.iterdir()) if folder.exists() else []


def comes_true(check, seconds):
    until = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if check():
            return True
        until.wait(0.05)
    return check()


def is_sent(app):
    return states(app)[0][0] != "waiting"


def letter_beside_a_list(app, slow, *, seconds):
    """Whether a letter that is written while a list is being made goes out before the list is ready."""
    running = worker.start_thread(app)
    try:
        assert slow.began.wait(LONG)
        fill(app)
        found = comes_true(lambda: is_sent(app), seconds)
        assert list_state(app) == "running" and not [one for one in files(app) if one.endswith(".csv")]
        slow.goes_on.set()
        assert comes_true(lambda: is_sent(app) and list_state(app) == "ready", LONG)
    finally:
        slow.goes_on.set()
        running.stop()
    return found


def test_in_one_thread_letters_wait_for_the_list(asked, slow, monkeypatch):
    def both(self):
        return worker.deliver(self._app) + worker.make_next(self._app)

    monkeypatch.setattr(worker.Worker, "_deliver", both)
    monkeypatch.setattr(worker.Worker, "_make_list", lambda _: 0)
    assert not letter_beside_a_list(asked, slow, seconds=1.5)


def test_letters_go_out_while_a_list_is_made(asked, slow):
    assert letter_beside_a_list(asked, slow, seconds=LONG)
    assert [one.partition(".")[2] for one in files(asked)] == ["csv", "marks"]


@pytest.mark.parametrize("is_apart", [False, True])
def test_a_list_waits_for_no_search_that_has_a_thread_of_its_own(asked, monkeypatch, is_apart):
    searches, goes_on = threading.Event(), threading.Event()

    def endless(_app):
        searches.set()
        return not goes_on.wait(LONG)

    if not is_apart:
        monkeypatch.setattr(
            worker.Worker, "_make_list", lambda self: endless(self) + worker.make_next(self._app)
        )
    monkeypatch.setattr(worker, "search_next", endless)
    running = worker.start_thread(asked)
    try:
        assert searches.wait(LONG)
        assert comes_true(lambda: list_state(asked) == "ready", LONG if is_apart else 1.5) == is_apart
    finally:
        goes_on.set()
        running.stop()


def test_a_worker_that_stops_leaves_the_list_to_the_next(asked, slow, monkeypatch):
    monkeypatch.setattr(exports_delegates, "BATCH", 1)
    running = worker.start_thread(asked)
    assert slow.began.wait(LONG)
    stopping = threading.Thread(target=running.stop)
    stopping.start()
    assert comes_true(running._stopping.is_set, LONG)
    slow.goes_on.set()
    stopping.join(LONG)
    assert not any(one.is_alive() for one in running._threads)
    assert list_state(asked) == "waiting" and files(asked) == []
    assert export_jobs.make_next(asked) and list_state(asked) == "ready"


def make_until_killed(url, instance, began):
    """Make the list that waits and never come to its end; what a process of its own runs."""
    app = open_app(url, instance)
    real = exports_delegates._batches

    def endless(wanted, told=None):
        for batch in real(wanted, told):
            yield batch
            began.set()
            threading.Event().wait()

    exports_delegates._batches = endless
    export_jobs.make_next(app)


def test_a_worker_that_was_killed_leaves_nothing_that_looks_whole(asked, clock):
    url, instance = asked.config["SETTINGS"].database_url, str(asked.config["SETTINGS"].instance)
    context = processes()
    began = context.Event()
    maker = context.Process(target=make_until_killed, args=(url, instance, began))
    maker.start()
    try:
        assert began.wait(LONG)
    finally:
        maker.kill()
        maker.join()
    assert list_state(asked) == "running"
    left = files(asked)
    assert left and all(one.startswith(".making-") for one in left)
    assert not export_jobs.make_next(asked)
    clock.move(minutes=5)
    assert export_jobs.make_next(asked) and list_state(asked) == "ready"
    made, marks = [one for one in files(asked) if one not in left]
    assert marks == made.replace(".csv", ".marks")
    text = (asked.config["SETTINGS"].exports / made).read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) == 3


@pytest.mark.parametrize("minutes", [4, 5])
def test_whoever_tells_how_far_a_list_is_keeps_it(asked, clock, minutes):
    with asked.app_context():
        with writing():
            order = exports_jobs.lease_next(now=clock())
        clock.move(minutes=4)
        with writing():
            exports_jobs.note_progress(order.job_id, 1, now=clock())
        clock.move(minutes=minutes)
        with writing():
            again = exports_jobs.lease_next(now=clock())
        assert (again is not None) == (minutes == 5)
