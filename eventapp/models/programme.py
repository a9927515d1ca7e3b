"""The programme: rooms, tracks, speakers and sessions (ProgrammeSession; `session` alone always means the database)."""

from datetime import datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import NUMBERED_ONCE, Base, Name, Prose, PublicId, Texts, Word, one_of
from eventapp.models.bodies import Body
from eventapp.models.content import Upload
from eventapp.rules.vocabulary import SESSION_ACCESS, SESSION_KINDS, SPEAKER_FUNCTIONS, SPEAKER_STATES


class Room(Base):
    """A room of an edition's venue."""

    __tablename__ = "room"
    __table_args__ = (
        CheckConstraint("booths >= 0", name="booths_not_negative"),
        CheckConstraint("(opens_at IS NULL) = (closes_at IS NULL)", name="hours_whole"),
        CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
        NUMBERED_ONCE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    names: Mapped[Texts]
    capacity: Mapped[int | None]  # seats
    equipment: Mapped[Texts] = mapped_column(server_default="{}")
    booths: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # for interpretation, one language each
    opens_at: Mapped[time | None]  # hours of the day in the edition's zone; empty: always
    closes_at: Mapped[time | None]
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Track(Base):
    """A thread through the programme of an edition: sessions on one subject."""

    __tablename__ = "track"
    __table_args__ = NUMBERED_ONCE

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    names: Mapped[Texts]
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Speaker(Base):
    """A person who speaks in sessions of one or several editions; the public page shows whoever agreed to it."""

    __tablename__ = "speaker"
    __table_args__ = NUMBERED_ONCE

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    honorific: Mapped[Name] = mapped_column(default="", server_default="")
    name: Mapped[Name]
    functional_title: Mapped[str] = mapped_column(default="")
    organisation: Mapped[str] = mapped_column(default="")
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    email: Mapped[Name] = mapped_column(default="", server_default="")
    language: Mapped[Word] = mapped_column(default="en", server_default="en")  # letters to the speaker
    biography: Mapped[Texts] = mapped_column(server_default="{}")
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id"))
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="SET NULL"), index=True
    )
    agreed_at: Mapped[datetime | None]  # to a public page with name, biography and picture
    consent_answered_at: Mapped[datetime | None]  # said yes or no to it; empty: nobody has answered yet
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    body: Mapped[Body | None] = relationship()
    picture: Mapped[Upload | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ProgrammeSession(Base):
    """A plenary, panel, workshop, side event or break as the organisers have it now.

    The public reads what was published (models/programme_published). Times are kept in UTC and shown in the edition's zone.
    """

    __tablename__ = "programme_session"
    __table_args__ = (
        one_of("kind", SESSION_KINDS),
        one_of("access", SESSION_ACCESS),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity_not_negative"),
        Index("ix_programme_session_order", "edition_id", "starts_at", "id"),
        NUMBERED_ONCE,
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
    track_id: Mapped[int | None] = mapped_column(ForeignKey("track.id", ondelete="SET NULL"))
    floor_language: Mapped[Word] = mapped_column(default="", server_default="")
    interpretation: Mapped[list[str]] = mapped_column(default=list, server_default="[]")  # languages
    access: Mapped[Word] = mapped_column(default="all", server_default="all")
    asks_sign_up: Mapped[bool] = mapped_column(default=False, server_default=false())
    capacity: Mapped[int | None]  # of people signed up; empty: the room's seats
    version: Mapped[int] = mapped_column(default=1)

    room: Mapped[Room | None] = relationship()
    track: Mapped[Track | None] = relationship()
    speakers: Mapped[list["ProgrammeSpeaker"]] = relationship(
        order_by="(ProgrammeSpeaker.position, ProgrammeSpeaker.id)", cascade="all, delete-orphan"
    )
    sectors: Mapped[list["SessionSector"]] = relationship(
        order_by="SessionSector.sector_code", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ProgrammeSpeaker(Base):
    """A person's place in a session: chair, speaker or rapporteur, asked, coming or not."""

    __tablename__ = "programme_speaker"
    __table_args__ = (
        UniqueConstraint("programme_session_id", "speaker_id"),
        one_of("function", SPEAKER_FUNCTIONS),
        one_of("state", SPEAKER_STATES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_session_id: Mapped[int] = mapped_column(ForeignKey("programme_session.id", ondelete="CASCADE"))
    speaker_id: Mapped[int] = mapped_column(ForeignKey("speaker.id"), index=True)
    position: Mapped[int]
    function: Mapped[Word] = mapped_column(default="speaker", server_default="speaker")
    state: Mapped[Word] = mapped_column(default="accepted", server_default="accepted")
    answered_at: Mapped[datetime | None]
    reason: Mapped[Prose] = mapped_column(server_default="")  # why not, as the speaker told the secretariat

    speaker: Mapped[Speaker] = relationship()


class SessionSector(Base):
    """A sector, with all below it, whose approved delegates may come to a session."""

    __tablename__ = "session_sector"

    programme_session_id: Mapped[int] = mapped_column(
        ForeignKey("programme_session.id", ondelete="CASCADE"), primary_key=True
    )
    sector_code: Mapped[Word] = mapped_column(ForeignKey("sector.code"), primary_key=True)


class SessionInvitee(Base):
    """Somebody who is invited to a session that is open to invited people only."""

    __tablename__ = "session_invitee"

    programme_session_id: Mapped[int] = mapped_column(
        ForeignKey("programme_session.id", ondelete="CASCADE"), primary_key=True
    )
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    invited_at: Mapped[datetime | None]
    invited_by: Mapped[Name] = mapped_column(default="", server_default="")
    told_at: Mapped[datetime | None]  # when a letter was written: once for each invitation
