"""Clients and processes for the race tests: plain, quick, and importable by a process of its own."""

import contextlib
import http.client
import multiprocessing
import re
import sys
import threading
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.serving import make_server

from eventapp import create_app, extensions
from eventapp.extensions import db
from eventapp.models import Edition
from eventapp.services import (
    duplicates,
    editions,
    keeping_erase,
    programme_telling,
    quotas_manage,
    registrations,
    registrations_decide,
    registrations_enter,
    registrations_own,
    versions,
    workspace,
    workspace_access,
    workspace_invitations,
)
from eventapp.web import transaction
from eventapp.web.clock import CLOCK
from tests.engines import settings_for

ANSWERS = {
    "represents": "country",
    "country": "NG",
    "sector": "LE-POL",
    "given_name": "Joy",
    "functional_title": "Officer",
    "email": "joy@police.example",
    "language": "en",
    "role": "delegate",
    "privacy": "1",
}
PATH = "/editions/8/register"


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of a page."""
    return {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html)
    }


class Visitor:
    """One delegate's browser, without the checks of pages."""

    def __init__(self, app: Flask, address: str) -> None:
        self.client = FlaskClient(app)
        self.origin = {"REMOTE_ADDR": address}

    def get(self, path: str) -> str:
        page = self.client.get(path, environ_base=self.origin)
        assert page.status_code == 200, page.text
        return page.text

    def post(self, path: str, data: dict[str, str]):
        return self.client.post(path, data=data, environ_base=self.origin)

    def review(self, name: str) -> dict[str, str]:
        """Go as far as the review page and give what its button would send."""
        form = hidden(self.get(PATH))
        page = self.post(PATH, {**ANSWERS, **form, "family_name": name})
        assert page.status_code == 200, page.text
        return hidden(page.text)

    def confirm(self, fields: dict[str, str]) -> str:
        """Press the button; gives the address of the confirmation."""
        answer = self.post(PATH, fields)
        assert answer.status_code == 303, answer.text
        return answer.location


PATIENCE = 1.0  # seconds; whoever holds a lock meets nobody, and soon goes on alone


def meet(barrier: threading.Barrier) -> None:
    """Wait for the others, as far as the locks let them come."""
    with contextlib.suppress(threading.BrokenBarrierError):
        barrier.wait(PATIENCE)


def be_patient(monkeypatch) -> None:
    """With the locks off everybody comes, however busy the machine is: the race is shown and not left to chance."""
    monkeypatch.setattr(sys.modules[__name__], "PATIENCE", 20.0)


def together(count: int, work, *, timeout: float = 30) -> list:
    """Run work(number) in as many threads, begun at the same moment; gives results or raises the first failure."""
    barrier, results, failures = threading.Barrier(count), [None] * count, []

    def run(number: int) -> None:
        try:
            barrier.wait(10)
            results[number] = work(number)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout)
    if failures:
        raise failures[0]
    assert not any(thread.is_alive() for thread in threads), "a client hangs"
    return results


def processes() -> multiprocessing.context.BaseContext:
    """Processes of their own, forked from one that has imported everything and nothing more: an import takes a second."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "tests.services.racing_quotas"])
    return context


def in_processes(target, sets: list[tuple], *, timeout: float = 60) -> list:
    """Run target(*set, ready, go, results) in a process for each set, all let go together; gives what each has put in."""
    context = processes()
    ready, go, results = context.Semaphore(0), context.Event(), context.Queue()
    writers = [context.Process(target=target, args=(*one, ready, go, results), daemon=True) for one in sets]
    for writer in writers:
        writer.start()
    try:
        for _ in writers:
            assert ready.acquire(timeout=timeout)
        go.set()
        return [results.get(timeout=timeout) for _ in writers]
    finally:
        for writer in writers:
            writer.join(5)
            writer.kill()


def open_app(url: str, instance: str) -> Flask:
    """The application in a process of its own, with the clock of the tests."""
    app = create_app(settings_for(url, Path(instance)))
    app.testing = True
    app.extensions[CLOCK] = lambda: datetime(2027, 4, 14, 12, tzinfo=UTC)
    return app


def write_in_process(url: str, instance: str, number: int, count: int, ready, go, results) -> None:
    """Register some people, two at a time; what a process of its own runs."""
    app = open_app(url, instance)
    ready.release()
    go.wait(30)

    def work(thread: int) -> list[str]:
        visitor = Visitor(app, f"10.0.{number}.{thread}")
        return [visitor.confirm(visitor.review(f"P{number}T{thread}N{one}")) for one in range(count)]

    try:
        results.put(("done", sum(together(2, work), [])))
    except BaseException as failure:
        results.put(("failed", repr(failure)))


def serve_in_process(url: str, instance: str, address) -> None:
    """Serve until killed; what a process of its own runs."""
    server = make_server("127.0.0.1", 0, open_app(url, instance), threaded=True)
    address.put(server.port)
    server.serve_forever()


class Remote:
    """A delegate's browser over a real connection, from an address of its own."""

    def __init__(self, port: int, source: str) -> None:
        self.port, self.source, self.cookie = port, source, ""

    def ask(self, method: str, path: str, data: dict[str, str] | None = None):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=30, source_address=(self.source, 0)
        )
        headers = {"Cookie": self.cookie} if self.cookie else {}
        body = urlencode(data) if data else None
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        self.cookie = (answer.getheader("Set-Cookie") or self.cookie).partition(";")[0]
        location = answer.getheader("Location") or ""
        connection.close()
        return answer.status, urlsplit(location).path, text

    def register(self, name: str) -> str:
        """The whole journey; gives the path of the confirmation."""
        form = hidden(self.ask("GET", PATH)[2])
        review = hidden(self.ask("POST", PATH, {**ANSWERS, **form, "family_name": name})[2])
        status, location, text = self.ask("POST", PATH, review)
        assert status == 303, text
        return location


LOCKING = (
    duplicates,
    editions,
    keeping_erase,
    programme_telling,
    quotas_manage,
    registrations,
    registrations_decide,
    registrations_enter,
    registrations_own,
    workspace,
    workspace_access,
    workspace_invitations,
)


@contextlib.contextmanager
def locks_off(app, monkeypatch):
    """For tests only: no lock on the edition or on a record, no writing transaction, no queue of writers."""
    be_patient(monkeypatch)
    for module in LOCKING:
        monkeypatch.setattr(module, "lock_edition", lambda number: db.session.get(Edition, number))
    monkeypatch.setattr(versions, "check", lambda record, version: None)
    monkeypatch.setattr(transaction, "_gate", transaction._open)
    with app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
    if is_sqlite:
        event.remove(Engine, "begin", extensions._begin_sqlite)
    try:
        yield
    finally:
        if is_sqlite:
            event.listen(Engine, "begin", extensions._begin_sqlite)
