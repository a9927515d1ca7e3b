"""Editions of the conference and the figures published about them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base, PublicId, Texts, Word, between, one_of
from eventapp.models.bodies import EditionBody
from eventapp.models.content import Upload
from eventapp.models.reference import Country
from eventapp.rules.keeping import NEEDS_BOUNDS, NEEDS_DAYS, RECORD_BOUNDS, RECORD_MONTHS
from eventapp.rules.vocabulary import (
    APPROVALS,
    DATE_PRECISIONS,
    EDITION_STATES,
    FIGURE_MEASURES,
    FIGURE_QUALIFIERS,
)


class Edition(Base):
    """One edition; the ordinal is its key in every address, never the year."""

    __tablename__ = "edition"
    __table_args__ = (
        one_of("state", EDITION_STATES),
        one_of("date_precision", DATE_PRECISIONS),
        one_of("approval", APPROVALS),
        CheckConstraint("ordinal >= 1", name="ordinal_positive"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity_not_negative"),
        CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"
        ),
        CheckConstraint(
            "registration_closes_at IS NULL OR registration_opens_at IS NULL"
            " OR registration_closes_at > registration_opens_at",
            name="closes_after_opening",
        ),
        between("needs_days", NEEDS_BOUNDS),
        between("record_months", RECORD_BOUNDS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    ordinal: Mapped[int] = mapped_column(unique=True)
    title: Mapped[Texts]
    theme: Mapped[Texts]
    summary: Mapped[Texts]
    starts_on: Mapped[date | None]  # with precision month or year: the first day of it
    ends_on: Mapped[date | None]
    date_precision: Mapped[Word] = mapped_column(default="unknown")
    city: Mapped[Texts]
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    venue: Mapped[Texts]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    time_zone: Mapped[Word] = mapped_column(default="UTC")
    travel_information: Mapped[Texts]
    venue_information: Mapped[Texts]
    contact_information: Mapped[Texts]
    contact_email: Mapped[str] = mapped_column(default="")
    capacity: Mapped[int | None]  # empty: no limit
    registration_opens_at: Mapped[datetime | None]
    registration_closes_at: Mapped[datetime | None]
    changes_close_at: Mapped[datetime | None]  # the freeze date for changes by delegates
    approval: Mapped[Word] = mapped_column(default="one_step")
    endorse_by: Mapped[date | None]  # with two steps: until when bodies are asked to endorse
    decide_by: Mapped[date | None]  # until when the secretariat means to decide
    patience_days: Mapped[int] = mapped_column(
        default=7, server_default="7"
    )  # before an endorsement is overdue
    accepts_late: Mapped[bool] = mapped_column(default=False)
    roles_outside: Mapped[list[str]] = mapped_column(
        default=list, server_default="[]"
    )  # roles in the delegation that take no place of any quota
    state: Mapped[Word] = mapped_column(default="draft")
    notice: Mapped[Texts]  # why it is postponed or cancelled, on every page of the edition
    outcome: Mapped[Texts]
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id"))
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    # How long after its end an edition keeps personal data, and what the clocks count from (rules/keeping).
    needs_days: Mapped[int] = mapped_column(default=NEEDS_DAYS, server_default=str(NEEDS_DAYS))
    record_months: Mapped[int] = mapped_column(default=RECORD_MONTHS, server_default=str(RECORD_MONTHS))
    cancelled_on: Mapped[date | None]  # the day in its zone
    clocks_set_at: Mapped[datetime | None]  # when what the clocks follow was last changed
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    country: Mapped[Country | None] = relationship()
    picture: Mapped[Upload | None] = relationship()
    bodies: Mapped[list[EditionBody]] = relationship(order_by=(EditionBody.position, EditionBody.id))
    figures: Mapped[list["FigureClaim"]] = relationship(
        order_by="(FigureClaim.position, FigureClaim.id)", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class FigureClaim(Base):
    """What somebody published about an edition; several may disagree, one of each measure is shown."""

    __tablename__ = "figure_claim"
    __table_args__ = (
        one_of("measure", FIGURE_MEASURES),
        one_of("qualifier", FIGURE_QUALIFIERS),
        CheckConstraint("value >= 0", name="value_not_negative"),
        Index(
            "uq_figure_claim_shown",
            "edition_id",
            "measure",
            unique=True,
            # PostgreSQL has the same condition, from the migration: named here, it loads that whole dialect.
            sqlite_where=text("is_shown"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    measure: Mapped[Word]
    qualifier: Mapped[Word]
    value: Mapped[int]
    source_url: Mapped[str] = mapped_column(default="")
    source_note: Mapped[str] = mapped_column(default="")
    is_shown: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
