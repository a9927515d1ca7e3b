"""Runs the migrations with the application's engine, on SQLite and on PostgreSQL."""

from alembic import context
from flask import current_app

from eventapp.models.base import Instant, JSONDocument

db = current_app.extensions["migrate"].db


def render_item(kind, item, autogen_context):
    """Write our own column types in plain SQLAlchemy, so that a migration never changes with the code."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSONDocument):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run() -> None:
    """Each migration in a transaction; SQLite alters tables by copying them."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            render_item=render_item,
            compare_type=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
