"""What counting needs beside the registrations: badge categories, and what the erased were counted under."""

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.models.base import Base, Texts, Word, one_of
from eventapp.rules.vocabulary import BODY_KINDS, DELEGATE_ROLES

ERASED_DIMENSIONS = ("body", "language")


class BadgeCategory(Base):
    """What the door sees on a badge."""

    __tablename__ = "badge_category"

    code: Mapped[Word] = mapped_column(primary_key=True)
    names: Mapped[Texts]
    position: Mapped[int] = mapped_column(default=0)


class BadgeRule(Base):
    """One line of the table that derives the category; the first that fits wins, an empty column fits everybody."""

    __tablename__ = "badge_rule"
    __table_args__ = (one_of("body_kind", BODY_KINDS), one_of("role", DELEGATE_ROLES))

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    body_kind: Mapped[str | None] = mapped_column(String(40))  # a state for delegates of a country
    sector_code: Mapped[str | None] = mapped_column(ForeignKey("sector.code"))  # of either level
    role: Mapped[str | None] = mapped_column(String(40))
    category_code: Mapped[str] = mapped_column(ForeignKey("badge_category.code"), index=True)


class ErasedCount(Base):
    """How many erased people an edition counted under a body or a language: their rows no longer say so, the counts stay."""

    __tablename__ = "erased_count"
    __table_args__ = (
        one_of("dimension", ERASED_DIMENSIONS),
        CheckConstraint("people > 0", name="people_positive"),
        UniqueConstraint("edition_id", "dimension", "code", "state", "is_checked_in"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    dimension: Mapped[Word]
    code: Mapped[Word]  # a body's number or a language; empty where the row had none
    state: Mapped[Word]
    is_checked_in: Mapped[bool]
    people: Mapped[int]
