"""Lists of people that somebody brings: looked at first, written when confirmed; the rows lie in a private folder until then."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.models.base import Base, Document, Name, PublicId, Word, one_of

# waiting and confirmed wait for the worker; checking and writing are at work; only ready can be confirmed.
IMPORT_STATES = (
    "waiting",
    "checking",
    "ready",
    "confirmed",
    "writing",
    "done",
    "failed",
    "removed",
)


class ImportJob(Base):
    """A list that somebody brought, and what became of it."""

    __tablename__ = "import_job"
    __table_args__ = (one_of("state", IMPORT_STATES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    # A delegation's own list: people of another body are refused, and no other delegation is looked at.
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id", ondelete="CASCADE"))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    asked_by: Mapped[dict[str, Any]] = mapped_column(Document)  # kind, number and name, for the history
    asked_at: Mapped[datetime]
    file_name: Mapped[Name]
    takes_needs: Mapped[bool] = mapped_column(default=False)
    language: Mapped[Word]  # of letters, where the list says none
    state: Mapped[Word] = mapped_column(default="waiting", index=True)
    rows: Mapped[int]
    notes: Mapped[list[Any]] = mapped_column(Document)  # message ids with their values
    counts: Mapped[dict[str, Any]] = mapped_column(Document)  # outcome -> rows
    choices: Mapped[dict[str, Any]] = mapped_column(
        Document
    )  # row that may be somebody's second -> skip or add
    mark: Mapped[str] = mapped_column(
        String(64), default=""
    )  # of what was shown; another one at the end means: look again
    tells: Mapped[bool] = mapped_column(default=False)  # each person is written to
    leased_until: Mapped[datetime | None]  # afterwards another worker may take it
    expires_at: Mapped[datetime]  # its rows are removed then
    done_at: Mapped[datetime | None]
