"""The privacy notice in its versions; a registration keeps which one was agreed to."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from eventapp.models.base import Base, Texts


class PrivacyNotice(Base):
    """One version of the notice; a draft until it is published, never changed afterwards."""

    __tablename__ = "privacy_notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    text: Mapped[Texts]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
