"""Bodies (ministries, police forces, organizations, ...), their part in editions, and the partnerships."""

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.models.base import Base, Name, PublicId, Texts, Word, one_of
from eventapp.models.content import Upload
from eventapp.models.reference import Country
from eventapp.rules.vocabulary import BODY_KINDS, BODY_ROLES, PARTNERSHIPS


class Body(Base):
    """One body, whoever it is; the same record hosts an edition and is represented by delegates."""

    __tablename__ = "body"
    __table_args__ = (one_of("kind", BODY_KINDS), Index("ix_body_sort_name", "sort_name", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    names: Mapped[Texts]
    sort_name: Mapped[Name]  # the English (else first) name, casefolded: one order on every database
    acronym: Mapped[str] = mapped_column(default="")
    kind: Mapped[Word]
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    website: Mapped[str] = mapped_column(default="")
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id"))
    is_listed: Mapped[bool] = mapped_column(default=True)  # offered to delegates as a body they may represent
    version: Mapped[int] = mapped_column(default=1)

    country: Mapped[Country | None] = relationship()
    logo: Mapped[Upload | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class EditionBody(Base):
    """The part that a body has in an edition, in the order in which it is named."""

    __tablename__ = "edition_body"
    __table_args__ = (one_of("role", BODY_ROLES), UniqueConstraint("edition_id", "body_id", "role"))

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    role: Mapped[Word]
    position: Mapped[int]
    source_url: Mapped[str] = mapped_column(default="")

    body: Mapped[Body] = relationship()


class Partnership(Base):
    """A lasting partnership of the conference: key partner or member of the Expert Group."""

    __tablename__ = "partnership"
    __table_args__ = (one_of("kind", PARTNERSHIPS), UniqueConstraint("body_id", "kind"))

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    kind: Mapped[Word]
    since_year: Mapped[int | None]
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    body: Mapped[Body] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
