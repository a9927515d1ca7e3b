"""Carrying out the outbox: messages are leased in one transaction, sent outside any, and noted in another.

A lease that ran out is taken again by whoever comes next. Only the holder of the newest lease may note what became of
a message, so that a slow sender cannot undo what another one wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update

from eventapp.extensions import db
from eventapp.models import (
    DelegationInvitation,
    FocalPoint,
    OutboxMessage,
    PrivateLink,
    Registration,
    Speaker,
)
from eventapp.rules.edition import PAST_STATES
from eventapp.rules.mail import next_attempt_at
from eventapp.rules.mail_kind import TO_SECRETARIAT
from eventapp.services.accounts import as_actor
from eventapp.services.delegations_copies import LEFT
from eventapp.services.mail_outgoing import Outgoing, gather
from eventapp.services.programme_telling import KIND as PROGRAMME_CHANGED
from eventapp.services.reminders_recipients import calendar_of
from eventapp.services.speakers_letters import ANSWERED

LEASE: Final = timedelta(minutes=10)
LONGEST_ERROR: Final = 500
_OVER: Final = PAST_STATES | {"cancelled"}
_TO_ACCOUNTS: Final = TO_SECRETARIAT | {"invitation", "password_reset"}
_OF_APPROVED: Final = frozenset({"session_invited", "session_seat"})


@dataclass(frozen=True)
class Lease:
    """The right to send some messages until a moment; `numbers` in the order in which they are due."""

    numbers: tuple[int, ...]
    until: datetime


def has_due(*, now: datetime) -> bool:
    """Whether there is anything to send; a look that locks nothing."""
    waiting = select(OutboxMessage.id).where(
        OutboxMessage.state == "waiting", OutboxMessage.next_attempt_at <= now
    )
    left_over = select(OutboxMessage.id).where(
        OutboxMessage.state == "sending", OutboxMessage.leased_until <= now
    )
    return any(db.session.scalar(query.limit(1)) for query in (waiting, left_over))


def lease_due(*, now: datetime, limit: int) -> Lease:
    """Take the messages that are due, or whose lease ran out, for this sender; cancels those nobody may get any more."""
    query = (
        select(OutboxMessage)
        .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    waiting = query.where(OutboxMessage.state == "waiting", OutboxMessage.next_attempt_at <= now)
    left_over = query.where(OutboxMessage.state == "sending", OutboxMessage.leased_until <= now)
    due = [*db.session.scalars(waiting), *db.session.scalars(left_over)][:limit]
    until = now + LEASE
    taken = []
    for one in gather(due):
        if reason := _why_not(one, now):
            one.message.state, one.message.leased_until, one.message.last_error = "cancelled", None, reason
            continue
        one.message.state, one.message.leased_until = "sending", until
        one.message.attempts += 1
        taken.append(one.message.id)
    db.session.flush()
    return Lease(tuple(taken), until)


def _why_not(one: Outgoing, now: datetime) -> str:
    """Why a message must not be sent any more: erased person, closed account, a link that leads nowhere."""
    message = one.message
    if not message.recipient or "@" not in message.recipient:
        return "there is no address any more"
    if reason := _why_not_registration(one) or _why_not_addressee(one, now):
        return reason
    if message.kind == PROGRAMME_CHANGED and not one.telling.notices:
        return "nothing of it concerns the person any more"
    if message.kind in _TO_ACCOUNTS and (one.user is None or not one.user.is_active):
        return "the account is closed"
    if message.kind in ("invitation", "password_reset") and (one.link is None or not _is_open(one.link, now)):
        return "the link is not valid any more"
    if message.kind in ANSWERED:
        return _why_not_organiser(one)
    if message.kind == LEFT and not one.enclosures:
        return "the person was erased"
    if message.kind == "endorsement_wanted" and not _is_somebody_waiting(message.values["delegation_id"]):
        return "nobody waits any more"
    return ""


def _why_not_organiser(one: Outgoing) -> str:
    """The same of a letter to an organiser about what a speaker answers."""
    if one.user is None or one.edition is None or not as_actor(one.user).may_edit(one.edition.id):
        return "the account does not reach the edition any more"
    return "" if one.answered.answers else "the speaker has another answer by now"


def _why_not_registration(one: Outgoing) -> str:
    """The same for the person of a registration: erased, gone, or no more to whom the letter may name a session."""
    if one.registration and one.registration.erased_at:
        return "the person was erased"
    if one.message.kind.startswith("registration_") and one.registration is None:
        return "the registration is gone"
    # Of two registrations that became one the letter reaches the same person.
    state = one.registration.state if one.registration else ""
    if one.message.kind in _OF_APPROVED and state not in ("approved", "merged"):
        return "the registration has ended"
    return ""


def _is_somebody_waiting(delegation_id: int) -> bool:
    wanted = (
        Registration.delegation_id == delegation_id,
        Registration.state == "submitted",
        Registration.erased_at.is_(None),
    )
    return db.session.scalar(select(Registration.id).where(*wanted).limit(1)) is not None


def _why_not_addressee(one: Outgoing, now: datetime) -> str:
    """The same for focal points, people who were invited, speakers, and whatever only has a meaning before the closing."""
    if isinstance(one.addressee, FocalPoint) and one.addressee.removed_at:
        return "the focal point was removed"
    if isinstance(one.addressee, DelegationInvitation) and (
        one.addressee.used_at or one.addressee.revoked_at
    ):
        return "the invitation was used or revoked"
    if one.addressee is not None and (one.link is None or not _is_open(one.link, now)):
        return "the link is not valid any more"
    if not one.message.kind.startswith("reminder_"):
        return ""
    if isinstance(one.addressee, Speaker):  # also written by hand, whatever the schedule says
        return "" if one.edition and one.edition.state not in _OVER else "the edition is over"
    reminder = one.message.kind.removeprefix("reminder_")
    if one.addressee is None and one.registration is None:
        return "the person to be reminded is gone"
    if reminder == "waiting" and one.registration and one.registration.state != "submitted":
        return "the person does not wait any more"
    may = one.edition is not None and calendar_of(one.edition, reminder).may_remind(now)
    return "" if may else "the time for this reminder is over"


def _is_open(link: PrivateLink, now: datetime) -> bool:
    return not (link.used_at or link.revoked_at or (link.expires_at and link.expires_at <= now))


def list_leased(lease: Lease) -> list[Outgoing]:
    """The leased messages with all their texts need, a handful of queries for any number."""
    query = select(OutboxMessage).where(OutboxMessage.id.in_(lease.numbers))
    found = {message.id: message for message in db.session.scalars(query)}
    return gather([found[one] for one in lease.numbers if one in found])


def note_sent(lease: Lease, number: int, *, now: datetime) -> bool:
    """Note that the server took the message; False if another sender holds it by now."""
    return _note(lease, [number], state="sent", sent_at=now, last_error="") == 1


def note_kept(lease: Lease, numbers: Sequence[int], *, now: datetime) -> int:
    """Note that messages lie in the folder of kept mail, since no server is set."""
    return _note(lease, numbers, state="kept", sent_at=now, last_error="")


def note_failure(
    lease: Lease, number: int, error: str, *, permanent: bool, now: datetime, chance: float
) -> datetime | None:
    """Note that a message could not be sent and when it is tried again; None when it is given up."""
    attempts = db.session.scalar(select(OutboxMessage.attempts).where(OutboxMessage.id == number)) or 1
    again = None if permanent else next_attempt_at(attempts, now, chance)
    values: dict[str, Any] = {"state": "waiting" if again else "failed", "last_error": error[:LONGEST_ERROR]}
    if again:
        values["next_attempt_at"] = again
    _note(lease, [number], **values)
    return again


def _note(lease: Lease, numbers: Sequence[int], **values: Any) -> int:
    held = (
        OutboxMessage.id.in_(numbers),
        OutboxMessage.state == "sending",
        OutboxMessage.leased_until == lease.until,
    )
    done = db.session.execute(update(OutboxMessage).where(*held).values(leased_until=None, **values))
    return int(done.rowcount)  # type: ignore[attr-defined]  # a cursor result of an UPDATE has it
