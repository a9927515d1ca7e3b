"""Organisers' accounts, and the links that let people in without one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Uuid, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base, Name, PublicId, Word, one_of
from eventapp.rules.vocabulary import LINK_PURPOSES, USER_ROLES


class User(Base):
    """Somebody of the secretariat who signs in; `session_epoch` moves when all sessions must end."""

    __tablename__ = "user_account"
    __table_args__ = (one_of("role", USER_ROLES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    email: Mapped[Name] = mapped_column(unique=True)  # normalised to lower case
    name: Mapped[Name]
    password_hash: Mapped[str | None]  # empty until the person has set one through a link
    role: Mapped[Word]
    all_editions: Mapped[bool] = mapped_column(default=False)
    may_see_needs: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # food and help in the list of delegates
    language: Mapped[Word] = mapped_column(default="en")
    is_active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]

    editions: Mapped[list["UserEdition"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class UserEdition(Base):
    """An edition that an organiser or reader may work on, where not all are open to them."""

    __tablename__ = "user_edition"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class PrivateLink(Base):
    """A way in without a password. The token is derived by HMAC from `seed`; only its hash is kept."""

    __tablename__ = "private_link"
    __table_args__ = (
        one_of("purpose", LINK_PURPOSES),
        CheckConstraint(
            "(purpose IN ('registration', 'calendar')) = (registration_id IS NOT NULL)",
            name="registration_named",
        ),
        CheckConstraint("(purpose = 'focal_point') = (focal_point_id IS NOT NULL)", name="focal_point_named"),
        CheckConstraint(
            "(purpose = 'delegation_invitation') = (delegation_invitation_id IS NOT NULL)",
            name="delegation_invitation_named",
        ),
        CheckConstraint("(purpose = 'speaker') = (speaker_id IS NOT NULL)", name="speaker_named"),
        Index("ix_private_link_registration_id", "registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Word]
    seed: Mapped[UUID] = mapped_column(Uuid)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    focal_point_id: Mapped[int | None] = mapped_column(
        ForeignKey("focal_point.id", ondelete="CASCADE"), index=True
    )
    delegation_invitation_id: Mapped[int | None] = mapped_column(
        ForeignKey("delegation_invitation.id", ondelete="CASCADE"), index=True
    )
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("speaker.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
