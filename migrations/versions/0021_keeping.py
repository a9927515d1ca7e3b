"""how long an edition keeps needs and the record of each person, and since when it has been so."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

LENGTHS = (('needs_days', 7, 'needs_days BETWEEN 1 AND 60'), ('record_months', 18, 'record_months BETWEEN 3 AND 60'))
EDITION = sa.table(
    'edition',
    sa.column('id', sa.Integer()),
    sa.column('cancelled_on', sa.Date()),
    sa.column('clocks_set_at', sa.DateTime(timezone=True)),
)
ENTRY = sa.table(
    'audit_entry',
    sa.column('edition_id', sa.Integer()),
    sa.column('action', sa.String()),
    sa.column('at', sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    for name, usual, bounds in LENGTHS:  # written with the column, so that SQLite drops it with the column
        op.execute(
            f"ALTER TABLE edition ADD COLUMN {name} INTEGER DEFAULT '{usual}' NOT NULL"
            f" CONSTRAINT ck_edition_{name}_bounded CHECK ({bounds})"
        )
    op.add_column('edition', sa.Column('cancelled_on', sa.Date(), nullable=True))
    op.add_column('edition', sa.Column('clocks_set_at', sa.DateTime(timezone=True), nullable=True))
    connection = op.get_bind()
    # Whoever comes from an earlier version reads when everything goes before anything does.
    connection.execute(EDITION.update().values(clocks_set_at=datetime.now(UTC)))
    cancelled = sa.select(ENTRY.c.edition_id, sa.func.max(ENTRY.c.at)).where(ENTRY.c.action == 'edition.cancel')
    for edition_id, at in connection.execute(cancelled.group_by(ENTRY.c.edition_id)).all():
        connection.execute(EDITION.update().where(EDITION.c.id == edition_id).values(cancelled_on=at.date()))


def downgrade() -> None:
    for name in ('clocks_set_at', 'cancelled_on', 'record_months', 'needs_days'):
        op.drop_column('edition', name)
