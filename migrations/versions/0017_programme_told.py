"""who told those concerned of a publication of the programme, and who was concerned by a session that was deleted."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

PUBLICATION = 'programme_publication'
PERSON = 'deleted_session_person'


def upgrade() -> None:
    op.add_column(PUBLICATION, sa.Column('told_by', sa.String(length=300), server_default='', nullable=False))
    op.add_column(PUBLICATION, sa.Column('told_people', sa.Integer(), nullable=True))
    op.create_table(PERSON,
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('published_session_id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=True),
    sa.Column('speaker_id', sa.Integer(), nullable=True),
    sa.Column('part', sa.String(length=40), nullable=False),
    sa.CheckConstraint("part IN ('agenda', 'invited', 'people')", name=op.f('ck_deleted_session_person_part_known')),
    sa.CheckConstraint("(part = 'people') = (speaker_id IS NOT NULL)", name=op.f('ck_deleted_session_person_speaker_named')),
    sa.CheckConstraint('(registration_id IS NULL) <> (speaker_id IS NULL)', name=op.f('ck_deleted_session_person_one_person')),
    sa.ForeignKeyConstraint(['published_session_id'], ['published_session.id'], name=op.f('fk_deleted_session_person_published_session_id_published_session'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_deleted_session_person_registration_id_registration'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['speaker_id'], ['speaker.id'], name=op.f('fk_deleted_session_person_speaker_id_speaker'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deleted_session_person'))
    )
    for column in ('published_session_id', 'registration_id', 'speaker_id'):
        op.create_index(op.f(f'ix_deleted_session_person_{column}'), PERSON, [column], unique=False)


def downgrade() -> None:
    op.drop_table(PERSON)
    op.drop_column(PUBLICATION, 'told_people')
    op.drop_column(PUBLICATION, 'told_by')
