"""lists of people that are brought, looked at and confirmed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table('import_job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('delegation_id', sa.Integer(), nullable=True),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('asked_by', DOCUMENT, nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('file_name', sa.String(length=300), nullable=False),
    sa.Column('takes_needs', sa.Boolean(), nullable=False),
    sa.Column('language', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('notes', DOCUMENT, nullable=False),
    sa.Column('counts', DOCUMENT, nullable=False),
    sa.Column('choices', DOCUMENT, nullable=False),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('tells', sa.Boolean(), nullable=False),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'checking', 'ready', 'confirmed', 'writing', 'done', 'failed', 'removed')", name=op.f('ck_import_job_state_known')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user_account.id'], name=op.f('fk_import_job_asked_by_id_user_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['delegation_id'], ['delegation.id'], name=op.f('fk_import_job_delegation_id_delegation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_import_job_edition_id_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_job')),
    sa.UniqueConstraint('public_id', name=op.f('uq_import_job_public_id'))
    )
    op.create_index(op.f('ix_import_job_edition_id'), 'import_job', ['edition_id'], unique=False)
    op.create_index(op.f('ix_import_job_state'), 'import_job', ['state'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_import_job_state'), 'import_job')
    op.drop_index(op.f('ix_import_job_edition_id'), 'import_job')
    op.drop_table('import_job')
