"""schemes of regions are records; a country stands in one region on each level of a scheme; lists count their versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

TEXTS = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
VERSIONED = ('country', 'region', 'sector')
NAMES = {
    'm49': {'en': 'UN M49 regions', 'fr': 'Régions M49 de l’ONU', 'es': 'Regiones M49 de las Naciones Unidas',
            'ar': 'مناطق الأمم المتحدة (M49)'},
    'un_regional_groups': {'en': 'UN regional groups', 'fr': 'Groupes régionaux de l’ONU',
                           'es': 'Grupos regionales de las Naciones Unidas',
                           'ar': 'المجموعات الإقليمية للأمم المتحدة'},
}
PLACE = sa.table('country_region', sa.column('country_code', sa.String), sa.column('scheme', sa.String),
                 sa.column('level', sa.Integer), sa.column('region_id', sa.Integer))
REGION = sa.table('region', sa.column('id', sa.Integer), sa.column('scheme', sa.String),
                  sa.column('parent_id', sa.Integer), sa.column('position', sa.Integer))


def upgrade() -> None:
    op.create_table('region_scheme',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('names', TEXTS, nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_region_scheme'))
    )
    _fill_schemes()
    places = _read_places()
    op.drop_table('country_region')  # its key changes, and SQLite refuses to rebuild what it refers to
    parents = _part_from_parents()
    with op.batch_alter_table('region') as region:
        region.create_foreign_key(op.f('fk_region_scheme_region_scheme'), 'region_scheme', ['scheme'], ['code'])
    _put_below(parents)
    op.create_table('country_region',
    sa.Column('country_code', sa.String(length=2), nullable=False),
    sa.Column('scheme', sa.String(length=40), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False, autoincrement=False),
    sa.Column('region_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('level IN (1, 2)', name=op.f('ck_country_region_level_known')),
    sa.ForeignKeyConstraint(['country_code'], ['country.code'], name=op.f('fk_country_region_country_code_country')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_country_region_region_id_region')),
    sa.ForeignKeyConstraint(['scheme'], ['region_scheme.code'], name=op.f('fk_country_region_scheme_region_scheme')),
    sa.PrimaryKeyConstraint('country_code', 'scheme', 'level', name=op.f('pk_country_region'))
    )
    op.create_index(op.f('ix_country_region_region_id'), 'country_region', ['region_id'], unique=False)
    if places:
        op.bulk_insert(PLACE, places)
    for table in VERSIONED:
        op.add_column(table, sa.Column('version', sa.Integer(), server_default='1', nullable=False))


def _fill_schemes() -> None:
    """A record for each scheme that regions name; one nobody knows goes by its code until it is given names."""
    scheme = sa.table('region_scheme', sa.column('code', sa.String), sa.column('names', TEXTS),
                      sa.column('position', sa.Integer), sa.column('version', sa.Integer))
    found = op.get_bind().execute(sa.select(REGION.c.scheme).distinct()).scalars().all()
    codes = sorted(found, key=lambda code: (code not in NAMES, list(NAMES).index(code) if code in NAMES else 0, code))
    rows = [{'code': code, 'names': NAMES.get(code, {'en': code}), 'position': place, 'version': 1}
            for place, code in enumerate(codes)]
    if rows:
        op.bulk_insert(scheme, rows)


def _part_from_parents() -> list[dict[str, int]]:
    """SQLite rebuilds the table, and refuses that while rows of the new one refer to the old one."""
    connection = op.get_bind()
    found = connection.execute(sa.select(REGION.c.id, REGION.c.parent_id).where(REGION.c.parent_id.is_not(None))).all()
    connection.execute(REGION.update().values(parent_id=None))
    return [{'number': number, 'parent': parent} for number, parent in found]


def _put_below(parents: list[dict[str, int]]) -> None:
    if parents:
        change = REGION.update().where(REGION.c.id == sa.bindparam('number')).values(parent_id=sa.bindparam('parent'))
        op.get_bind().execute(change, parents)


def _read_places() -> list[dict[str, object]]:
    """The regions of each country; of two on one level, which nothing refused, the first holds."""
    rows = op.get_bind().execute(
        sa.select(PLACE.c.country_code, REGION.c.id, REGION.c.scheme, REGION.c.parent_id)
        .join_from(PLACE, REGION, PLACE.c.region_id == REGION.c.id)
        .order_by(PLACE.c.country_code, REGION.c.position, REGION.c.id)
    ).all()
    kept = {}
    for country, number, scheme, parent in rows:
        kept.setdefault((country, scheme, 2 if parent else 1), number)
    return [{'country_code': country, 'scheme': scheme, 'level': level, 'region_id': number}
            for (country, scheme, level), number in kept.items()]


def downgrade() -> None:
    for table in reversed(VERSIONED):
        op.drop_column(table, 'version')
    rows = op.get_bind().execute(sa.select(PLACE.c.country_code, PLACE.c.region_id)).all()
    op.drop_table('country_region')
    parents = _part_from_parents()
    with op.batch_alter_table('region') as region:
        region.drop_constraint(op.f('fk_region_scheme_region_scheme'), type_='foreignkey')
    _put_below(parents)
    op.create_table('country_region',
    sa.Column('country_code', sa.String(length=2), nullable=False),
    sa.Column('region_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['country_code'], ['country.code'], name=op.f('fk_country_region_country_code_country')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_country_region_region_id_region')),
    sa.PrimaryKeyConstraint('country_code', 'region_id', name=op.f('pk_country_region'))
    )
    op.create_index(op.f('ix_country_region_region_id'), 'country_region', ['region_id'], unique=False)
    if rows:
        op.bulk_insert(PLACE, [{'country_code': country, 'region_id': number} for country, number in rows])
    op.drop_table('region_scheme')
