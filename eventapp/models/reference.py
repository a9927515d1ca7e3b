"""Countries, regions and sectors: lists the administrator keeps, in four languages."""

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.models.base import Base, CountryCode, Prose, Texts, Word, one_of
from eventapp.rules.vocabulary import COUNTRY_STATUSES


class Country(Base):
    """A country or territory as listed in ISO 3166, with M49 names; designations imply no opinion."""

    __tablename__ = "country"
    __table_args__ = (one_of("status", COUNTRY_STATUSES),)

    code: Mapped[CountryCode] = mapped_column(primary_key=True)
    alpha3: Mapped[str] = mapped_column(unique=True)
    m49: Mapped[str]
    names: Mapped[Texts]
    footnote: Mapped[Prose]
    status: Mapped[Word]
    active_from: Mapped[date | None]
    active_to: Mapped[date | None]


class Region(Base):
    """A region of a named scheme (M49, UN regional groups, any other the administrator adds)."""

    __tablename__ = "region"
    __table_args__ = (UniqueConstraint("scheme", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme: Mapped[Word]
    code: Mapped[Word]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    names: Mapped[Texts]
    position: Mapped[int] = mapped_column(default=0)


class CountryRegion(Base):
    """A country's place in a scheme; a country may stand in one region of each level of each scheme."""

    __tablename__ = "country_region"

    country_code: Mapped[CountryCode] = mapped_column(ForeignKey("country.code"), primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), primary_key=True, index=True)


class Sector(Base):
    """What a person's post belongs to; two levels, people are counted at the deepest."""

    __tablename__ = "sector"

    code: Mapped[Word] = mapped_column(primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("sector.code"))
    names: Mapped[Texts]
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
