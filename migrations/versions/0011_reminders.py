"""reminders on a schedule of the edition."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table('reminder_plan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('days', DOCUMENT, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_reminder_plan_edition_id_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder_plan')),
    sa.UniqueConstraint('edition_id', name=op.f('uq_reminder_plan_edition_id'))
    )
    op.create_table('reminder_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('reminder', sa.String(length=40), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('ran_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('messages', sa.Integer(), nullable=False),
    sa.CheckConstraint("reminder IN ('endorsement', 'credentials', 'invitation')", name=op.f('ck_reminder_run_reminder_known')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_reminder_run_edition_id_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder_run')),
    sa.UniqueConstraint('edition_id', 'reminder', 'due_on', name=op.f('uq_reminder_run_edition_id_reminder_due_on'))
    )


def downgrade() -> None:
    op.drop_table('reminder_run')
    op.drop_table('reminder_plan')
