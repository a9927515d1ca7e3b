"""People who may be in an edition twice: pairs that were found, what was decided about them, and how far the search has come."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base, Document, Word, one_of
from eventapp.models.registrations import Registration

PAIR_STATES = ("open", "different", "merged")
SEARCH_STATES = ("waiting", "running", "done", "failed", "too_large")


class DuplicatePair(Base):
    """Two registrations that may be one person's; erasing either takes the pair away."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        one_of("state", PAIR_STATES),
        CheckConstraint("first_id < second_id", name="in_order"),
        UniqueConstraint("first_id", "second_id"),
        Index("ix_duplicate_pair_queue", "edition_id", "state", "score", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    first_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    score: Mapped[int]  # of 100
    reasons: Mapped[list[str]] = mapped_column(Document)
    names: Mapped[str] = mapped_column(String(64))  # a hash of both names: whether one has changed since
    state: Mapped[Word] = mapped_column(default="open")
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    first: Mapped[Registration] = relationship(foreign_keys=[first_id])
    second: Mapped[Registration] = relationship(foreign_keys=[second_id])


class DuplicateSearch(Base):
    """How far the search has come in one edition."""

    __tablename__ = "duplicate_search"
    __table_args__ = (one_of("state", SEARCH_STATES),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[Word] = mapped_column(default="waiting")
    is_whole: Mapped[bool] = mapped_column(default=True)  # everybody, not only who is new or changed
    people: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    seen_entry_id: Mapped[int] = mapped_column(default=0)  # the history is known up to this entry
    leased_until: Mapped[datetime | None]  # afterwards another worker may take it
    finished_at: Mapped[datetime | None]
