"""Counts the statements that reach the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """The texts of all statements inside the block, in order; the cache asks for the version when it wants."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(
            ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")
        ) and "FROM content_version" not in statement.replace("\n", " "):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)
