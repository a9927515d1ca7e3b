"""What was told of the programme, who signed up for it, and the documents of its sessions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import NUMBERED_ONCE, Base, Name, PublicId, Texts, Word, one_of
from eventapp.models.programme import ProgrammeSession
from eventapp.rules.vocabulary import (
    DOCUMENT_ACCESS,
    DOCUMENT_KINDS,
    SESSION_ACCESS,
    SESSION_PARTS,
    SIGN_UP_STATES,
)


class ProgrammePublication(Base):
    """The programme of an edition was published: when, by whom, and what had changed."""

    __tablename__ = "programme_publication"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        CheckConstraint("number >= 1", name="number_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    number: Mapped[int]
    published_at: Mapped[datetime]
    published_by: Mapped[Name]
    changes: Mapped[dict[str, Any]]  # public id of a session -> what became of it
    told_at: Mapped[datetime | None]  # when those concerned were written to
    told_by: Mapped[Name] = mapped_column(default="", server_default="")
    told_people: Mapped[int | None]  # how many got a letter


class PublishedSession(Base):
    """A session as it was published last; one that was taken out since stays as cancelled, for calendars."""

    __tablename__ = "published_session"
    __table_args__ = (
        one_of("access", SESSION_ACCESS),
        Index("ix_published_session_order", "edition_id", "starts_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    public_id: Mapped[UUID] = mapped_column(Uuid, unique=True)  # the session's
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("programme_session.id", ondelete="SET NULL"), index=True
    )
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    access: Mapped[Word]
    document: Mapped[dict[str, Any]]  # rules/programme_document
    sequence: Mapped[int] = mapped_column(default=0)  # RFC 5545: grows with every change that was told
    changed_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]


class DeletedSessionPerson(Base):
    """Whom a published session concerned when it was deleted: they are told once that is published."""

    __tablename__ = "deleted_session_person"
    __table_args__ = (
        one_of("part", SESSION_PARTS),
        CheckConstraint("(part = 'people') = (speaker_id IS NOT NULL)", name="speaker_named"),
        CheckConstraint("(registration_id IS NULL) <> (speaker_id IS NULL)", name="one_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    published_session_id: Mapped[int] = mapped_column(
        ForeignKey("published_session.id", ondelete="CASCADE"), index=True
    )
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("speaker.id", ondelete="CASCADE"), index=True)
    part: Mapped[Word]  # on the agenda, invited, or one of its people


class SessionSignUp(Base):
    """Somebody's place at a session, in its line, or a note on the own agenda."""

    __tablename__ = "session_sign_up"
    __table_args__ = (
        one_of("state", SIGN_UP_STATES),
        UniqueConstraint("programme_session_id", "registration_id"),
        Index("ix_session_sign_up_line", "programme_session_id", "state", "since", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_session_id: Mapped[int] = mapped_column(ForeignKey("programme_session.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[Word]
    since: Mapped[datetime]  # in this state; the order of the line

    programme_session: Mapped[ProgrammeSession] = relationship()


class ProgrammeDocument(Base):
    """A paper, slides, a recording or an outcome, of a session or of the whole edition, in one or several languages."""

    __tablename__ = "programme_document"
    __table_args__ = (
        one_of("kind", DOCUMENT_KINDS),
        one_of("access", DOCUMENT_ACCESS),
        CheckConstraint("access <> 'session' OR session_id IS NOT NULL", name="session_named"),
        Index("ix_programme_document_order", "edition_id", "position", "id"),
        NUMBERED_ONCE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("programme_session.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[Word]
    symbol: Mapped[str] = mapped_column(String(100), default="")  # as the secretariat cites it
    revision: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[Texts]
    access: Mapped[Word]
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    files: Mapped[list["DocumentFile"]] = relationship(
        order_by="DocumentFile.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class DocumentFile(Base):
    """A document in one language: a file in a folder that no web server shows, or the address of a recording."""

    __tablename__ = "document_file"
    __table_args__ = (
        UniqueConstraint("document_id", "language"),
        CheckConstraint("(stored_name IS NULL) = (url <> '')", name="file_or_address"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    document_id: Mapped[int] = mapped_column(ForeignKey("programme_document.id", ondelete="CASCADE"))
    language: Mapped[Word]  # empty: no language of its own, a picture or music
    stored_name: Mapped[str | None] = mapped_column(String(100), unique=True)  # random, in the folder
    file_name: Mapped[Name] = mapped_column(default="")  # as it was called by whoever sent it
    url: Mapped[str] = mapped_column(default="")
    media_type: Mapped[str] = mapped_column(String(120), default="")
    size: Mapped[int] = mapped_column(default=0)  # in bytes
    sha256: Mapped[str] = mapped_column(String(64), default="")
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[Name]
