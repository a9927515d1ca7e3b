"""What is kept for exports: the columns of a list under a name, for one edition or for all."""

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.models.base import Base, Document, Name


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
