"""The rows of a PostgreSQL database as JSON lines and back, with nothing but SQL: no pg_dump has to be there."""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from eventapp.errors import Refused
from eventapp.extensions import db

BATCH: Final = 500
_VERSION: Final = "alembic_version"


def dump(target: Path) -> None:
    """Write every row of every table as it stood at one moment; a line is [table, row]."""
    engine = db.engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection, target.open("w", encoding="utf-8") as file:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        for table in list_tables(connection):
            name = json.dumps(table)
            rows = connection.execution_options(yield_per=BATCH).execute(
                text(f'SELECT to_jsonb(t)::text FROM "{table}" t ORDER BY t')  # noqa: S608 - names of our own tables
            )
            for (row,) in rows:
                file.write(f"[{name}, {row}]\n")


def list_tables(connection: Connection) -> list[str]:
    """Our tables, each after those it refers to."""
    found = inspect(connection).get_sorted_table_and_fkc_names()
    return [name for name, _ in found if name and name != _VERSION]


def load(source: Path) -> None:
    """Put the rows in place of whatever the tables hold, in the transaction of the caller."""
    connection = db.session.connection()
    tables = list_tables(connection)
    connection.execute(text("TRUNCATE " + ", ".join(f'"{table}"' for table in tables) + " RESTART IDENTITY"))
    refers_to_itself = {
        table
        for table in tables
        if any(key["referred_table"] == table for key in inspect(connection).get_foreign_keys(table))
    }
    for table, lines in groupby(_lines(source), key=lambda line: line[0]):
        if table not in tables:
            raise Refused("This backup holds a table that is not known: %(name)s.", code="backup", name=table)
        rows = (row for _, row in lines)
        # Rows of one statement are checked against each other at its end: the order inside does not matter.
        parts: Iterable[Iterable[object]] = [rows] if table in refers_to_itself else _batches(rows)
        for part in parts:
            connection.execute(
                text(
                    f'INSERT INTO "{table}" SELECT * FROM jsonb_populate_recordset(NULL::"{table}", CAST(:rows AS jsonb))'  # noqa: S608
                ),
                {"rows": json.dumps(list(part))},
            )
    _continue_sequences(connection, tables)


def _lines(source: Path) -> Iterator[tuple[str, object]]:
    with source.open(encoding="utf-8") as file:
        for line in file:
            table, row = json.loads(line)
            yield table, row


def _batches(rows: Iterator[object]) -> Iterator[list[object]]:
    while part := list(islice(rows, BATCH)):
        yield part


def _continue_sequences(connection: Connection, tables: list[str]) -> None:
    """Let numbers go on after the highest one."""
    for table in tables:
        for column in inspect(connection).get_columns(table):
            if column["name"] == "id" and (column.get("autoincrement") or column.get("identity")):
                sequence = connection.scalar(
                    text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": f'"{table}"'}
                )
                if sequence:
                    connection.execute(
                        text(
                            f"SELECT setval('{sequence}', (SELECT COALESCE(MAX(id), 0) + 1 FROM \"{table}\"), false)"  # noqa: S608
                        )
                    )
