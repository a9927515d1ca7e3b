"""Registrations: one person's wish to take part in one edition."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base, Name, Prose, PublicId, Word, one_of
from eventapp.models.bodies import Body
from eventapp.models.delegations import Delegation
from eventapp.models.editions import Edition
from eventapp.models.privacy import PrivacyNotice
from eventapp.models.reference import Country, Sector
from eventapp.rules.vocabulary import COUNTRY_BASES, DELEGATE_ROLES, REGISTRATION_STATES, REPRESENTS


class Registration(Base):
    """One person in one edition. An e-mail address may stand for several people (a focal point's)."""

    __tablename__ = "registration"
    __table_args__ = (
        one_of("state", REGISTRATION_STATES),
        one_of("role", DELEGATE_ROLES),
        one_of("represents", REPRESENTS),
        one_of("country_basis", COUNTRY_BASES),
        CheckConstraint(
            "(country_basis = 'none') = (counted_country_code IS NULL)", name="counted_country_present"
        ),
        CheckConstraint("represents <> 'country' OR country_code IS NOT NULL", name="country_present"),
        # Every column that a count reads stands in this one index, in the order of the grouping: a count of a
        # million rows never touches the table.
        Index(
            "ix_registration_count",
            "edition_id",
            "sector_code",
            "counted_country_code",
            "country_basis",
            "state",
            "is_checked_in",
            "role",
            "body_kind",
            "language",
            "body_id",
            "received_on",
        ),
        Index("ix_registration_queue", "edition_id", "state", "waitlisted_at", "id"),
        Index("ix_registration_received", "edition_id", "submitted_at", "id"),
        Index("ix_registration_sort_name", "edition_id", "sort_name", "id"),
        Index("ix_registration_email", "email"),
        Index(
            "ix_registration_delegation",
            "delegation_id",
            "state",
            "id",
            # PostgreSQL has the same condition, from the migration: named here, it loads that whole dialect.
            sqlite_where=text("delegation_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    nonce: Mapped[UUID | None] = mapped_column(
        Uuid, unique=True
    )  # one per form filled in: a second click is the same
    state: Mapped[Word]
    honorific: Mapped[str] = mapped_column(String(100), default="")
    given_name: Mapped[Name]
    family_name: Mapped[Name]
    badge_name: Mapped[Name] = mapped_column(default="")
    sort_name: Mapped[Name]  # family name, given name, casefolded and without accents
    email: Mapped[Name]
    phone: Mapped[str] = mapped_column(String(60), default="")
    functional_title: Mapped[Name] = mapped_column(default="")
    represents: Mapped[Word]
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    organisation: Mapped[Name] = mapped_column(
        default=""
    )  # as typed; or the ministry or service of a state's delegate
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"), index=True)
    body_kind: Mapped[str | None] = mapped_column(String(40))
    seat_country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    counted_country_code: Mapped[str | None] = mapped_column(String(2))  # set by rules.counting, nowhere else
    country_basis: Mapped[Word]
    sector_code: Mapped[str] = mapped_column(ForeignKey("sector.code"))
    role: Mapped[Word]
    language: Mapped[Word] = mapped_column(default="en")  # letters to the person
    languages: Mapped[list[str]] = mapped_column(default=list)  # languages the person works in
    dietary_needs: Mapped[str] = mapped_column(Text, default="")
    accessibility_needs: Mapped[str] = mapped_column(Text, default="")
    privacy_notice_id: Mapped[int | None] = mapped_column(ForeignKey("privacy_notice.id"))
    is_listed: Mapped[bool] = mapped_column(default=False)  # agrees to appear in the list of participants
    is_late: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[Prose]  # of the last decision, as the person is told it
    is_checked_in: Mapped[bool] = mapped_column(
        default=False
    )  # a valid check-in stands; set with it, nowhere else
    submitted_at: Mapped[datetime]
    received_on: Mapped[date]  # the day of submitted_at in the edition's zone, for counts by day
    waitlisted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id"))  # the body that vouches
    delegation_order: Mapped[int | None]  # the delegation's own order, after its head
    endorsed_at: Mapped[datetime | None]
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    exported_at: Mapped[datetime | None]  # when another system last took this row along
    exported_entry_id: Mapped[
        int | None
    ]  # the latest entry of the history at that time; no foreign key, as there
    version: Mapped[int] = mapped_column(default=1)

    edition: Mapped[Edition] = relationship()
    country: Mapped[Country | None] = relationship(foreign_keys=[country_code])
    seat_country: Mapped[Country | None] = relationship(foreign_keys=[seat_country_code])
    sector: Mapped[Sector] = relationship()
    body: Mapped[Body | None] = relationship()
    delegation: Mapped[Delegation | None] = relationship()
    privacy_notice: Mapped[PrivacyNotice | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
