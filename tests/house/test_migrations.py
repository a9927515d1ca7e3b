"""Models and migrations agree, CHECK constraints included, and every migration goes up and down."""

import re
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect, text
from sqlalchemy.exc import IntegrityError

from eventapp.adapters.migrations import downgrade, upgrade
from eventapp.extensions import db
from eventapp.models import Edition
from eventapp.models.base import Base
from eventapp.rules.access import SYSTEM
from eventapp.services import audit
from eventapp.services.links import make_link
from tests.factories.attendance import make_check_in
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.programme import make_session
from tests.factories.registrations import make_registration


def test_models_and_tables_agree(fresh_app):
    with fresh_app.app_context(), db.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
        assert not differences
        wanted = {
            (table.name, constraint.name)
            for table in Base.metadata.tables.values()
            for constraint in table.constraints
            if isinstance(constraint, CheckConstraint)
        }
        inspector = inspect(connection)
        found = {
            (table, constraint["name"])
            for table in Base.metadata.tables
            for constraint in inspector.get_check_constraints(table)
        }
        assert wanted == found


def test_words_in_check_constraints_agree(fresh_app):
    with fresh_app.app_context(), db.engine.connect() as connection:
        inspector = inspect(connection)
        for table in Base.metadata.tables.values():
            found = {one["name"]: one["sqltext"] for one in inspector.get_check_constraints(table.name)}
            for constraint in table.constraints:
                if isinstance(constraint, CheckConstraint) and str(constraint.name).endswith("_known"):
                    assert _words(str(constraint.sqltext)) == _words(found[constraint.name]), constraint.name


def _words(text: str) -> set[str]:
    return set(re.findall(r"'([^']*)'", text))


def test_down_to_nothing_and_up_again(fresh_app):
    with fresh_app.app_context():
        downgrade(fresh_app, "base")
        left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
        assert not left
        upgrade(fresh_app)
        assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())


def test_rows_live_through_the_migration_of_versions(fresh_app):
    tables = ("figure_claim", "partnership", "room", "speaker")
    with fresh_app.app_context():
        before = {table: _count(table) for table in tables}
        downgrade(fresh_app, "0002")
        assert {table: _count(table) for table in tables} == before
        assert not any(_has_version(table) for table in tables)
        upgrade(fresh_app)
        with db.engine.connect() as connection:
            versions = connection.execute(text("SELECT DISTINCT version FROM figure_claim")).scalars().all()
    assert before["figure_claim"] and versions == [1]


def test_regions_live_through_the_migration_of_schemes(fresh_app):
    places = "SELECT country_code, region_id FROM country_region ORDER BY 1, 2"
    schemes = "SELECT code, names, position FROM region_scheme ORDER BY position"
    with fresh_app.app_context():
        before = _rows(places), _rows(schemes)
        downgrade(fresh_app, "0004")
        assert _rows(places) == before[0]
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE region SET scheme = 'own' WHERE scheme = 'un_regional_groups'"))
        upgrade(fresh_app)
        after = _rows(schemes)
        assert _rows(places) == before[0] and len(before[0]) > 600
        assert [code for code, _, _ in before[1]] == ["m49", "un_regional_groups"]
        assert after[0] == before[1][0] and after[1][0] == "own" and "own" in str(after[1][1])
        downgrade(fresh_app, "0004")
        upgrade(fresh_app)
        assert _rows(places) == before[0]


def _rows(query: str) -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _count(table: str) -> int:
    with db.engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def _has_version(table: str) -> bool:
    return "version" in {column["name"] for column in inspect(db.engine).get_columns(table)}


def test_people_and_links_live_through_the_migration_of_delegations(fresh_app):
    kept = ("registration", "check_in", "private_link", "audit_entry")
    with fresh_app.app_context():
        edition = make_edition(approval="two_steps")
        came = make_registration(edition, state="approved")
        make_registration(edition, state="endorsed")
        make_registration(edition, state="merged")
        make_check_in(came)
        make_link("registration", secret="s" * 40, now=CLOCK_STANDS_AT, registration_id=came.id)
        db.session.commit()
        db.session.remove()
        before = {table: _count(table) for table in kept}
        assert before["check_in"] == before["private_link"] == 1
        downgrade(fresh_app, "0007")
        assert {table: _count(table) for table in kept} == before
        assert _rows("SELECT state FROM registration ORDER BY id") == [
            ("approved",),
            ("submitted",),
            ("cancelled",),
        ]
        upgrade(fresh_app)
        assert {table: _count(table) for table in kept} == before
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.execute(text("UPDATE registration SET state = 'lost'"))
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.execute(text("UPDATE private_link SET purpose = 'focal_point'"))


def test_a_cancelled_edition_knows_its_day_after_the_migration_of_keeping(fresh_app):
    with fresh_app.app_context():
        cancelled, other = make_edition(state="archived"), make_edition()
        make_registration(cancelled)
        for at in (CLOCK_STANDS_AT - timedelta(days=2), CLOCK_STANDS_AT):
            audit.record(SYSTEM, "edition.cancel", now=at, subject_type="edition", edition_id=cancelled.id)
        ids = cancelled.id, other.id
        db.session.commit()
        db.session.remove()
        downgrade(fresh_app, "0020")
        assert _count("registration") == 1
        upgrade(fresh_app)
        found = [db.session.get_one(Edition, one) for one in ids]
        assert [one.cancelled_on for one in found] == [CLOCK_STANDS_AT.date(), None]
        assert [(one.needs_days, one.record_months) for one in found] == [(7, 18)] * 2
        assert all(one.clocks_set_at is not None for one in found)
        for column in ("needs_days = 0", "record_months = 61"):
            with pytest.raises(IntegrityError), db.engine.begin() as connection:
                connection.execute(text(f"UPDATE edition SET {column}"))


def test_numbers_go_on_through_the_migration_that_gives_them_once(fresh_app):
    """The last session is deleted before and after it: its number is free in SQLite's older table, and never again."""
    with fresh_app.app_context():
        edition = make_edition()
        kept, gone = make_session(edition).id, make_session(edition)
        db.session.delete(gone)
        db.session.commit()
        downgrade(fresh_app, "0021")
        assert _rows("SELECT id FROM programme_session") == [(kept,)]
        upgrade(fresh_app)
        again = make_session(edition)
        number = again.id
        db.session.delete(again)
        db.session.flush()
        assert kept < number < make_session(edition).id
