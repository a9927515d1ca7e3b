"""The private link of a speaker: written, sent again, ended; and one letter to everybody of whom something is missing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.models import Edition, OutboxMessage, PrivateLink, Speaker
from eventapp.rules.access import Actor
from eventapp.services import links, mail, speakers_letters
from eventapp.services.editions import get_edition, get_edition_to_edit, lock_edition
from eventapp.services.reminders import message_id
from eventapp.services.speakers import check_may_edit, get_speaker, record
from eventapp.services.speakers_missing import PURPOSE, Standing, find_links, list_standings

INVITATION: Final = "speaker_invitation"
REMINDER: Final = "reminder_speaker"


@dataclass(frozen=True)
class Letter:
    """What somebody of whom something is missing would get now; `kind` is empty where nobody is written to, and `why` says why."""

    standing: Standing
    kind: str
    why: str = ""  # address, ended, today


def find_link(speaker_id: int) -> PrivateLink | None:
    """The newest link of a speaker, whatever became of it."""
    return find_links([speaker_id]).get(speaker_id)


def find_message(link: PrivateLink | None) -> OutboxMessage | None:
    """The newest letter that carried a link."""
    if link is None:
        return None
    query = select(OutboxMessage).where(OutboxMessage.link_id == link.id)
    return db.session.scalar(query.order_by(OutboxMessage.id.desc()).limit(1))


def send_link(actor: Actor, ordinal: int, speaker_id: int, *, now: datetime, secret: str) -> Speaker:
    """Write a speaker a letter with a new link; every older one ends. Refuses where no address is known."""
    edition, speaker = _enter(actor, ordinal, speaker_id)
    if not speaker.email:
        raise Refused("No e-mail address of this speaker is known. Please add it first.", code="address")
    _write(edition, speaker, INVITATION, now=now, secret=secret)
    record(actor, "speaker.send_link", speaker.id, now, edition_id=edition.id)
    return speaker


def revoke(actor: Actor, ordinal: int, speaker_id: int, *, now: datetime) -> Speaker:
    """End every link of a speaker."""
    edition, speaker = _enter(actor, ordinal, speaker_id)
    speakers_letters.end_links(speaker.id, now=now)
    record(actor, "speaker.revoke_link", speaker.id, now, edition_id=edition.id)
    return speaker


def _enter(actor: Actor, ordinal: int, speaker_id: int) -> tuple[Edition, Speaker]:
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    speaker = get_speaker(actor, speaker_id)
    check_may_edit(actor, speaker_id)
    return edition, speaker


def list_letters(actor: Actor, ordinal: int, *, now: datetime) -> Sequence[Letter]:
    """Everybody of whom something is missing, with what they would get now; a handful of queries."""
    return _list_letters(get_edition(actor, ordinal), now=now)


def _list_letters(edition: Edition, *, now: datetime) -> Sequence[Letter]:
    wanted = [one for one in list_standings(edition.id, now=now) if one.missing]
    ids = {one.speaker.id: _id_today(edition, one.speaker, now) for one in wanted}
    query = select(OutboxMessage.public_id).where(OutboxMessage.public_id.in_(ids.values()))
    written = set(db.session.scalars(query))
    return [_letter(one, is_written=ids[one.speaker.id] in written) for one in wanted]


def _id_today(edition: Edition, speaker: Speaker, now: datetime) -> UUID:
    """The one id that a letter about what is missing can have on a day, also one that the schedule writes."""
    today = now.astimezone(ZoneInfo(edition.time_zone)).date()
    return message_id(edition.public_id, PURPOSE, today, speaker.public_id)


def _letter(standing: Standing, *, is_written: bool) -> Letter:
    if not standing.speaker.email:
        return Letter(standing, "", "address")
    if standing.link is not None and standing.link.revoked_at is not None:
        return Letter(standing, "", "ended")  # what was ended by hand is begun anew by hand alone
    if is_written:
        return Letter(standing, "", "today")
    is_asked = standing.link is None and "answer" in standing.missing
    return Letter(standing, INVITATION if is_asked else REMINDER)


def write_to_missing(
    actor: Actor, ordinal: int, numbers: Collection[int], *, now: datetime, secret: str
) -> int:
    """Write to everybody of whom something is missing and whom the actor has seen in the preview; says to how many.

    Whoever has an answer to give and no link yet gets the invitation, the others a reminder; nobody gets two on one day.
    """
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    found = [
        one for one in _list_letters(edition, now=now) if one.kind and one.standing.speaker.id in set(numbers)
    ]
    for one in found:
        speaker = one.standing.speaker
        message = _write(
            edition,
            speaker,
            one.kind,
            now=now,
            secret=secret,
            link=one.standing.link if one.standing.is_open(now) else None,
            values={"missing": list(one.standing.missing)},
        )
        message.public_id = _id_today(edition, speaker, now)
        action = "speaker.send_link" if one.kind == INVITATION else "speaker.remind"
        record(actor, action, speaker.id, now, edition_id=edition.id)
    db.session.flush()
    return len(found)


def _write(
    edition: Edition,
    speaker: Speaker,
    kind: str,
    *,
    now: datetime,
    secret: str,
    link: PrivateLink | None = None,
    values: Mapping[str, Any] | None = None,
) -> OutboxMessage:
    """A letter with the link that there is, or with a new one in the place of every older one."""
    if link is None:
        speakers_letters.end_links(speaker.id, now=now)
        link = links.make_link(PURPOSE, secret=secret, now=now, speaker_id=speaker.id)
    return mail.enqueue(
        kind,
        recipient=speaker.email,
        language=speaker.language,
        now=now,
        link=link,
        edition_id=edition.id,
        values=values,
    )
