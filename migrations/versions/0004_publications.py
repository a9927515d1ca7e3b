"""what editions publish of their counts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table('publication',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.Uuid(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_by', sa.String(), nullable=False),
    sa.Column('threshold', sa.Integer(), nullable=False),
    sa.Column('document', DOCUMENT, nullable=False),
    sa.Column('record', DOCUMENT, nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.String(), nullable=True),
    sa.CheckConstraint('number >= 1', name=op.f('ck_publication_number_positive')),
    sa.CheckConstraint('threshold >= 3', name=op.f('ck_publication_threshold_hides')),
    sa.CheckConstraint('(withdrawn_at IS NULL) = (withdrawn_by IS NULL)', name=op.f('ck_publication_withdrawn_by_somebody')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_publication_edition_id_edition')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publication')),
    sa.UniqueConstraint('edition_id', 'number', name=op.f('uq_publication_edition_id_number')),
    sa.UniqueConstraint('nonce', name=op.f('uq_publication_nonce'))
    )


def downgrade() -> None:
    op.drop_table('publication')
