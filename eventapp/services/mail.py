"""The outbox: messages are written as rows in the transaction that causes them and sent afterwards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from eventapp.extensions import db
from eventapp.models import OutboxMessage, PrivateLink, Registration, User


def enqueue(
    kind: str,
    *,
    recipient: str,
    language: str,
    now: datetime,
    registration: Registration | None = None,
    user: User | None = None,
    link: PrivateLink | None = None,
    edition_id: int | None = None,
    values: Mapping[str, Any] | None = None,
) -> OutboxMessage:
    """Put one message in the outbox; `kind` names the templates mail/<kind>.txt and mail/<kind>.html."""
    message = OutboxMessage(
        kind=kind,
        recipient=recipient,
        language=language,
        values=dict(values or {}),
        registration_id=registration.id if registration else None,
        user_id=user.id if user else None,
        link_id=link.id if link else None,
        edition_id=registration.edition_id if registration else edition_id,
        created_at=now,
        next_attempt_at=now,
    )
    db.session.add(message)
    return message
