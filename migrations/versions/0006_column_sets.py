"""columns of the list of delegates kept as named sets; who may see what delegates need."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column('user_account', sa.Column('may_see_needs', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table('column_set',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('columns', DOCUMENT, nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_column_set_edition_id_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_column_set'))
    )
    op.create_index('uq_column_set_of_edition', 'column_set', ['edition_id', 'name'], unique=True)
    op.create_index('uq_column_set_of_all', 'column_set', ['name'], unique=True,
                    sqlite_where=sa.text('edition_id IS NULL'), postgresql_where=sa.text('edition_id IS NULL'))


def downgrade() -> None:
    op.drop_index('uq_column_set_of_all', 'column_set', sqlite_where=sa.text('edition_id IS NULL'),
                  postgresql_where=sa.text('edition_id IS NULL'))
    op.drop_index('uq_column_set_of_edition', 'column_set')
    op.drop_table('column_set')
    op.drop_column('user_account', 'may_see_needs')
