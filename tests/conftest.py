"""Fixtures of every test: one application and one database per worker, each test rolled back."""

import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jinja2
import pytest
from flask import Flask, has_request_context
from flask_sqlalchemy.session import Session
from hypothesis import HealthCheck, settings
from sqlalchemy import event
from sqlalchemy.orm import scoped_session, sessionmaker

from eventapp import create_app
from eventapp.extensions import WRITE, db, limiter
from eventapp.web.clock import CLOCK
from tests.engines import ENGINE, SERVER, Template, depends_on_engine, settings_for, start_postgresql
from tests.house import templates_seen
from tests.house.audit_seen import watch_for_nameless_fields
from tests.kept import begin_alike
from tests.pages import CheckedClient

_server_folder: Path | None = None
# How long an example may take says how busy the machine is, not whether the rule holds.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """The controlling process starts PostgreSQL once; the workers find its address in their environment."""
    global _server_folder
    if ENGINE == "postgresql" and SERVER not in os.environ:
        _server_folder = Path(tempfile.mkdtemp(prefix="eventapp-pg-"))
        os.environ[SERVER] = start_postgresql(_server_folder)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the second engine nobody is asked again who asks no database; whoever is given more time than others begins.

    The order is random otherwise; a minute's walk that began last would leave every other worker idle.
    """
    if ENGINE != "sqlite":
        left_out = [item for item in items if not depends_on_engine(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if depends_on_engine(item)]
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


def pytest_collection_finish() -> None:
    """What has been imported and collected stays to the end: nobody need look there for garbage, nor so often elsewhere."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _server_folder:
        shutil.rmtree(_server_folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> jinja2.BytecodeCache:
    """Compiled templates, for every application of this run and both workers; templates do not change meanwhile."""
    folder = run_folder(tmp_path_factory) / "compiled"
    folder.mkdir(exist_ok=True)
    return jinja2.FileSystemBytecodeCache(str(folder))


@pytest.fixture(scope="session")
def worker_app(
    template: Template, tmp_path_factory: pytest.TempPathFactory, compiled: jinja2.BytecodeCache
) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("worker")
    app = create_app(settings_for(template.copy(folder), folder / "instance"))
    app.jinja_env.bytecode_cache = compiled
    app.test_client_class = CheckedClient
    app.testing = True
    yield app
    templates_seen.note(app, run_folder(tmp_path_factory))
    with app.app_context():
        db.engine.dispose()


def run_folder(factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this run share."""
    return factory.getbasetemp().parent if os.environ.get("PYTEST_XDIST_WORKER") else factory.getbasetemp()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """After a whole run the controlling process fails if a template was never rendered."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return
    missing = templates_seen.missing(session.config._tmp_path_factory.getbasetemp())
    if missing and exitstatus == 0:
        print(f"\nno test renders: {', '.join(missing)}")
        session.exitstatus = 1


class Clock:
    """The server's clock in tests; stands still until moved."""

    def __init__(self) -> None:
        self.moment = datetime(2027, 4, 14, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **parts: float) -> datetime:
        self.moment += timedelta(**parts)
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


class _BoundSession(Session):
    """A session on the test's one connection, whatever Flask-SQLAlchemy would choose."""

    connection_of_test = None

    def get_bind(self, *args, **kwargs):
        return self.connection_of_test


def watch_for_forgotten_transactions(session_class: type[Session]) -> None:
    """Fail on any change that a request makes outside of its writing transaction: it would be lost."""

    @event.listens_for(session_class, "before_flush")
    def flush(session, *_):
        changed = [
            *session.new,
            *session.deleted,
            *(one for one in session.dirty if session.is_modified(one)),
        ]
        if has_request_context() and changed and not session.info.get(WRITE):
            raise AssertionError(f"changed outside of a writing transaction: {changed}")

    @event.listens_for(session_class, "do_orm_execute")
    def execute(state):
        writes = state.is_insert or state.is_update or state.is_delete
        if has_request_context() and writes and not state.session.info.get(WRITE):
            raise AssertionError(
                f"a statement that writes outside of a writing transaction: {state.statement}"
            )


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """No test reaches further than this machine."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "::1",
            "localhost",
        ):
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)

    socket.socket.connect = guarded
    yield
    socket.socket.connect = connect


@pytest.fixture
def app(worker_app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application inside one outer transaction that is rolled back; commits inside it are savepoints."""
    worker_app.extensions[CLOCK] = clock
    limiter.reset()
    with worker_app.app_context():
        engine = db.engine
    connection = engine.connect().execution_options(**{WRITE: True})
    outer = connection.begin()
    bound = type("BoundSession", (_BoundSession,), {"connection_of_test": connection})
    maker = sessionmaker(class_=bound, db=db, join_transaction_mode="create_savepoint")
    sessions = scoped_session(maker, scopefunc=db.session.registry.scopefunc)
    monkeypatch.setattr(db, "session", sessions)
    watch_for_forgotten_transactions(bound)
    watch_for_nameless_fields(bound)
    worker_app.extensions["eventapp.sign_in_door"].clear()
    cache = worker_app.extensions.get("eventapp.cache")
    if cache is not None:
        cache.clear()
    begin_alike(worker_app)
    try:
        yield worker_app
    finally:
        outer.rollback()  # each application context has already removed its session
        connection.close()


@pytest.fixture
def ctx(app: Flask) -> Iterator[None]:
    """An application context, for tests of services."""
    with app.app_context():
        yield


@pytest.fixture
def client(app: Flask) -> CheckedClient:
    return app.test_client()


@pytest.fixture
def fresh_app(
    template: Template, tmp_path: Path, clock: Clock, compiled: jinja2.BytecodeCache
) -> Iterator[Flask]:
    """An application with a database of its own and real commits, for races, caches and second connections."""
    app = create_app(settings_for(template.copy(tmp_path), tmp_path / "instance"))
    app.jinja_env.bytecode_cache = compiled
    app.test_client_class = CheckedClient
    app.testing = True
    app.extensions[CLOCK] = clock
    limiter.reset()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def no_file_stays(app: Flask) -> Iterator[None]:
    """A file that is made and handed over is gone afterwards; those that wait to be fetched may be another test's."""
    folder = app.config["SETTINGS"].exports
    before = set(folder.glob("*"))
    yield
    assert set(folder.glob("*")) == before
