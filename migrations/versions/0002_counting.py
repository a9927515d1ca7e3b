"""check-ins, badge categories, and the columns that counts read."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

TEXTS = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
COUNTED = ['edition_id', 'sector_code', 'counted_country_code', 'country_basis', 'state']
NEWLY_COUNTED = ['is_checked_in', 'role', 'body_kind', 'language', 'body_id', 'received_on']
BODY_KINDS = "'state', 'subnational_government', 'government_agency', 'international_organization', 'ngo', 'company', 'academia', 'media'"
ROLES = "'head', 'deputy_head', 'delegate', 'alternate', 'adviser', 'expert', 'observer', 'speaker', 'interpreter', 'security', 'staff', 'press'"


def upgrade() -> None:
    op.create_table('badge_category',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('names', TEXTS, nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_badge_category'))
    )
    op.create_table('badge_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('body_kind', sa.String(length=40), nullable=True),
    sa.Column('sector_code', sa.String(length=40), nullable=True),
    sa.Column('role', sa.String(length=40), nullable=True),
    sa.Column('category_code', sa.String(length=40), nullable=False),
    sa.CheckConstraint(f"body_kind IN ({BODY_KINDS})", name=op.f('ck_badge_rule_body_kind_known')),
    sa.CheckConstraint(f"role IN ({ROLES})", name=op.f('ck_badge_rule_role_known')),
    sa.ForeignKeyConstraint(['category_code'], ['badge_category.code'], name=op.f('fk_badge_rule_category_code_badge_category')),
    sa.ForeignKeyConstraint(['sector_code'], ['sector.code'], name=op.f('fk_badge_rule_sector_code_sector')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_badge_rule'))
    )
    op.create_index(op.f('ix_badge_rule_category_code'), 'badge_rule', ['category_code'], unique=False)
    op.create_table('erased_count',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('dimension', sa.String(length=40), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('is_checked_in', sa.Boolean(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.CheckConstraint("dimension IN ('body', 'language')", name=op.f('ck_erased_count_dimension_known')),
    sa.CheckConstraint('people > 0', name=op.f('ck_erased_count_people_positive')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_erased_count_edition_id_edition')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erased_count')),
    sa.UniqueConstraint('edition_id', 'dimension', 'code', 'state', 'is_checked_in', name=op.f('uq_erased_count_edition_id_dimension_code_state_is_checked_in'))
    )
    op.create_table('check_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=300), nullable=False),
    sa.Column('desk', sa.String(length=100), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.String(length=300), nullable=True),
    sa.Column('undone_reason', sa.Text(), nullable=False),
    sa.CheckConstraint('(undone_at IS NULL) = (undone_by IS NULL)', name=op.f('ck_check_in_undone_by_somebody')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_check_in_edition_id_edition')),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_check_in_registration_id_registration'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_in'))
    )
    op.create_index('ix_check_in_count', 'check_in', ['edition_id', 'on', 'registration_id', 'undone_at'], unique=False)
    op.create_index(op.f('ix_check_in_registration_id'), 'check_in', ['registration_id'], unique=False)
    op.create_index('uq_check_in_person_day', 'check_in', ['registration_id', 'on'], unique=True,
                    sqlite_where=sa.text('undone_at IS NULL'), postgresql_where=sa.text('undone_at IS NULL'))
    op.drop_index('ix_registration_count', table_name='registration')
    op.add_column('registration', sa.Column('is_checked_in', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('registration', sa.Column('received_on', sa.Date(), nullable=False, server_default='1970-01-01'))
    _fill_days()
    # An erased person's language of letters was overwritten with English, which counted them under it.
    op.execute("UPDATE registration SET language = '' WHERE erased_at IS NOT NULL")
    op.create_index('ix_registration_count', 'registration', COUNTED + NEWLY_COUNTED, unique=False)


def _fill_days() -> None:
    """The day of each registration in its edition's zone; the clock of a zone moves, so Python works it out."""
    from datetime import UTC
    from zoneinfo import ZoneInfo

    registration = sa.table(
        'registration', sa.column('id', sa.Integer), sa.column('edition_id', sa.Integer),
        sa.column('submitted_at', sa.DateTime(timezone=True)), sa.column('received_on', sa.Date),
    )
    edition = sa.table('edition', sa.column('id', sa.Integer), sa.column('time_zone', sa.String))
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(registration.c.id, registration.c.submitted_at, edition.c.time_zone)
        .join_from(registration, edition, registration.c.edition_id == edition.c.id)
    ).all()
    change = (
        registration.update()
        .where(registration.c.id == sa.bindparam('number'))
        .values(received_on=sa.bindparam('day'))
    )
    for start in range(0, len(rows), 1000):
        connection.execute(change, [
            {'number': number, 'day': (at.replace(tzinfo=UTC) if at.tzinfo is None else at).astimezone(ZoneInfo(zone)).date()}
            for number, at, zone in rows[start:start + 1000]
        ])


def downgrade() -> None:
    op.drop_index('ix_registration_count', table_name='registration')
    op.execute("UPDATE registration SET language = 'en' WHERE language = ''")
    op.drop_column('registration', 'received_on')
    op.drop_column('registration', 'is_checked_in')
    op.create_index('ix_registration_count', 'registration', COUNTED, unique=False)
    op.drop_table('check_in')
    op.drop_table('erased_count')
    op.drop_table('badge_rule')
    op.drop_table('badge_category')
