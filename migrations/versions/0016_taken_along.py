"""up to which entry of its history a registration was taken along."""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('registration', sa.Column('exported_entry_id', sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column('registration', 'exported_entry_id')
