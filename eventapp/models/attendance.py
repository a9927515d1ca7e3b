"""Who came: one row for each person and day. Attendance is no state; it is these rows."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base, Prose
from eventapp.models.registrations import Registration


class CheckIn(Base):
    """One person was here on one day of the edition; an undone one stays as history and counts nowhere."""

    __tablename__ = "check_in"
    __table_args__ = (
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_somebody"),
        # Two desks at once: the second insert fails, whatever either has read before.
        Index(
            "uq_check_in_person_day",
            "registration_id",
            "on",
            unique=True,
            # PostgreSQL has the same condition, from the migration: named here, it loads that whole dialect.
            sqlite_where=text("undone_at IS NULL"),
        ),
        Index("ix_check_in_count", "edition_id", "on", "registration_id", "undone_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    on: Mapped[date]  # the day in the edition's zone
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(300), default="")  # who, as the other desk is told
    desk: Mapped[str] = mapped_column(String(100), default="")
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(300))
    undone_reason: Mapped[Prose]

    registration: Mapped[Registration] = relationship()
