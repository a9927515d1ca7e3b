"""The base of every table: naming convention, aware UTC times, texts in four languages, lists of allowed words."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, DateTime, Dialect, MetaData, String, Text, TypeDecorator, Uuid
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment: aware, kept in UTC; refuses a naive value."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JSONDocument(TypeDecorator[Any]):
    """JSON; on PostgreSQL its jsonb, by the name under which that dialect knows it.

    Importing the type itself loads the whole dialect, 2 MB in every worker that speaks to SQLite.
    """

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON())
        return dialect.type_descriptor(dialect.ischema_names["jsonb"]())  # type: ignore[attr-defined]  # of this dialect

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """A key or an index into the document is compared as itself, as SQLAlchemy asks for."""
        return self.impl_instance.coerce_compared_value(op, value)


Document = JSONDocument()

# A text in up to four languages: {"en": "...", "fr": "..."}; missing languages are absent, never empty.
Texts = Annotated[dict[str, str], mapped_column(Document, default=dict)]
Moment = Annotated[datetime, mapped_column(Instant)]
Name = Annotated[str, mapped_column(String(300))]
Word = Annotated[str, mapped_column(String(40))]
Prose = Annotated[str, mapped_column(Text, default="")]
PublicId = Annotated[UUID, mapped_column(Uuid, default=uuid4, unique=True)]
CountryCode = Annotated[str, mapped_column(String(2))]


# What has a number in an address: SQLite gives each but once, as PostgreSQL does, so that a page of what was deleted
# never leads to what was made later.
NUMBERED_ONCE = {"sqlite_autoincrement": True}


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """A constraint that lets a column hold nothing but the given words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def between(column: str, bounds: tuple[int, int]) -> CheckConstraint:
    """A constraint that keeps a number within two bounds, both of which it may have."""
    return CheckConstraint(f"{column} BETWEEN {bounds[0]} AND {bounds[1]}", name=f"{column}_bounded")


class Base(DeclarativeBase):
    """Every table; plain, so that models need no web framework."""

    # One registry with its map, not two class attributes: Flask-SQLAlchemy derives a class from this one's body.
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: Instant, dict[str, Any]: Document, list[str]: Document},
    )
