"""What is kept for exports: the columns of a list under a name, and lists that are made later."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.accounts import User
from eventapp.models.base import Base, Document, Name, PublicId, Word, one_of

EXPORT_STATES = ("waiting", "running", "ready", "failed", "removed")
EXPORT_FORMATS = ("csv", "json", "xlsx")


class ColumnSet(Base):
    """Columns of the list of delegates that somebody chose once and wants again."""

    __tablename__ = "column_set"
    __table_args__ = (
        Index("uq_column_set_of_edition", "edition_id", "name", unique=True),
        Index(
            "uq_column_set_of_all",
            "name",
            unique=True,
            # PostgreSQL has the same condition, from the migration: named here, it loads that whole dialect.
            sqlite_where=text("edition_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int | None] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE")
    )  # empty: of all editions
    name: Mapped[Name]
    columns: Mapped[list[str]] = mapped_column(Document)


class ExportJob(Base):
    """A list that somebody asked for and fetches later; its file goes by the public id."""

    __tablename__ = "export_job"
    __table_args__ = (one_of("state", EXPORT_STATES), one_of("format", EXPORT_FORMATS))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    asked_at: Mapped[datetime]
    format: Mapped[Word]
    language: Mapped[Word]
    columns: Mapped[list[str]] = mapped_column(Document)
    filter: Mapped[dict[str, str]] = mapped_column(Document)
    state: Mapped[Word] = mapped_column(default="waiting", index=True)
    people: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]  # afterwards another worker may take it
    expires_at: Mapped[datetime | None]  # the file is removed then

    asked_by: Mapped[User] = relationship()

    @property
    def file_name(self) -> str:
        """The name of its file in the exports folder."""
        return f"{self.public_id}.{self.format}"

    @property
    def marks_name(self) -> str:
        """The name of what lies beside the file: who stands in it, for the mark once it is fetched."""
        return f"{self.public_id}.marks"
