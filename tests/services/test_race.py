"""Several clients and processes at once: nothing overbooked, nothing lost, no error to anybody."""

import contextlib
import os
import re
import signal
import threading
import time

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage, Registration
from eventapp.services import links, registrations
from eventapp.web import transaction
from tests.engines import SECRET
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.registrations import make_registration
from tests.services.racing import (
    Remote,
    Visitor,
    hidden,
    in_processes,
    locks_off,
    meet,
    open_app,
    processes,
    serve_in_process,
    together,
    write_in_process,
)

pytestmark = pytest.mark.race
CLIENTS = 8


def prepare(app, **values) -> None:
    with app.app_context(), transaction.writing():
        make_edition(**{"approval": "open", **values})


def states(app) -> dict[str, int]:
    with app.app_context():
        rows = db.session.execute(select(Registration.state, func.count()).group_by(Registration.state))
        return {row.state: row[1] for row in rows}


def totals(app) -> tuple[int, int, int]:
    """Registrations, letters and audit rows of arrival."""
    with app.app_context():
        session: Session = db.session
        arrivals = AuditEntry.action == "registration.submit"
        return (
            session.scalar(select(func.count()).select_from(Registration)),
            session.scalar(select(func.count()).select_from(OutboxMessage)),
            session.scalar(select(func.count()).select_from(AuditEntry).where(arrivals)),
        )


@contextlib.contextmanager
def meeting(monkeypatch):
    """Let all clients meet right after they have counted the places, as far as the locks let them."""
    barrier, count = threading.Barrier(CLIENTS), registrations.places_for_newcomers

    def counted(edition):
        free = count(edition)
        meet(barrier)
        return free

    monkeypatch.setattr(registrations, "places_for_newcomers", counted)
    yield


def race_for_places(app):
    visitors = [Visitor(app, f"10.0.0.{number}") for number in range(CLIENTS)]
    reviews = [visitor.review(f"N{number}") for number, visitor in enumerate(visitors)]
    together(CLIENTS, lambda number: visitors[number].confirm(reviews[number]))


def test_without_the_locks_the_last_places_are_overbooked(fresh_app, monkeypatch):
    prepare(fresh_app, capacity=3)
    with meeting(monkeypatch), locks_off(fresh_app, monkeypatch):
        race_for_places(fresh_app)
    assert states(fresh_app)["approved"] > 3


def test_eight_clients_race_for_the_last_places(fresh_app, monkeypatch):
    prepare(fresh_app, capacity=3)
    with meeting(monkeypatch):
        race_for_places(fresh_app)
    assert states(fresh_app) == {"approved": 3, "waitlisted": 5}
    assert totals(fresh_app) == (8, 8, 8)


def test_eight_clients_for_longer(fresh_app):
    prepare(fresh_app, capacity=10)

    def work(number):
        visitor = Visitor(fresh_app, f"10.0.0.{number}")
        return [visitor.confirm(visitor.review(f"N{number}-{one}")) for one in range(5)]

    locations = sum(together(CLIENTS, work), [])
    assert len(set(locations)) == 40
    assert states(fresh_app) == {"approved": 10, "waitlisted": 30}
    assert totals(fresh_app) == (40, 40, 40)
    with fresh_app.app_context():
        line = db.session.scalars(
            select(Registration.id).where(Registration.state == "waitlisted").order_by(Registration.id)
        ).all()
        approved = db.session.scalar(
            select(func.max(Registration.id)).where(Registration.state == "approved")
        )
    assert approved < line[0]  # whoever came first has the place


def test_four_processes_race_for_the_last_places(fresh_app):
    prepare(fresh_app, capacity=7)
    settings = fresh_app.config["SETTINGS"]
    place = (settings.database_url, str(settings.instance))
    answers = in_processes(write_in_process, [(*place, number, 4) for number in range(4)])
    assert [word for word, _ in answers] == ["done"] * 4, answers
    assert len({location for _, found in answers for location in found}) == 32
    assert states(fresh_app) == {"approved": 7, "waitlisted": 25}
    assert totals(fresh_app) == (32, 32, 32)


