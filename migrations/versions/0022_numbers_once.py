"""what has a number in an address keeps it for itself: a page of what was deleted never leads to what was made later."""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

TABLES = ('programme_document', 'programme_session', 'room', 'speaker', 'track')


def _write(before: str, after: str) -> None:
    """SQLite: give numbers once, or again, where that is written down; PostgreSQL gives them once by itself.

    No row is stored by it, so that its manual allows it; a rebuilt table would be emptied first, and whatever hangs on it.
    """
    connection = op.get_bind()
    if connection.dialect.name != 'sqlite':
        return
    # The table in which SQLite keeps the last numbers is made with the first table that asks for it, and stays.
    connection.exec_driver_sql('CREATE TABLE numbers_once (id INTEGER PRIMARY KEY AUTOINCREMENT)')
    connection.exec_driver_sql('DROP TABLE numbers_once')
    connection.exec_driver_sql('PRAGMA writable_schema = ON')
    for table in TABLES:
        query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
        known = connection.execute(query, {'name': table}).scalar_one()
        key = f'CONSTRAINT pk_{table} PRIMARY KEY '
        if known.count(f'{key}{before}') != 1:
            raise RuntimeError(f'{table} is not written as expected: {known}')
        change = sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name")
        written = known.replace(f'{key}{before}', f'{key}{after}')
        connection.execute(change, {'sql': written, 'name': table})
    connection.exec_driver_sql('PRAGMA writable_schema = RESET')
    if connection.exec_driver_sql('PRAGMA quick_check').scalar_one() != 'ok':
        raise RuntimeError('the tables do not read as they should')


def upgrade() -> None:
    _write('(id)', '(id AUTOINCREMENT)')


def downgrade() -> None:
    _write('(id AUTOINCREMENT)', '(id)')
