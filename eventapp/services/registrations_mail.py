"""A message of the secretariat to everybody a filter of the list finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.models import OutboxMessage, PrivateLink, Registration
from eventapp.rules.access import Actor
from eventapp.rules.listing import Filter
from eventapp.rules.organiser_message import OrganiserMessage
from eventapp.services import audit
from eventapp.services.editions import get_edition_to_edit, lock_edition
from eventapp.services.mail_bulk import Letter, enqueue_many, refuse_repeat
from eventapp.services.mail_outgoing import Outgoing
from eventapp.services.registrations_list import conditions

KIND = "organiser_message"


@dataclass(frozen=True)
class Recipients:
    """Who would get a message: how many, and how many in each language."""

    count: int
    languages: dict[str, int]


def find_recipients(actor: Actor, ordinal: int, wanted: Filter) -> Recipients:
    """The people a filter finds now who can be written to; refuses readers. Changes nothing."""
    rows = _read(get_edition_to_edit(actor, ordinal).id, wanted)
    languages: dict[str, int] = {}
    for row in rows:
        languages[row.language] = languages.get(row.language, 0) + 1
    return Recipients(len(rows), languages)


def make_example(
    actor: Actor, ordinal: int, wanted: Filter, message: OrganiserMessage, *, now: datetime
) -> Outgoing | None:
    """The message as the first of them would get it, for showing with its link masked; nothing of it is kept."""
    edition = get_edition_to_edit(actor, ordinal)
    rows = _read(edition.id, wanted)
    if not rows:
        return None
    letter = _letter(rows[0], message)
    made = OutboxMessage(
        kind=KIND,
        language=letter.language,
        recipient=letter.recipient,
        values=dict(letter.values),
        edition_id=edition.id,
        created_at=now,
    )
    registration = db.session.get(Registration, letter.registration_id)
    return Outgoing(made, registration, edition, link=PrivateLink(purpose="registration", created_at=now))


def send(
    actor: Actor,
    ordinal: int,
    wanted: Filter,
    message: OrganiserMessage,
    *,
    nonce: UUID,
    now: datetime,
    secret: str,
) -> int:
    """Write the message to everybody the filter finds, each in their language, and say to how many.

    Refuses readers, a filter that finds nobody, and with Conflict the same nonce a second time.
    """
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    rows = _read(edition.id, wanted)
    if not rows:
        raise Refused("There is nobody to write to: no registration is found by these filters.")
    refuse_repeat(nonce, [row.id for row in rows])
    letters = [_letter(row, message) for row in rows]
    enqueue_many(KIND, letters, edition_id=edition.id, nonce=nonce, now=now, secret=secret)
    audit.record(
        actor,
        "registration.mail",
        now=now,
        subject_type="edition",
        subject_id=edition.id,
        edition_id=edition.id,
        new={"recipients": len(rows), "subjects": dict(message.subjects), "filter": wanted.args()},
    )
    return len(rows)


def _read(edition_id: int, wanted: Filter) -> Sequence[Row[Any]]:
    found = (
        *conditions(edition_id, wanted),
        Registration.erased_at.is_(None),
        Registration.email != "",
        Registration.merged_into_id.is_(None),
    )
    query = select(Registration.id, Registration.email, Registration.language)
    return db.session.execute(query.where(*found).order_by(Registration.id)).all()


def _letter(row: Row[Any], message: OrganiserMessage) -> Letter:
    language = message.language_for(row.language)
    values = {"subject": message.subjects[language], "text": message.texts[language]}
    return Letter(row.id, row.email, language, values)
