"""Whether the database can be worked with."""

from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from eventapp.extensions import db


def find_problem() -> str | None:
    """One line that says why the service is not ready, or None."""
    try:
        db.session.execute(text("SELECT 1"))
        current = MigrationContext.configure(db.session.connection()).get_current_revision()
    except SQLAlchemyError:
        db.session.rollback()
        return "the database does not answer"
    return None if current else "the database has no tables yet: run `eventapp migrate`"
