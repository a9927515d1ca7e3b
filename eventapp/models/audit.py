"""The audit list: who changed or exported what, when, with the old and the new."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.models.base import Base, Prose, Word, one_of
from eventapp.rules.vocabulary import ACTOR_KINDS


class AuditEntry(Base):
    """One change or export. Erasing a person empties `old` and `new` of their entries, the rest stays."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        one_of("actor_kind", ACTOR_KINDS),
        Index("ix_audit_entry_subject", "subject_type", "subject_id", "id"),
        Index("ix_audit_entry_edition_id_id", "edition_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_kind: Mapped[Word]
    actor_id: Mapped[int | None]  # the user; no foreign key, the list outlives accounts
    actor_name: Mapped[str] = mapped_column(default="")
    action: Mapped[Word]  # e.g. registration.approve, edition.publish, delegates.export
    subject_type: Mapped[Word]
    subject_id: Mapped[int | None]
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    reason: Mapped[Prose]
    old: Mapped[dict[str, Any]] = mapped_column(default=dict)
    new: Mapped[dict[str, Any]] = mapped_column(default=dict)
