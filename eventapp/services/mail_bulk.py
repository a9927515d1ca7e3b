"""Many messages at once, each under an id made from one nonce: a second click cannot write them a second time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import func, insert, select

from eventapp.errors import Conflict
from eventapp.extensions import db
from eventapp.models import OutboxMessage
from eventapp.services.links import ensure_registration_links

CHUNK = 5000


@dataclass(frozen=True)
class Letter:
    """One message to the person of one registration."""

    registration_id: int
    recipient: str
    language: str
    values: Mapping[str, Any] = field(default_factory=dict)


def chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    """Parts of a long list, each short enough for one statement on every database."""
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def refuse_repeat(nonce: UUID, registration_ids: Sequence[int]) -> None:
    """Refuse with Conflict if any of these people already got a message under this nonce; under the edition's lock.

    The refusal carries the `count` of those who did, so that a second click can be told what the first one has done.
    """
    count = 0
    for some in chunks(registration_ids):
        made = [uuid5(nonce, str(one)) for one in some]
        query = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.public_id.in_(made))
        count += db.session.scalar(query) or 0
    if count:
        raise Conflict(
            "This has already been done. Nothing was done a second time.", code="repeat", count=count
        )


def enqueue_many(
    kind: str, letters: Sequence[Letter], *, edition_id: int, nonce: UUID, now: datetime, secret: str
) -> None:
    """Write one message of a kind per letter, with the person's private link; a handful of statements for thousands."""
    links = ensure_registration_links([one.registration_id for one in letters], secret=secret, now=now)
    write_letters(kind, letters, links, edition_id=edition_id, now=now, nonce=nonce)


def write_letters(
    kind: str,
    letters: Sequence[Letter],
    links: Mapping[int, int],
    *,
    edition_id: int,
    now: datetime,
    nonce: UUID | None = None,
) -> None:
    """Write one message of a kind per letter, in their order; `links` holds the private link of those who have one."""
    rows = [
        {
            "public_id": uuid5(nonce, str(one.registration_id)) if nonce else uuid4(),
            "kind": kind,
            "language": one.language,
            "recipient": one.recipient,
            "values": dict(one.values),
            "registration_id": one.registration_id,
            "link_id": links.get(one.registration_id),
            "edition_id": edition_id,
            "created_at": now,
            "next_attempt_at": now,
        }
        for one in letters
    ]
    if rows:
        db.session.execute(insert(OutboxMessage), rows)
