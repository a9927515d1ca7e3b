"""Sends what the outbox holds, makes lists, looks for duplicates: threads in the embedded default, a process of its own elsewhere.

Several may run at once, in one process or in many: each message and each list is leased by one of them at a time.
"""

import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session

from eventapp.adapters import journal as log
from eventapp.adapters import kept_mail
from eventapp.adapters.smtp import MailServer, NotSent
from eventapp.config import Settings
from eventapp.extensions import db
from eventapp.models import DuplicateSearch, ExportJob, ImportJob, OutboxMessage
from eventapp.rules.access import SYSTEM
from eventapp.rules.mail import wire_address
from eventapp.services import agenda_sign_up, mail_delivery
from eventapp.services.mail_delivery import Lease
from eventapp.web import clock, mail_render
from eventapp.web.duplicate_search import search_next
from eventapp.web.export_jobs import make_next
from eventapp.web.forgetting import forget_next
from eventapp.web.import_jobs import work_next
from eventapp.web.reminders import remind_next
from eventapp.web.transaction import writing

BATCH: Final = 20
# Beside the pages fewer letters are in memory at once: each holds 90 kB from the lease until it is sent.
BATCH_BESIDE_PAGES: Final = 8
POLL_SECONDS: Final = 5.0
AFTER_FAILURE_SECONDS: Final = 10.0
GATHER_SECONDS: Final = 0.3  # what is written in a burst goes out together
# In a process that also serves pages a batch is followed by a rest of three times its computing time.
REST: Final = 3.0

_mail_due, _list_due, _search_due = threading.Event(), threading.Event(), threading.Event()
_import_due = threading.Event()
_WRITTEN = "eventapp.mail_written"


def wake() -> None:
    """Let the threads of this process look now whether something waits."""
    _mail_due.set()
    _list_due.set()
    _search_due.set()
    _import_due.set()


@event.listens_for(Session, "after_flush")
def _notice_new(session: Session, _context: object) -> None:
    for kind, due in ((OutboxMessage, _mail_due), (ExportJob, _list_due)):
        if any(isinstance(one, kind) for one in session.new):
            session.info.setdefault(_WRITTEN, set()).add(due)
    if any(
        isinstance(one, DuplicateSearch) for one in (*session.new, *session.dirty)
    ):  # one row, asked for again
        session.info.setdefault(_WRITTEN, set()).add(_search_due)
    # A list that was brought is looked at, and written once somebody has confirmed it.
    if any(isinstance(one, ImportJob) for one in (*session.new, *session.dirty)):
        session.info.setdefault(_WRITTEN, set()).add(_import_due)


@event.listens_for(Session, "do_orm_execute")
def _notice_many(state: ORMExecuteState) -> None:
    if state.is_insert and state.bind_mapper is not None and state.bind_mapper.class_ is OutboxMessage:
        state.session.info.setdefault(_WRITTEN, set()).add(_mail_due)


@event.listens_for(Session, "after_commit")
def _notice_commit(session: Session) -> None:
    for due in session.info.pop(_WRITTEN, ()):
        due.set()


@dataclass(frozen=True)
class _Ready:
    """A letter that is ready to go, without any record of the database."""

    number: int
    name: str
    recipient: str
    content: EmailMessage


def deliver(app: Flask, *, limit: int = BATCH) -> int:
    """One step: lease what is due, send it, note what became of it. Gives how many messages were taken."""
    with app.app_context():
        settings: Settings = app.config["SETTINGS"]
        if not mail_delivery.has_due(now=clock.now()):
            return 0
        with writing():
            lease = mail_delivery.lease_due(now=clock.now(), limit=limit)
        if not lease.numbers:
            return 0
        ready = _make_ready(lease, settings)
        db.session.rollback()  # the reading transaction ends before anything goes over the network
        if settings.smtp_url:
            _send(lease, ready, settings)
        else:
            _keep(lease, ready, settings)
        return len(lease.numbers)


def _make_ready(lease: Lease, settings: Settings) -> list[_Ready]:
    """Write every letter; one that cannot be written fails alone."""
    ready, broken = [], []
    for outgoing in mail_delivery.list_leased(lease):
        message = outgoing.message
        name = f"{message.created_at:%Y%m%dT%H%M%S}-{message.public_id}"
        try:
            letter = mail_render.render(outgoing, now=clock.now())
            content = mail_render.mime(outgoing, letter, settings, message.created_at)
        except SQLAlchemyError:
            raise  # the database is away: the lease runs out and all are tried again
        except Exception as error:  # whatever is wrong with one message, the others go out
            log.exception("a message could not be written", message=str(message.public_id))
            broken.append((message.id, f"{type(error).__name__} while it was written"))
            continue
        ready.append(_Ready(message.id, name, wire_address(message.recipient), content))
    for number, problem in broken:
        _note_failure(lease, number, problem, permanent=False)
    return ready


