"""speakers answer by themselves: why they do not come, whether they have said anything about the public page, reminders."""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

# Table, constraint, the words so far, the words from now on.
CHECKS = (
    ('audit_entry', 'actor_kind', ('user', 'delegate', 'focal_point', 'command', 'system'),
     ('user', 'delegate', 'focal_point', 'speaker', 'command', 'system')),
    ('reminder_run', 'reminder', ('endorsement', 'credentials', 'invitation', 'waiting'),
     ('endorsement', 'credentials', 'invitation', 'waiting', 'speaker')),
)


def _condition(column: str, words: tuple[str, ...]) -> str:
    listed = ', '.join(f"'{word}'" for word in words)
    return f'{column} IN ({listed})'


def _change_checks(*, forth: bool) -> None:
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == 'sqlite'
    if is_sqlite:  # changed where it is written down, as in 0013: a rebuilt table would be emptied first
        connection.exec_driver_sql('PRAGMA writable_schema = ON')
    for table, column, old, new in CHECKS:
        name = f'ck_{table}_{column}_known'
        before, after = (_condition(column, words) for words in ((old, new) if forth else (new, old)))
        if is_sqlite:
            _rewrite(table, f'CONSTRAINT {name} CHECK ({before})', f'CONSTRAINT {name} CHECK ({after})')
        else:
            op.drop_constraint(op.f(name), table, type_='check')
            op.create_check_constraint(op.f(name), table, after)
    if is_sqlite:
        connection.exec_driver_sql('PRAGMA writable_schema = RESET')
        if connection.exec_driver_sql('PRAGMA quick_check').scalar_one() != 'ok':
            raise RuntimeError('the tables do not read as they should')


def _rewrite(table: str, before: str, after: str) -> None:
    connection = op.get_bind()
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    known = connection.execute(query, {'name': table}).scalar_one()
    if known.count(before) != 1:
        raise RuntimeError(f'{table} is not written as expected: {known}')
    change = sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name")
    connection.execute(change, {'sql': known.replace(before, after), 'name': table})


def upgrade() -> None:
    op.add_column('programme_speaker', sa.Column('reason', sa.Text(), server_default='', nullable=False))
    op.add_column('speaker', sa.Column('consent_answered_at', sa.DateTime(timezone=True), nullable=True))
    op.execute('UPDATE speaker SET consent_answered_at = agreed_at')
    _change_checks(forth=True)


def downgrade() -> None:
    op.execute("UPDATE audit_entry SET actor_kind = 'delegate' WHERE actor_kind = 'speaker'")
    op.execute("DELETE FROM reminder_run WHERE reminder = 'speaker'")
    _change_checks(forth=False)
    op.drop_column('speaker', 'consent_answered_at')
    op.drop_column('programme_speaker', 'reason')
