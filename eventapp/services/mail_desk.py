"""The outbox as the secretariat sees it: organisers their editions' mail, administrators all of it; retry and cancel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from eventapp.errors import Conflict, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import OutboxMessage
from eventapp.rules.access import Actor
from eventapp.rules.listing import like_pattern
from eventapp.services import audit
from eventapp.services.mail_outgoing import Outgoing, gather


@dataclass(frozen=True, kw_only=True)
class MailFilter:
    """Which messages are wanted; empty parts take all."""

    edition_id: int | None = None
    state: str = ""
    kind: str = ""
    search: str = ""


def count_states(actor: Actor, edition_id: int | None) -> Mapping[str, int]:
    """How many messages stand in each state, of one edition or of all the actor may see."""
    wanted = _conditions(actor, MailFilter(edition_id=edition_id))
    query = select(OutboxMessage.state, func.count()).where(*wanted).group_by(OutboxMessage.state)
    return dict(db.session.execute(query).tuples().all())


def count_messages(actor: Actor, wanted: MailFilter) -> int:
    """How many messages a filter finds."""
    query = select(func.count()).select_from(OutboxMessage).where(*_conditions(actor, wanted))
    return db.session.scalar(query) or 0


def list_messages(actor: Actor, wanted: MailFilter, *, offset: int, limit: int) -> Sequence[OutboxMessage]:
    """One page of the messages a filter finds, the newest first."""
    query = select(OutboxMessage).where(*_conditions(actor, wanted)).order_by(OutboxMessage.id.desc())
    return db.session.scalars(query.offset(offset).limit(limit)).all()


def get_outgoing(actor: Actor, public_id: UUID) -> Outgoing:
    """One message with the records its text is made from; for whoever may not see it, it does not exist."""
    found = (*_conditions(actor, MailFilter()), OutboxMessage.public_id == public_id)
    message = db.session.scalar(select(OutboxMessage).where(*found))
    if message is None:
        raise NotFound("There is no such message.")
    return gather([message])[0]


def retry(actor: Actor, public_id: UUID, *, has_server: bool, now: datetime) -> OutboxMessage:
    """Send a failed message again, one that waits for its next try at once, or a kept one now that a server is set."""
    message = get_outgoing(actor, public_id).message
    if message.state == "kept" and not has_server:
        raise Refused(
            "No mail server is set, so the message would be kept as a file again.", code="no-server"
        )
    old = message.state
    # Whoever waits keeps the count of tries: the pause before the next one goes on growing.
    values = {"next_attempt_at": now} if old == "waiting" else _again(now)
    wanted = (OutboxMessage.id == message.id, _may_go_sooner(now))
    if not _move(wanted, (old,), values):
        raise Conflict("This message is not waiting for a new try any more. Please look again.")
    _record(actor, "mail.retry", message.edition_id, now=now, number=message.id, old=old, new="waiting")
    return message


def retry_failed(actor: Actor, edition_id: int | None, *, now: datetime) -> int:
    """Send every failed message again that the actor may see, of one edition or of all; says how many."""
    wanted = _conditions(actor, MailFilter(edition_id=edition_id))
    count = _move(wanted, ("failed",), _again(now))
    if count:
        _record(actor, "mail.retry_all", edition_id, now=now, old="failed", new="waiting", messages=count)
    return count


def cancel(actor: Actor, public_id: UUID, *, now: datetime) -> OutboxMessage:
    """Cancel a message that waits or failed; refuses one that is being sent or is gone."""
    message = get_outgoing(actor, public_id).message
    old = message.state
    values = {"state": "cancelled", "leased_until": None}
    if not _move((OutboxMessage.id == message.id,), ("waiting", "failed"), values):
        raise Conflict("This message is being sent or has been sent. It cannot be cancelled any more.")
    _record(actor, "mail.cancel", message.edition_id, now=now, number=message.id, old=old, new="cancelled")
    return message


def _conditions(actor: Actor, wanted: MailFilter) -> tuple[Any, ...]:
    """What restricts a query to the messages the actor may see and the filter wants; refuses readers."""
    if not (actor.is_administrator or actor.role == "organiser"):
        raise Refused("Your account may not do this.", code="forbidden")
    found: list[Any] = []
    if not actor.is_administrator:
        found.append(
            OutboxMessage.edition_id.is_not(None)
            if actor.all_editions
            else OutboxMessage.edition_id.in_(sorted(actor.edition_ids))
        )
    if wanted.edition_id is not None:
        found.append(OutboxMessage.edition_id == wanted.edition_id)
    if wanted.state:
        found.append(OutboxMessage.state == wanted.state)
    if wanted.kind:
        found.append(OutboxMessage.kind == wanted.kind)
    if wanted.search:
        found.append(
            func.lower(OutboxMessage.recipient).like(like_pattern(wanted.search.lower()), escape="\\")
        )
    return tuple(found)


def _move(wanted: tuple[Any, ...], states: tuple[str, ...], values: Mapping[str, Any]) -> int:
    """Change the state in one statement that asks for the old one, so that a sender cannot be overtaken."""
    found = (*wanted, OutboxMessage.state.in_(states))
    done = db.session.execute(update(OutboxMessage).where(*found).values(**values))
    return int(done.rowcount)  # type: ignore[attr-defined]  # a cursor result of an UPDATE has it


def _may_go_sooner(now: datetime) -> ColumnElement[bool]:
    waits = (OutboxMessage.state == "waiting") & (OutboxMessage.next_attempt_at > now)
    return waits | OutboxMessage.state.in_(("failed", "kept"))


def _again(now: datetime) -> Mapping[str, Any]:
    return {"state": "waiting", "next_attempt_at": now, "attempts": 0, "leased_until": None, "last_error": ""}


def _record(
    actor: Actor,
    action: str,
    edition_id: int | None,
    *,
    now: datetime,
    old: str,
    new: str,
    number: int | None = None,
    messages: int = 1,
) -> None:
    audit.record(
        actor,
        action,
        now=now,
        subject_type="outbox_message",
        subject_id=number,
        edition_id=edition_id,
        old={"state": old},
        new={"state": new, "messages": messages},
    )
