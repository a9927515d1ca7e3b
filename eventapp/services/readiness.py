"""Whether the database can be worked with."""

import re
from functools import cache

from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from eventapp.adapters.migrations import DIRECTORY
from eventapp.extensions import db


def find_problem() -> str | None:
    """One line that says why the service is not ready, or None."""
    try:
        current = find_revision()
    except SQLAlchemyError:
        db.session.rollback()
        return "the database does not answer"
    if current is None:
        return "the database has no tables yet: run `eventapp migrate`"
    if current != newest_revision():
        return "the database does not stand at the newest migration: run `eventapp migrate`"
    return None


@cache
def newest_revision() -> str | None:
    """The migration that no other one follows, read from the files without Alembic."""
    return min(known_revisions() - _named("down_revision"), default=None)


@cache
def known_revisions() -> frozenset[str]:
    """Every migration of this version of the product."""
    return _named("revision")


def _named(name: str) -> frozenset[str]:
    texts = [path.read_text(encoding="utf-8") for path in (DIRECTORY / "versions").glob("*.py")]
    pattern = re.compile(rf"^{name} = ['\"](\w+)['\"]", re.MULTILINE)
    return frozenset(found for text in texts for found in pattern.findall(text))


def find_revision() -> str | None:
    """The migration at which the database stands; None for one without tables. Asked without Alembic, which is large."""
    if not inspect(db.session.connection()).has_table("alembic_version"):
        return None
    revision: str | None = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