def _send(lease: Lease, ready: list[_Ready], settings: Settings) -> None:
    with MailServer(settings.smtp_url) as server:
        for one in ready:
            if clock.now() >= lease.until:
                return  # too slow: the rest is somebody else's by now
            try:
                server.send(one.content, sender=wire_address(settings.mail_from), recipient=one.recipient)
            except NotSent as problem:
                _note_failure(lease, one.number, str(problem), permanent=problem.permanent)
            except ValueError as problem:  # an address or header that the mail library refuses
                _note_failure(lease, one.number, f"not a valid message: {problem}", permanent=True)
            else:
                with writing():
                    mail_delivery.note_sent(lease, one.number, now=clock.now())


def _keep(lease: Lease, ready: list[_Ready], settings: Settings) -> None:
    for one in ready:
        kept_mail.keep(settings.kept_mail, one.name, one.content.as_bytes())
    with writing():
        mail_delivery.note_kept(lease, [one.number for one in ready], now=clock.now())


def _note_failure(lease: Lease, number: int, problem: str, *, permanent: bool) -> None:
    chance = random.random()  # noqa: S311 - spreads repeats, guards nothing
    with writing():
        again = mail_delivery.note_failure(
            lease, number, problem, permanent=permanent, now=clock.now(), chance=chance
        )
    log.warning("a message was not sent", number=number, problem=problem, again_at=str(again))


def seat_next(app: Flask) -> int:
    """One step: seats of sessions that came free without anybody giving one up go to the first in line."""
    with app.app_context():
        numbers = agenda_sign_up.list_unsettled(clock.now())
        db.session.rollback()
        seated = 0
        for number in numbers:
            with writing():
                seated += agenda_sign_up.settle_one(number, actor=SYSTEM, now=clock.now())
        return seated


class Worker:
    """Works until it is told to stop; survives whatever the database or the mail server does.

    Mail, lists, searches and imports have a thread each: a list or a search of 100,000 people takes long, no letter waits for one of
    them, and nobody who watches how far a list is waits for a search.
    """

    def __init__(self, app: Flask, *, rest: float = 0.0) -> None:
        self._app = app
        self._rest = rest
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Run in threads of this process."""
        parts = {
            "mail": (self._deliver, _mail_due),
            "lists": (self._make_list, _list_due),
            "searches": (self._search, _search_due),
            "imports": (self._import, _import_due),
        }
        for name, part in parts.items():
            thread = threading.Thread(target=self._run, args=part, name=f"eventapp-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, timeout: float = 30.0) -> None:
        """Finish the batch at hand and end; a list that is half made is left to whoever comes next."""
        self._stopping.set()
        wake()
        until = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _deliver(self) -> int:
        limit = BATCH_BESIDE_PAGES if self._rest else BATCH
        taken = deliver(self._app, limit=limit) + remind_next(self._app) + seat_next(self._app)
        return taken + forget_next(self._app)

    def _make_list(self) -> int:
        return make_next(self._app, is_stopping=self._stopping.is_set)

    def _search(self) -> int:
        return search_next(self._app)

    def _import(self) -> int:
        return work_next(self._app)

    def _run(self, step: Callable[[], int], due: threading.Event) -> None:
        """Do what is due, then wait for more or a few seconds."""
        while not self._stopping.is_set():
            began = time.thread_time()
            try:
                taken = step()
            except Exception:  # a database that is away comes back
                log.exception("what waits could not be worked on")
                self._stopping.wait(AFTER_FAILURE_SECONDS)
                continue
            if taken:
                self._stopping.wait(self._rest * (time.thread_time() - began))
            elif due.wait(POLL_SECONDS):
                due.clear()
                self._stopping.wait(GATHER_SECONDS)


def start_thread(app: Flask) -> Worker:
    """Start the worker beside the pages of this process; its mail takes a quarter of a core at most."""
    worker = Worker(app, rest=REST)
    worker.start()
    return worker


def run_worker(app: Flask) -> None:
    """The process `eventapp worker`: delivers until SIGTERM or SIGINT, and finishes the batch at hand."""
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(
        signal.SIG_BLOCK, ends
    )  # this thread waits for them, the worker's are never interrupted
    worker = Worker(app)
    worker.start()
    log.info("the worker is running", smtp=bool(app.config["SETTINGS"].smtp_url))
    signal.sigwait(ends)
    worker.stop()
