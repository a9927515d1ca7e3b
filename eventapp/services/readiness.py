"""Whether the database can be worked with."""

from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from eventapp.extensions import db


def find_problem() -> str | None:
    """One line that says why the service is not ready, or None."""
    try:
        current = find_revision()
    except SQLAlchemyError:
        db.session.rollback()
        return "the database does not answer"
    return None if current else "the database has no tables yet: run `eventapp migrate`"


def find_revision() -> str | None:
    """The migration at which the database stands; None for one without tables. Asked without Alembic, which is large."""
    if not inspect(db.session.connection()).has_table("alembic_version"):
        return None
    revision: str | None = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
