"""when and by whom somebody was invited to a closed session, and when a letter told so."""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('session_invitee', sa.Column('invited_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        'session_invitee', sa.Column('invited_by', sa.String(length=300), nullable=False, server_default='')
    )
    op.add_column('session_invitee', sa.Column('told_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ('told_at', 'invited_by', 'invited_at'):
        op.drop_column('session_invitee', column)