def test_a_double_click_from_eight_hands(fresh_app):
    prepare(fresh_app, capacity=3)
    visitor = Visitor(fresh_app, "10.0.0.1")
    fields = visitor.review("Twice")
    cookie = visitor.client.get_cookie("eventapp")

    def click(number):
        hand = Visitor(fresh_app, f"10.0.0.{number}")
        hand.client.set_cookie("eventapp", cookie.value)
        return hand.confirm(fields)

    assert len(set(together(CLIENTS, click))) == 1
    assert totals(fresh_app) == (1, 1, 1)


def test_two_withdrawals_at_once_move_two_different_people_up(fresh_app):
    with fresh_app.app_context(), transaction.writing():
        edition = make_edition(approval="open", capacity=2)
        holders = [make_registration(edition, state="approved") for _ in range(2)]
        line = [make_registration(edition, state="waitlisted").id for _ in range(3)]
        tokens = []
        for one in holders:
            made = links.make_link("registration", secret=SECRET, now=CLOCK_STANDS_AT, registration_id=one.id)
            tokens.append(links.token_of(made, SECRET))

    def leave(number):
        visitor = Visitor(fresh_app, f"10.0.0.{number}")
        page = visitor.get(f"/registrations/{tokens[number]}/withdraw")
        answer = visitor.post(f"/registrations/{tokens[number]}/withdraw", hidden(page))
        assert answer.status_code == 303, answer.text

    together(2, leave)
    assert states(fresh_app) == {"approved": 2, "waitlisted": 1, "withdrawn": 2}
    with fresh_app.app_context():
        approved = db.session.scalars(select(Registration.id).where(Registration.state == "approved")).all()
        letters = db.session.scalars(
            select(OutboxMessage.registration_id).where(OutboxMessage.kind == "registration_promoted")
        ).all()
    assert sorted(approved) == sorted(letters) == line[:2]


def test_what_was_confirmed_survives_sigkill(fresh_app):
    prepare(fresh_app, capacity=20)
    settings = fresh_app.config["SETTINGS"]
    context = processes()
    address = context.Queue()
    server = context.Process(
        target=serve_in_process, args=(settings.database_url, str(settings.instance), address), daemon=True
    )
    server.start()
    port, confirmed, stop = address.get(timeout=60), [], threading.Event()

    def load(number):
        browser = Remote(port, f"127.0.1.{number + 1}")
        for one in range(50):
            if stop.is_set():
                return
            try:
                confirmed.append(browser.register(f"N{number}-{one}"))
            except (OSError, KeyError, ValueError):
                return  # the server has gone
            except Exception:
                if not stop.is_set():
                    raise

    def kill(limit=60.0):
        until = time.monotonic() + limit
        while len(confirmed) < 24 and time.monotonic() < until:
            time.sleep(0.005)
        stop.set()
        os.kill(server.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    together(CLIENTS, load, timeout=90)
    killer.join(30)
    server.join(10)
    assert server.exitcode == -signal.SIGKILL
    assert len(confirmed) >= 24
    again = open_app(settings.database_url, str(settings.instance))
    with again.app_context():
        for path in confirmed:
            token = re.fullmatch(r"/registrations/([^/]+)/confirmed", path)[1]
            link = links.find_link(token, "registration", now=CLOCK_STANDS_AT)
            assert link is not None, path
            assert db.session.get(Registration, link.registration_id) is not None
        db.session.remove()
        db.engine.dispose()
    registered, letters, entries = totals(fresh_app)
    assert registered == letters == entries >= len(confirmed)
    assert states(fresh_app)["approved"] == 20


def test_writers_go_in_the_order_in_which_they_came():
    gate, order, threads = transaction.WriterGate(), [], []

    def write(number):
        with gate:
            order.append(number)

    with gate:
        for number in range(6):
            threads.append(threading.Thread(target=write, args=(number,), daemon=True))
            threads[-1].start()
            while len(gate._waiting) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join(5)
    assert order == list(range(6))
    assert not gate._busy


def test_a_writer_that_fails_hands_the_gate_on():
    gate = transaction.WriterGate()
    for _ in range(2):
        with pytest.raises(RuntimeError), gate:
            raise RuntimeError
    assert not gate._busy
