"""tracks, closed sessions, signing up, documents, and the programme as it was published."""

import json
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OLD_PURPOSES = ('registration', 'first_organiser', 'invitation', 'password_reset', 'focal_point', 'delegation_invitation')
PURPOSES = (*OLD_PURPOSES, 'calendar', 'speaker')
ACCESS = ('all', 'delegates', 'sectors', 'invited')
# Table, name, the text so far (none: it is new), the text from now on.
CHECKS = (
    ('private_link', 'purpose_known', OLD_PURPOSES, PURPOSES),
    ('private_link', 'registration_named', "(purpose = 'registration') = (registration_id IS NOT NULL)",
     "(purpose IN ('registration', 'calendar')) = (registration_id IS NOT NULL)"),
    ('private_link', 'speaker_named', None, "(purpose = 'speaker') = (speaker_id IS NOT NULL)"),
    ('room', 'booths_not_negative', None, 'booths >= 0'),
    ('room', 'hours_whole', None, '(opens_at IS NULL) = (closes_at IS NULL)'),
    ('room', 'closes_after_opening', None, 'closes_at > opens_at'),
    ('programme_session', 'access_known', None, ACCESS),
    ('programme_session', 'capacity_not_negative', None, 'capacity IS NULL OR capacity >= 0'),
    ('programme_speaker', 'function_known', None, ('chair', 'speaker', 'rapporteur')),
    ('programme_speaker', 'state_known', None, ('invited', 'accepted', 'declined')),
)
REFERENCES = (
    ('private_link', 'speaker_id', 'speaker', 'CASCADE'),
    ('programme_session', 'track_id', 'track', 'SET NULL'),
    ('speaker', 'picture_id', 'upload', None),
    ('speaker', 'registration_id', 'registration', 'SET NULL'),
)


def _listed(words) -> str:
    return ', '.join(f"'{word}'" for word in words)


def _condition(name: str, found) -> str:
    return found if isinstance(found, str) else f"{name.removesuffix('_known')} IN ({_listed(found)})"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == 'sqlite'


def _changes() -> list[tuple[str, str, str]]:
    """Table, constraint as written so far (empty: none), as written from now on."""
    found = []
    for table, name, old, new in CHECKS:
        head = f'CONSTRAINT ck_{table}_{name} CHECK '
        found.append((table, f'{head}({_condition(name, old)})' if old else '', f'{head}({_condition(name, new)})'))
    for table, column, other, rule in REFERENCES:
        text = f'CONSTRAINT fk_{table}_{column}_{other} FOREIGN KEY({column}) REFERENCES {other} (id)'
        found.append((table, '', f'{text} ON DELETE {rule}' if rule else text))
    return found


def _rewrite(*, forth: bool) -> None:
    """SQLite: change constraints where they are written down, as its manual has it for what no row is stored by.

    A rebuilt table would be emptied first, and with it whatever goes when its rows go.
    """
    connection = op.get_bind()
    connection.exec_driver_sql('PRAGMA writable_schema = ON')
    for table, old, new in _changes():
        query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
        known = connection.execute(query, {'name': table}).scalar_one()
        before, after = (old, new) if forth else (new, old)
        if not before:
            end = known.rindex(')')
            written = f'{known[:end].rstrip()}, \n\t{after}\n{known[end:]}'
        elif not after:
            written = known.replace(f', \n\t{before}', '')
        else:
            written = known.replace(before, after)
        if written == known:
            raise RuntimeError(f'{table} is not written as expected: {known}')
        change = sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name")
        connection.execute(change, {'sql': written, 'name': table})
    connection.exec_driver_sql('PRAGMA writable_schema = RESET')
    if connection.exec_driver_sql('PRAGMA quick_check').scalar_one() != 'ok':
        raise RuntimeError('the tables do not read as they should')


def _change_constraints(*, forth: bool) -> None:
    if _is_sqlite():
        _rewrite(forth=forth)
        return
    for table, name, old, new in CHECKS:
        full = op.f(f'ck_{table}_{name}')
        before, after = (old, new) if forth else (new, old)
        if before:
            op.drop_constraint(full, table, type_='check')
        if after:
            op.create_check_constraint(full, table, _condition(name, after))
    for table, column, other, rule in REFERENCES:
        full = op.f(f'fk_{table}_{column}_{other}')
        if forth:
            op.create_foreign_key(full, table, other, [column], ['id'], ondelete=rule)
        else:
            op.drop_constraint(full, table, type_='foreignkey')


