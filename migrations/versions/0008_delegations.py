"""represented bodies, focal points, quotas, and the states of two steps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KINDS = ('state', 'subnational_government', 'government_agency', 'international_organization', 'ngo', 'company', 'academia', 'media')
ROLES = ('head', 'deputy_head', 'delegate', 'alternate', 'adviser', 'expert', 'observer', 'speaker', 'interpreter', 'security', 'staff', 'press')
# Table, column, the words so far, the words from now on.
WORDS = (
    ('registration', 'state',
     ('submitted', 'approved', 'waitlisted', 'rejected', 'withdrawn', 'cancelled'),
     ('submitted', 'endorsed', 'approved', 'waitlisted', 'declined', 'rejected', 'replaced', 'withdrawn', 'cancelled', 'merged')),
    ('edition', 'approval', ('open', 'one_step'), ('open', 'one_step', 'two_steps')),
    ('private_link', 'purpose',
     ('registration', 'first_organiser', 'invitation', 'password_reset'),
     ('registration', 'first_organiser', 'invitation', 'password_reset', 'focal_point', 'delegation_invitation')),
    ('audit_entry', 'actor_kind',
     ('user', 'delegate', 'command', 'system'),
     ('user', 'delegate', 'focal_point', 'command', 'system')),
)
NAMED = {
    'focal_point_named': "(purpose = 'focal_point') = (focal_point_id IS NOT NULL)",
    'delegation_invitation_named': "(purpose = 'delegation_invitation') = (delegation_invitation_id IS NOT NULL)",
}
REFERENCES = (
    ('registration', 'delegation_id', 'delegation', None),
    ('registration', 'replaced_by_id', 'registration', None),
    ('registration', 'merged_into_id', 'registration', None),
    ('private_link', 'focal_point_id', 'focal_point', 'CASCADE'),
    ('private_link', 'delegation_invitation_id', 'delegation_invitation', 'CASCADE'),
)


def _listed(words) -> str:
    return ', '.join(f"'{word}'" for word in words)


def _check(table: str, column: str, words) -> str:
    return f"CONSTRAINT ck_{table}_{column}_known CHECK ({column} IN ({_listed(words)}))"


def _rewrite(changes) -> None:
    """SQLite: change constraints where they are written down, as its manual has it for what no row is stored by.

    A rebuilt table would be emptied first, and with it whatever goes when its rows go: check-ins, private links.
    """
    connection = op.get_bind()
    connection.exec_driver_sql('PRAGMA writable_schema = ON')
    for table, old, new in changes:
        query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
        known = connection.execute(query, {'name': table}).scalar_one()
        if known.count(old) != 1:
            raise RuntimeError(f'{table} is not written as expected: {known}')
        change = sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name")
        connection.execute(change, {'sql': known.replace(old, new), 'name': table})
    connection.exec_driver_sql('PRAGMA writable_schema = RESET')
    if connection.exec_driver_sql('PRAGMA quick_check').scalar_one() != 'ok':
        raise RuntimeError('the tables do not read as they should')


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == 'sqlite'


def _change_words(*, forth: bool) -> None:
    pairs = [(table, column, *((old, new) if forth else (new, old))) for table, column, old, new in WORDS]
    if _is_sqlite():
        _rewrite([(table, _check(table, column, old), _check(table, column, new)) for table, column, old, new in pairs])
        return
    for table, column, _old, new in pairs:
        name = f'ck_{table}_{column}_known'
        op.drop_constraint(op.f(name), table, type_='check')
        op.create_check_constraint(op.f(name), table, f"{column} IN ({_listed(new)})")


def _constraints() -> dict[str, list[str]]:
    """What is new in the tables that were there, as SQLite writes it down."""
    found = {'registration': [], 'private_link': []}
    for name, text in NAMED.items():
        found['private_link'].append(f'CONSTRAINT ck_private_link_{name} CHECK ({text})')
    for table, column, other, rule in REFERENCES:
        text = f'CONSTRAINT fk_{table}_{column}_{other} FOREIGN KEY({column}) REFERENCES {other} (id)'
        found[table].append(f'{text} ON DELETE {rule}' if rule else text)
    return found


def _change_constraints(*, forth: bool) -> None:
    """A link of a focal point names one, and only such a link does; the same for invitations; and the references."""
    if _is_sqlite():
        after = {table: _check(table, column, new) for table, column, _old, new in WORDS}
        changes = [(table, after[table], after[table] + ''.join(f', \n\t{text}' for text in texts))
                   for table, texts in _constraints().items()]
        _rewrite(changes if forth else [(table, new, old) for table, old, new in changes])
        return
    for name, text in NAMED.items():
        if forth:
            op.create_check_constraint(op.f(f'ck_private_link_{name}'), 'private_link', text)
        else:
            op.drop_constraint(op.f(f'ck_private_link_{name}'), 'private_link', type_='check')
    for table, column, other, rule in REFERENCES:
        name = f'fk_{table}_{column}_{other}'
        if forth:
            op.create_foreign_key(op.f(name), table, other, [column], ['id'], ondelete=rule)
        else:
            op.drop_constraint(op.f(name), table, type_='foreignkey')


def upgrade() -> None:
    op.create_table('delegation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('country_code', sa.String(length=2), nullable=True),
    sa.Column('body_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('membership', sa.String(length=40), nullable=False),
    sa.Column('quota', sa.Integer(), nullable=True),
    sa.Column('stands_apart', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('credentials', sa.String(length=40), nullable=False),
    sa.Column('credentials_note', sa.Text(), nullable=False),
    sa.Column('sort_name', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint(f"kind IN ({_listed(KINDS)})", name=op.f('ck_delegation_kind_known')),
    sa.CheckConstraint("membership IN ('', 'member', 'observer', 'neither')", name=op.f('ck_delegation_membership_known')),
    sa.CheckConstraint("credentials IN ('missing', 'copy', 'original', 'accepted', 'deficient')", name=op.f('ck_delegation_credentials_known')),
    sa.CheckConstraint('(country_code IS NULL) <> (body_id IS NULL)', name=op.f('ck_delegation_country_or_body')),
    sa.CheckConstraint('quota IS NULL OR quota >= 0', name=op.f('ck_delegation_quota_not_negative')),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_delegation_body_id_body')),
    sa.ForeignKeyConstraint(['country_code'], ['country.code'], name=op.f('fk_delegation_country_code_country')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_delegation_edition_id_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delegation')),
    sa.UniqueConstraint('edition_id', 'body_id', name=op.f('uq_delegation_edition_id_body_id')),
    sa.UniqueConstraint('edition_id', 'country_code', name=op.f('uq_delegation_edition_id_country_code')),
    sa.UniqueConstraint('public_id', name=op.f('uq_delegation_public_id'))
    )
    op.create_index(op.f('ix_delegation_body_id'), 'delegation', ['body_id'], unique=False)
    op.create_index('ix_delegation_sort_name', 'delegation', ['edition_id', 'sort_name', 'id'], unique=False)
    op.create_table('quota',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('dimension', sa.String(length=40), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("dimension IN ('badge_category', 'sector')", name=op.f('ck_quota_dimension_known')),
    sa.CheckConstraint('places >= 0', name=op.f('ck_quota_places_not_negative')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_quota_edition_id_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quota')),
    sa.UniqueConstraint('edition_id', 'dimension', 'code', name=op.f('uq_quota_edition_id_dimension_code'))
    )
    op.create_table('focal_point',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('delegation_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('email', sa.String(length=300), nullable=False),
    sa.Column('language', sa.String(length=40), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['delegation_id'], ['delegation.id'], name=op.f('fk_focal_point_delegation_id_delegation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_focal_point_user_id_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_focal_point')),
    sa.UniqueConstraint('public_id', name=op.f('uq_focal_point_public_id'))
    )
    op.create_index(op.f('ix_focal_point_user_id'), 'focal_point', ['user_id'], unique=False)
    op.create_index('uq_focal_point_email', 'focal_point', ['delegation_id', 'email'], unique=True,
                    sqlite_where=sa.text('removed_at IS NULL'), postgresql_where=sa.text('removed_at IS NULL'))
    op.create_table('delegation_invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('delegation_id', sa.Integer(), nullable=False),
    sa.Column('focal_point_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('email', sa.String(length=300), nullable=False),
    sa.Column('language', sa.String(length=40), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('registration_id', sa.Integer(), nullable=True),
    sa.CheckConstraint(f"role IN ({_listed(ROLES)})", name=op.f('ck_delegation_invitation_role_known')),
    sa.ForeignKeyConstraint(['delegation_id'], ['delegation.id'], name=op.f('fk_delegation_invitation_delegation_id_delegation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['focal_point_id'], ['focal_point.id'], name=op.f('fk_delegation_invitation_focal_point_id_focal_point'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_delegation_invitation_registration_id_registration'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delegation_invitation')),
    sa.UniqueConstraint('public_id', name=op.f('uq_delegation_invitation_public_id')),
    sa.UniqueConstraint('registration_id', name=op.f('uq_delegation_invitation_registration_id'))
    )
    op.create_index(op.f('ix_delegation_invitation_delegation_id'), 'delegation_invitation', ['delegation_id'], unique=False)
    op.create_table('credential_document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('delegation_id', sa.Integer(), nullable=False),
    sa.Column('stored_name', sa.String(length=100), nullable=False),
    sa.Column('file_name', sa.String(length=300), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uploaded_by', sa.String(length=300), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['delegation_id'], ['delegation.id'], name=op.f('fk_credential_document_delegation_id_delegation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credential_document')),
    sa.UniqueConstraint('public_id', name=op.f('uq_credential_document_public_id')),
    sa.UniqueConstraint('stored_name', name=op.f('uq_credential_document_stored_name'))
    )
    op.create_index(op.f('ix_credential_document_delegation_id'), 'credential_document', ['delegation_id'], unique=False)
    op.add_column('edition', sa.Column('roles_outside', DOCUMENT, server_default='[]', nullable=False))
    op.add_column('registration', sa.Column('delegation_order', sa.Integer(), nullable=True))
    op.add_column('registration', sa.Column('endorsed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('registration', sa.Column('exported_at', sa.DateTime(timezone=True), nullable=True))
    for table, column, _other, _rule in REFERENCES:
        op.add_column(table, sa.Column(column, sa.Integer(), nullable=True))
    op.create_index('ix_registration_delegation', 'registration', ['delegation_id', 'state', 'id'], unique=False,
                    sqlite_where=sa.text('delegation_id IS NOT NULL'), postgresql_where=sa.text('delegation_id IS NOT NULL'))
    for column in ('focal_point_id', 'delegation_invitation_id'):
        op.create_index(op.f(f'ix_private_link_{column}'), 'private_link', [column], unique=False)
    _change_words(forth=True)
    _change_constraints(forth=True)


def downgrade() -> None:
    connection = op.get_bind()
    # What the older tables have no word for goes by the nearest they know.
    for new, old in (('endorsed', 'submitted'), ('declined', 'rejected'), ('replaced', 'cancelled'), ('merged', 'cancelled')):
        connection.execute(sa.text('UPDATE registration SET state = :old WHERE state = :new'), {'old': old, 'new': new})
    op.execute("UPDATE edition SET approval = 'one_step' WHERE approval = 'two_steps'")
    op.execute("DELETE FROM private_link WHERE purpose IN ('focal_point', 'delegation_invitation')")
    op.execute("UPDATE audit_entry SET actor_kind = 'delegate' WHERE actor_kind = 'focal_point'")
    _change_constraints(forth=False)
    _change_words(forth=False)
    for column in ('delegation_invitation_id', 'focal_point_id'):
        op.drop_index(op.f(f'ix_private_link_{column}'), 'private_link')
    op.drop_index('ix_registration_delegation', 'registration')
    for table, column, _other, _rule in reversed(REFERENCES):
        op.drop_column(table, column)
    for column in ('exported_at', 'endorsed_at', 'delegation_order'):
        op.drop_column('registration', column)
    op.drop_column('edition', 'roles_outside')
    for table in ('credential_document', 'delegation_invitation', 'focal_point', 'quota', 'delegation'):
        op.drop_table(table)
