"""What personal data is still held, where, and when it goes: for the administrators' page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from eventapp.extensions import db
from eventapp.models import Edition, ImportJob, OutboxMessage, Speaker, User
from eventapp.rules.access import Actor, check_administrator
from eventapp.rules.keeping import Keeping
from eventapp.services import workspace_forget
from eventapp.services.keeping import keeping_of
from eventapp.services.keeping_held import HAS_ADDRESS, count_held


@dataclass(frozen=True, kw_only=True)
class Held:
    """One kind of personal data: how much of it there is, and the next moment at which some of it goes by itself."""

    word: str
    count: int
    next_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class HeldOfEdition:
    """What one edition holds of people, by kind, and what decides when it goes."""

    edition: Edition
    keeping: Keeping
    counts: Mapping[str, int]


def list_of_editions(actor: Actor, *, now: datetime) -> Sequence[HeldOfEdition]:
    """Every edition that holds personal data, the latest first; a query for each kind. Refuses all but administrators."""
    check_administrator(actor)
    counts = count_held(now=now)
    editions = db.session.scalars(
        select(Edition).where(Edition.id.in_(counts)).order_by(Edition.ordinal.desc())
    )
    return [
        HeldOfEdition(edition=one, keeping=keeping_of(one), counts=counts[one.id]) for one in editions.all()
    ]


def list_held(actor: Actor) -> Sequence[Held]:
    """Every kind of personal data that follows no edition; a query for each. Refuses all but administrators."""
    check_administrator(actor)
    invited, first = workspace_forget.count_named()
    lists, first_list = db.session.execute(
        select(func.count(), func.min(ImportJob.expires_at)).where(
            ImportJob.state.not_in(("done", "removed"))
        )
    ).one()
    return [
        Held(word="invitations", count=invited, next_at=first and first + workspace_forget.KEPT),
        Held(word="imports", count=lists, next_at=first_list),
        Held(word="names", count=_count(Speaker)),
        Held(word="letters", count=_count(OutboxMessage, HAS_ADDRESS, OutboxMessage.edition_id.is_(None))),
        Held(word="accounts", count=_count(User)),
    ]


def _count(table: Any, *wanted: Any) -> int:
    query: Select[tuple[int]] = select(func.count()).select_from(table).where(*wanted)
    return db.session.scalar(query) or 0