def upgrade() -> None:
    op.create_table('track',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('names', DOCUMENT, nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_track_edition_id_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_track'))
    )
    op.create_index(op.f('ix_track_edition_id'), 'track', ['edition_id'], unique=False)
    op.create_table('session_sector',
    sa.Column('programme_session_id', sa.Integer(), nullable=False),
    sa.Column('sector_code', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['programme_session_id'], ['programme_session.id'], name=op.f('fk_session_sector_programme_session_id_programme_session'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sector_code'], ['sector.code'], name=op.f('fk_session_sector_sector_code_sector')),
    sa.PrimaryKeyConstraint('programme_session_id', 'sector_code', name=op.f('pk_session_sector'))
    )
    op.create_table('session_invitee',
    sa.Column('programme_session_id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['programme_session_id'], ['programme_session.id'], name=op.f('fk_session_invitee_programme_session_id_programme_session'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_session_invitee_registration_id_registration'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('programme_session_id', 'registration_id', name=op.f('pk_session_invitee'))
    )
    op.create_index(op.f('ix_session_invitee_registration_id'), 'session_invitee', ['registration_id'], unique=False)
    op.create_table('programme_publication',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_by', sa.String(length=300), nullable=False),
    sa.Column('changes', DOCUMENT, nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('number >= 1', name=op.f('ck_programme_publication_number_positive')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_programme_publication_edition_id_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_publication')),
    sa.UniqueConstraint('edition_id', 'number', name=op.f('uq_programme_publication_edition_id_number'))
    )
    op.create_table('published_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('access', sa.String(length=40), nullable=False),
    sa.Column('document', DOCUMENT, nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint(f"access IN ({_listed(ACCESS)})", name=op.f('ck_published_session_access_known')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_published_session_edition_id_edition'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['programme_session.id'], name=op.f('fk_published_session_session_id_programme_session'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_published_session')),
    sa.UniqueConstraint('public_id', name=op.f('uq_published_session_public_id'))
    )
    op.create_index('ix_published_session_order', 'published_session', ['edition_id', 'starts_at', 'id'], unique=False)
    op.create_index(op.f('ix_published_session_session_id'), 'published_session', ['session_id'], unique=False)
    op.create_table('session_sign_up',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_session_id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('noted', 'seat', 'waiting', 'withdrawn')", name=op.f('ck_session_sign_up_state_known')),
    sa.ForeignKeyConstraint(['programme_session_id'], ['programme_session.id'], name=op.f('fk_session_sign_up_programme_session_id_programme_session'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_session_sign_up_registration_id_registration'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session_sign_up')),
    sa.UniqueConstraint('programme_session_id', 'registration_id', name=op.f('uq_session_sign_up_programme_session_id_registration_id'))
    )
    op.create_index('ix_session_sign_up_line', 'session_sign_up', ['programme_session_id', 'state', 'since', 'id'], unique=False)
    op.create_index(op.f('ix_session_sign_up_registration_id'), 'session_sign_up', ['registration_id'], unique=False)
    op.create_table('programme_document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('symbol', sa.String(length=100), nullable=False),
    sa.Column('revision', sa.String(length=40), nullable=False),
    sa.Column('title', DOCUMENT, nullable=False),
    sa.Column('access', sa.String(length=40), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('paper', 'slides', 'recording', 'outcome')", name=op.f('ck_programme_document_kind_known')),
    sa.CheckConstraint(f"access IN ({_listed(('session', *ACCESS))})", name=op.f('ck_programme_document_access_known')),
    sa.CheckConstraint("access <> 'session' OR session_id IS NOT NULL", name=op.f('ck_programme_document_session_named')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_programme_document_edition_id_edition'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['programme_session.id'], name=op.f('fk_programme_document_session_id_programme_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_document')),
    sa.UniqueConstraint('public_id', name=op.f('uq_programme_document_public_id'))
    )
    op.create_index('ix_programme_document_order', 'programme_document', ['edition_id', 'position', 'id'], unique=False)
    op.create_index(op.f('ix_programme_document_session_id'), 'programme_document', ['session_id'], unique=False)
    op.create_table('document_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=40), nullable=False),
    sa.Column('stored_name', sa.String(length=100), nullable=True),
    sa.Column('file_name', sa.String(length=300), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(length=120), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uploaded_by', sa.String(length=300), nullable=False),
    sa.CheckConstraint("(stored_name IS NULL) = (url <> '')", name=op.f('ck_document_file_file_or_address')),
    sa.ForeignKeyConstraint(['document_id'], ['programme_document.id'], name=op.f('fk_document_file_document_id_programme_document'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_file')),
    sa.UniqueConstraint('document_id', 'language', name=op.f('uq_document_file_document_id_language')),
    sa.UniqueConstraint('public_id', name=op.f('uq_document_file_public_id')),
    sa.UniqueConstraint('stored_name', name=op.f('uq_document_file_stored_name'))
    )
    _add_columns()
    _change_constraints(forth=True)
    _publish_what_stands()


COLUMNS = (
    ('private_link', 'speaker_id', sa.Integer(), None),
    ('room', 'equipment', DOCUMENT, '{}'),
    ('room', 'booths', sa.Integer(), '0'),
    ('room', 'opens_at', sa.Time(), None),
    ('room', 'closes_at', sa.Time(), None),
    ('speaker', 'honorific', sa.String(length=300), ''),
    ('speaker', 'email', sa.String(length=300), ''),
    ('speaker', 'language', sa.String(length=40), 'en'),
    ('speaker', 'biography', DOCUMENT, '{}'),
    ('speaker', 'picture_id', sa.Integer(), None),
    ('speaker', 'registration_id', sa.Integer(), None),
    ('speaker', 'agreed_at', sa.DateTime(timezone=True), None),
    ('programme_session', 'track_id', sa.Integer(), None),
    ('programme_session', 'floor_language', sa.String(length=40), ''),
    ('programme_session', 'interpretation', DOCUMENT, '[]'),
    ('programme_session', 'access', sa.String(length=40), 'all'),
    ('programme_session', 'asks_sign_up', sa.Boolean(), sa.false()),
    ('programme_session', 'capacity', sa.Integer(), None),
    ('programme_speaker', 'function', sa.String(length=40), 'speaker'),
    ('programme_speaker', 'state', sa.String(length=40), 'accepted'),
    ('programme_speaker', 'answered_at', sa.DateTime(timezone=True), None),
)
INDEXED = (('private_link', 'speaker_id'), ('speaker', 'registration_id'))


def _add_columns() -> None:
    for table, name, kind, default in COLUMNS:
        op.add_column(table, sa.Column(name, kind, server_default=default, nullable=default is None))
    for table, column in INDEXED:
        op.create_index(op.f(f'ix_{table}_{column}'), table, [column], unique=False)


def _publish_what_stands() -> None:
    """The public read every session so far: what stands is what was published."""
    connection = op.get_bind()
    names = dict(connection.execute(sa.text('SELECT id, names FROM room')).all())
    bodies = {row.id: row for row in connection.execute(sa.text(
        'SELECT id, public_id, names, acronym, kind, country_code, website FROM body'))}
    people: dict[int, list[dict[str, object]]] = {}
    for row in connection.execute(sa.text(
        'SELECT ps.programme_session_id, ps.function, s.* FROM programme_speaker ps'
        ' JOIN speaker s ON s.id = ps.speaker_id ORDER BY ps.programme_session_id, ps.position, ps.id'
    )).mappings():
        body = bodies.get(row['body_id'])
        people.setdefault(row['programme_session_id'], []).append({
            'id': str(_uuid(row['public_id'])), 'function': row['function'], 'name': row['name'],
            'functional_title': row['functional_title'], 'organisation': row['organisation'],
            'body': None if body is None else {
                'id': str(_uuid(body.public_id)), 'names': _read(body.names), 'acronym': body.acronym,
                'kind': body.kind, 'country': body.country_code, 'website': body.website},
        })
    session = sa.table('programme_session', *(sa.column(name, kind) for name, kind in (
        ('id', sa.Integer), ('public_id', sa.Uuid), ('edition_id', sa.Integer), ('title', DOCUMENT), ('kind', sa.String),
        ('description', DOCUMENT), ('starts_at', sa.DateTime(timezone=True)), ('ends_at', sa.DateTime(timezone=True)),
        ('room_id', sa.Integer))))
    edition = sa.table('edition', sa.column('id', sa.Integer), sa.column('updated_at', sa.DateTime(timezone=True)))
    rows = connection.execute(sa.select(session, edition.c.updated_at).join_from(
        session, edition, session.c.edition_id == edition.c.id).order_by(session.c.starts_at, session.c.id)).all()
    published = sa.table('published_session', *(sa.column(name, kind) for name, kind in (
        ('edition_id', sa.Integer), ('public_id', sa.Uuid), ('session_id', sa.Integer), ('starts_at', sa.DateTime(timezone=True)),
        ('ends_at', sa.DateTime(timezone=True)), ('access', sa.String), ('document', DOCUMENT), ('sequence', sa.Integer),
        ('changed_at', sa.DateTime(timezone=True)))))
    found = [{
        'edition_id': row.edition_id, 'public_id': row.public_id, 'session_id': row.id, 'starts_at': row.starts_at,
        'ends_at': row.ends_at, 'access': 'all', 'sequence': 0, 'changed_at': row.updated_at,
        'document': {'title': row.title, 'kind': row.kind, 'description': row.description,
                     'room': _read(names[row.room_id]) if row.room_id else None, 'track': None, 'floor_language': '',
                     'interpretation': [], 'asks_sign_up': False, 'capacity': None, 'sectors': [],
                     'people': people.get(row.id, [])},
    } for row in rows]
    if found:
        op.bulk_insert(published, found)


def _read(value):
    return json.loads(value) if isinstance(value, str) else value


def _uuid(value) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def downgrade() -> None:
    op.execute("DELETE FROM private_link WHERE purpose IN ('calendar', 'speaker')")
    # What only some may know of is not told to everybody by an older version.
    op.execute("DELETE FROM programme_session WHERE access <> 'all'")
    _change_constraints(forth=False)
    for table, column in INDEXED:
        op.drop_index(op.f(f'ix_{table}_{column}'), table)
    for table, name, _kind, _default in reversed(COLUMNS):
        op.drop_column(table, name)
    for table in ('document_file', 'programme_document', 'session_sign_up', 'published_session',
                  'programme_publication', 'session_invitee', 'session_sector', 'track'):
        op.drop_table(table)
