"""Alembic, by way of Flask-Migrate. Imported only when it is used: it would take a tenth of a worker's memory."""

from pathlib import Path

from flask import Flask

from eventapp.errors import Refused
from eventapp.extensions import db

DIRECTORY = Path(__file__).resolve().parent.parent.parent / "migrations"


def upgrade(app: Flask, revision: str = "head") -> None:
    """Bring the application's database up to a revision. Inside an application context."""
    import flask_migrate

    if not DIRECTORY.is_dir():
        raise Refused(
            "The migrations are not beside the package: install it from its checkout with `pip install -e .`",
            code="migrations",
        )
    flask_migrate.Migrate(app, db, directory=str(DIRECTORY))
    flask_migrate.upgrade(revision=revision)


def downgrade(app: Flask, revision: str) -> None:
    """Bring the application's database down to a revision; what newer tables held is lost."""
    import flask_migrate

    flask_migrate.Migrate(app, db, directory=str(DIRECTORY))
    flask_migrate.downgrade(revision=revision)
