"""The programme: rooms, speakers and sessions (ProgrammeSession; `session` alone always means the database)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base, Name, PublicId, Texts, Word, one_of
from eventapp.models.bodies import Body
from eventapp.rules.vocabulary import SESSION_KINDS


class Room(Base):
    """A room of an edition's venue."""

    __tablename__ = "room"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    names: Mapped[Texts]
    capacity: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Speaker(Base):
    """A person who speaks in sessions of one or several editions."""

    __tablename__ = "speaker"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    name: Mapped[Name]
    functional_title: Mapped[str] = mapped_column(default="")
    organisation: Mapped[str] = mapped_column(default="")
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    body: Mapped[Body | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ProgrammeSession(Base):
    """A plenary, panel, workshop, side event or break; its times are kept in UTC and shown in the edition's zone."""

    __tablename__ = "programme_session"
    __table_args__ = (
        one_of("kind", SESSION_KINDS),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_programme_session_order", "edition_id", "starts_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    title: Mapped[Texts]
    kind: Mapped[Word]
    description: Mapped[Texts]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(default=1)

    room: Mapped[Room | None] = relationship()
    speakers: Mapped[list["ProgrammeSpeaker"]] = relationship(
        order_by="(ProgrammeSpeaker.position, ProgrammeSpeaker.id)", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ProgrammeSpeaker(Base):
    """A speaker's place in a session."""

    __tablename__ = "programme_speaker"
    __table_args__ = (UniqueConstraint("programme_session_id", "speaker_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_session_id: Mapped[int] = mapped_column(ForeignKey("programme_session.id", ondelete="CASCADE"))
    speaker_id: Mapped[int] = mapped_column(ForeignKey("speaker.id"), index=True)
    position: Mapped[int]

    speaker: Mapped[Speaker] = relationship()
