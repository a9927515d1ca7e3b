"""What personal data is still held, where, and when it goes: for the administrators' page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from eventapp.extensions import db
from eventapp.models import (
    CredentialDocument,
    FocalPoint,
    ImportJob,
    OutboxMessage,
    Registration,
    Speaker,
    User,
)
from eventapp.rules.access import Actor, check_administrator
from eventapp.services import workspace_forget

ERASED = "erased"  # what stands in place of an address in a letter


@dataclass(frozen=True, kw_only=True)
class Held:
    """One kind of personal data: how much of it there is, and the next moment at which some of it goes by itself."""

    word: str
    count: int
    next_at: datetime | None = None


def list_held(actor: Actor) -> Sequence[Held]:
    """Every kind of personal data that is held now; a query for each. Refuses all but administrators."""
    check_administrator(actor)
    invited, first = workspace_forget.count_named()
    lists, first_list = db.session.execute(
        select(func.count(), func.min(ImportJob.expires_at)).where(
            ImportJob.state.not_in(("done", "removed"))
        )
    ).one()
    return [
        Held(word="registrations", count=_count(Registration, Registration.erased_at.is_(None))),
        Held(word="focal_points", count=_count(FocalPoint, FocalPoint.removed_at.is_(None))),
        Held(word="invitations", count=invited, next_at=first and first + workspace_forget.KEPT),
        Held(word="credentials", count=_count(CredentialDocument, CredentialDocument.removed_at.is_(None))),
        Held(word="speakers", count=_count(Speaker)),
        Held(word="letters", count=_count(OutboxMessage, OutboxMessage.recipient != ERASED)),
        Held(word="imports", count=lists, next_at=first_list),
        Held(word="accounts", count=_count(User)),
    ]


def _count(table: Any, *wanted: Any) -> int:
    query: Select[tuple[int]] = select(func.count()).select_from(table).where(*wanted)
    return db.session.scalar(query) or 0
