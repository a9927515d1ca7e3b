"""delegates who wait for an endorsement are reminded too."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

CHECK = 'ck_reminder_run_reminder_known'
BEFORE = "reminder IN ('endorsement', 'credentials', 'invitation')"
AFTER = "reminder IN ('endorsement', 'credentials', 'invitation', 'waiting')"


def _change(before: str, after: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name != 'sqlite':
        op.drop_constraint(op.f(CHECK), 'reminder_run', type_='check')
        op.create_check_constraint(op.f(CHECK), 'reminder_run', after)
        return
    # Where it is written down, as SQLite's manual has it for what no row is stored by.
    connection.exec_driver_sql('PRAGMA writable_schema = ON')
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'reminder_run'")
    known = connection.execute(query).scalar_one()
    if known.count(before) != 1:
        raise RuntimeError(f'reminder_run is not written as expected: {known}')
    change = sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'reminder_run'")
    connection.execute(change, {'sql': known.replace(before, after)})
    connection.exec_driver_sql('PRAGMA writable_schema = RESET')
    if connection.exec_driver_sql('PRAGMA quick_check').scalar_one() != 'ok':
        raise RuntimeError('the tables do not read as they should')


def upgrade() -> None:
    _change(BEFORE, AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM reminder_run WHERE reminder = 'waiting'")
    _change(AFTER, BEFORE)
