"""Countries, regions and sectors: lists the administrator keeps, in four languages."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.models.base import Base, CountryCode, Prose, Texts, Word, one_of
from eventapp.rules.vocabulary import COUNTRY_STATUSES

# The versions of these lists move with what a form holds, not with the place in a list: whoever puts one in
# order disturbs no form.


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
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012


class RegionScheme(Base):
    """One way to part the world into regions: M49, UN regional groups, any other that the administrator adds."""

    __tablename__ = "region_scheme"

    code: Mapped[Word] = mapped_column(primary_key=True)  # people are counted by it: a word for addresses
    names: Mapped[Texts]
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012


class Region(Base):
    """A region of a scheme: of the upper level, or below one of these."""

    __tablename__ = "region"
    __table_args__ = (UniqueConstraint("scheme", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme: Mapped[Word] = mapped_column(ForeignKey("region_scheme.code"))
    code: Mapped[Word]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    names: Mapped[Texts]
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012


class CountryRegion(Base):
    """A country's place in a scheme: one region on each level, which the key holds; scheme and level are the region's."""

    __tablename__ = "country_region"
    __table_args__ = (CheckConstraint("level IN (1, 2)", name="level_known"),)

    country_code: Mapped[CountryCode] = mapped_column(ForeignKey("country.code"), primary_key=True)
    scheme: Mapped[Word] = mapped_column(ForeignKey("region_scheme.code"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)


class Sector(Base):
    """What a person's post belongs to; two levels, people are counted at the deepest."""

    __tablename__ = "sector"

    code: Mapped[Word] = mapped_column(primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("sector.code"))
    names: Mapped[Texts]
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012
