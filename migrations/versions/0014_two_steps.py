"""until when delegations endorse and the secretariat decides, and how long an endorsement may take."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('edition', sa.Column('endorse_by', sa.Date(), nullable=True))
    op.add_column('edition', sa.Column('decide_by', sa.Date(), nullable=True))
    op.add_column('edition', sa.Column('patience_days', sa.Integer(), server_default='7', nullable=False))


def downgrade() -> None:
    op.drop_column('edition', 'patience_days')
    op.drop_column('edition', 'decide_by')
    op.drop_column('edition', 'endorse_by')
