"""Represented bodies of an edition: whom they send, within which quota, who speaks for them, what they owe."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base, CountryCode, Name, Prose, PublicId, Word, one_of
from eventapp.models.bodies import Body
from eventapp.models.reference import Country
from eventapp.rules.vocabulary import BODY_KINDS, CREDENTIALS, DELEGATE_ROLES, MEMBERSHIPS, QUOTA_DIMENSIONS


class Delegation(Base):
    """A body that is represented at one edition: a state, by its country, or an organisation, by its body."""

    __tablename__ = "delegation"
    __table_args__ = (
        one_of("kind", BODY_KINDS),
        one_of("membership", MEMBERSHIPS),
        one_of("credentials", CREDENTIALS),
        CheckConstraint("(country_code IS NULL) <> (body_id IS NULL)", name="country_or_body"),
        CheckConstraint("quota IS NULL OR quota >= 0", name="quota_not_negative"),
        UniqueConstraint("edition_id", "country_code"),
        UniqueConstraint("edition_id", "body_id"),
        Index("ix_delegation_sort_name", "edition_id", "sort_name", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    country_code: Mapped[CountryCode | None] = mapped_column(ForeignKey("country.code"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"), index=True)
    kind: Mapped[Word]
    membership: Mapped[Word] = mapped_column(default="")  # in the organising body, for countries
    quota: Mapped[int | None]  # empty: no limit
    # The host's places are its own: its people take none of the edition's capacity.
    stands_apart: Mapped[bool] = mapped_column(default=False, server_default=false())
    credentials: Mapped[Word] = mapped_column(default="missing")
    credentials_note: Mapped[Prose]  # what the body is told about them
    sort_name: Mapped[Name]  # as in body.sort_name
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    country: Mapped[Country | None] = relationship()
    body: Mapped[Body | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class FocalPoint(Base):
    """Somebody who speaks for a represented body: comes by a personal link, or signs in."""

    __tablename__ = "focal_point"
    __table_args__ = (
        # One open entry for each address in a delegation; whoever was removed may come back.
        Index(
            "uq_focal_point_email",
            "delegation_id",
            "email",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id", ondelete="CASCADE"))
    name: Mapped[Name]
    email: Mapped[Name]  # normalised to lower case
    language: Mapped[Word] = mapped_column(default="en")
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    delegation: Mapped[Delegation] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class DelegationInvitation(Base):
    """A focal point asks somebody to register for the own delegation; its link works once."""

    __tablename__ = "delegation_invitation"
    __table_args__ = (one_of("role", DELEGATE_ROLES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id", ondelete="CASCADE"), index=True)
    focal_point_id: Mapped[int | None] = mapped_column(ForeignKey("focal_point.id", ondelete="SET NULL"))
    name: Mapped[Name] = mapped_column(default="")
    email: Mapped[Name]
    language: Mapped[Word] = mapped_column(default="en")
    role: Mapped[Word] = mapped_column(default="delegate")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="SET NULL"), unique=True
    )  # who came by it

    delegation: Mapped[Delegation] = relationship()


class CredentialDocument(Base):
    """A paper of a delegation's credentials; the file lies in a folder that no web server shows."""

    __tablename__ = "credential_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id", ondelete="CASCADE"), index=True)
    stored_name: Mapped[str] = mapped_column(String(100), unique=True)  # random, in the folder
    file_name: Mapped[Name]  # as it was called by whoever sent it
    media_type: Mapped[Word]
    size: Mapped[int]  # in bytes
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[Name]
    removed_at: Mapped[datetime | None]


class Quota(Base):
    """How many people of one sector or badge category an edition takes; its own capacity stands beside them."""

    __tablename__ = "quota"
    __table_args__ = (
        one_of("dimension", QUOTA_DIMENSIONS),
        CheckConstraint("places >= 0", name="places_not_negative"),
        UniqueConstraint("edition_id", "dimension", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    dimension: Mapped[Word]
    code: Mapped[Word]  # of a sector, with all below it, or of a badge category
    places: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
