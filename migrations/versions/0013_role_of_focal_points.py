"""accounts of focal points: a role that sees the own delegations alone."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

NAME = 'ck_user_account_role_known'
OLD = "role IN ('administrator', 'organiser', 'reader')"
NEW = "role IN ('administrator', 'organiser', 'reader', 'focal_point')"


def _change(old: str, new: str) -> None:
    if op.get_bind().dialect.name != 'sqlite':
        op.drop_constraint(op.f(NAME), 'user_account', type_='check')
        op.create_check_constraint(op.f(NAME), 'user_account', new)
        return
    # SQLite: the constraint is changed where it is written down, as its manual has it for what no row is stored by. A
    # rebuilt table would be emptied first, and with it whatever goes when its rows go.
    connection = op.get_bind()
    connection.exec_driver_sql('PRAGMA writable_schema = ON')
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'user_account'")
    known = connection.execute(query).scalar_one()
    before = f'CONSTRAINT {NAME} CHECK ({old})'
    if known.count(before) != 1:
        raise RuntimeError(f'user_account is not written as expected: {known}')
    change = sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'user_account'")
    connection.execute(change, {'sql': known.replace(before, f'CONSTRAINT {NAME} CHECK ({new})')})
    connection.exec_driver_sql('PRAGMA writable_schema = RESET')
    if connection.exec_driver_sql('PRAGMA quick_check').scalar_one() != 'ok':
        raise RuntimeError('the tables do not read as they should')


def upgrade() -> None:
    _change(OLD, NEW)


def downgrade() -> None:
    # The older tables have no word for it: such an account is closed, and sees as little as one can.
    op.execute("UPDATE user_account SET is_active = false, role = 'reader' WHERE role = 'focal_point'")
    _change(NEW, OLD)
