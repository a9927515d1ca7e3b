"""The objects that hold connections and configuration; wired to the application in create_app."""

import sqlite3
from typing import Any

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

from eventapp.models.base import Base

WRITE = "eventapp_write"  # execution option: this transaction is going to write

db = SQLAlchemy(model_class=Base)
csrf = CSRFProtect()
login = LoginManager()
babel = Babel()
limiter = Limiter(key_func=get_remote_address, headers_enabled=False)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver must not begin transactions by itself: its own "IMMEDIATE" mode begins too late and overbooks.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "cache_size=-2000",  # kB of each connection: whatever was read through once would stay there
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get(WRITE)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")


def _sqlite_hint(_compiler: object, _table: object, text: str | None) -> str | None:
    """SQLAlchemy hands hints for a table to the dialect, and SQLite's forgets them: INDEXED BY stands behind the name."""
    return text


SQLiteCompiler.get_from_hint_text = _sqlite_hint  # type: ignore[method-assign, assignment]  # the place SQLAlchemy has for it
