"""The outbox: every message is a row first, written in the transaction that causes it; and what an edition writes itself."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.models.base import Base, Name, Prose, PublicId, Word, one_of
from eventapp.rules.vocabulary import LANGUAGES, MAIL_STATES, REMINDERS


class OutboxMessage(Base):
    """A message to one person. It holds no token: the sender derives the link's token when it sends."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        one_of("state", MAIL_STATES),
        Index("ix_outbox_message_due", "state", "next_attempt_at", "id"),
        Index("ix_outbox_message_edition_id_id", "edition_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]  # stands in the Message-ID, so that a repeat can be recognised
    kind: Mapped[Word]  # the template under templates/mail/
    language: Mapped[Word]
    recipient: Mapped[Name]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what the template needs beyond the records
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="SET NULL"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    link_id: Mapped[int | None] = mapped_column(
        ForeignKey("private_link.id", ondelete="SET NULL"), index=True
    )
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    state: Mapped[Word] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[Prose]


class MailText(Base):
    """An edition's own text of one kind of mail in one language; empty again once it was reset, so that versions go on."""

    __tablename__ = "mail_text"
    __table_args__ = (
        UniqueConstraint("edition_id", "kind", "language"),
        one_of("language", LANGUAGES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    kind: Mapped[Word]  # a word of rules/mail_kind
    language: Mapped[Word]
    subject: Mapped[Name] = mapped_column(default="")
    body: Mapped[Prose]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ReminderPlan(Base):
    """How many days before registration closes an edition reminds whom: {"endorsement": [14, 7], ...}; empty: nobody."""

    __tablename__ = "reminder_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), unique=True)
    days: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ReminderRun(Base):
    """Everybody who was to be reminded of one thing on one day has been; the row is what makes it happen once."""

    __tablename__ = "reminder_run"
    __table_args__ = (one_of("reminder", REMINDERS), UniqueConstraint("edition_id", "reminder", "due_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    reminder: Mapped[Word]
    due_on: Mapped[date]
    ran_at: Mapped[datetime]
    messages: Mapped[int]
