"""registrations that may be one person's: pairs, and how far the search has come."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table('duplicate_pair',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('first_id', sa.Integer(), nullable=False),
    sa.Column('second_id', sa.Integer(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('reasons', DOCUMENT, nullable=False),
    sa.Column('names', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('open', 'different', 'merged')", name=op.f('ck_duplicate_pair_state_known')),
    sa.CheckConstraint('first_id < second_id', name=op.f('ck_duplicate_pair_in_order')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_duplicate_pair_edition_id_edition'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['first_id'], ['registration.id'], name=op.f('fk_duplicate_pair_first_id_registration'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['second_id'], ['registration.id'], name=op.f('fk_duplicate_pair_second_id_registration'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duplicate_pair')),
    sa.UniqueConstraint('first_id', 'second_id', name=op.f('uq_duplicate_pair_first_id_second_id'))
    )
    op.create_index('ix_duplicate_pair_queue', 'duplicate_pair', ['edition_id', 'state', 'score', 'id'])
    op.create_index(op.f('ix_duplicate_pair_second_id'), 'duplicate_pair', ['second_id'])
    op.create_table('duplicate_search',
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('is_whole', sa.Boolean(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('seen_entry_id', sa.Integer(), nullable=False),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'too_large')", name=op.f('ck_duplicate_search_state_known')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_duplicate_search_edition_id_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('edition_id', name=op.f('pk_duplicate_search'))
    )


def downgrade() -> None:
    op.drop_table('duplicate_search')
    op.drop_index(op.f('ix_duplicate_pair_second_id'), 'duplicate_pair')
    op.drop_index('ix_duplicate_pair_queue', 'duplicate_pair')
    op.drop_table('duplicate_pair')
