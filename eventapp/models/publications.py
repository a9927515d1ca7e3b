"""Counts as they were published: frozen snapshots, kept with the true numbers for the check of later ones."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.models.base import Base


class Publication(Base):
    """What an edition told the public of its counts at one moment. Never changed afterwards, at most withdrawn."""

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint("threshold >= 3", name="threshold_hides"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    number: Mapped[int]
    nonce: Mapped[UUID] = mapped_column(
        Uuid, unique=True
    )  # of the preview: a second click finds what the first one did
    taken_at: Mapped[datetime]
    published_at: Mapped[datetime]
    published_by: Mapped[str]
    threshold: Mapped[int]
    document: Mapped[dict[str, Any]]  # what everybody may read
    record: Mapped[
        dict[str, Any]
    ]  # all true numbers, and why each was withheld; for the organisers and later checks
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
