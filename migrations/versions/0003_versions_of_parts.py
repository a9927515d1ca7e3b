"""Figures, partnerships, rooms and speakers count their versions, so that nobody saves over another unseen."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

TABLES = ('figure_claim', 'partnership', 'room', 'speaker')


def upgrade() -> None:
    # The default of the server fills the rows that are there; SQLite adds a NOT NULL column only with one.
    for table in TABLES:
        op.add_column(table, sa.Column('version', sa.Integer(), server_default='1', nullable=False))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_column(table, 'version')
