"""Letters to the people who are invited to a session: once for each invitation, and none to whoever may not come."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import or_, select

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.models import (
    OutboxMessage,
    ProgrammeSession,
    PublishedSession,
    Registration,
    SessionInvitee,
)
from eventapp.rules.access import Actor
from eventapp.rules.text import shown
from eventapp.services import audit, links, mail
from eventapp.services.session_access import find_told, get_locked

KIND: Final = "session_invited"


def list_untold(session_id: int) -> Sequence[Registration]:
    """Those who are named, may come now and have not been written to."""
    query = (
        select(Registration)
        .join(SessionInvitee, SessionInvitee.registration_id == Registration.id)
        .where(
            SessionInvitee.programme_session_id == session_id,
            SessionInvitee.told_at.is_(None),
            Registration.state == "approved",
            Registration.erased_at.is_(None),
            Registration.email != "",
        )
        .order_by(Registration.id)
    )
    return db.session.scalars(query).all()


def write(actor: Actor, ordinal: int, session_id: int, *, now: datetime, secret: str) -> int:
    """Write to those who are named, may come now and have not been written to; gives how many. Once for each invitation.

    Refuses readers, and a session that its own guests could not find: it must be published as open to invited people.
    """
    session = get_locked(actor, ordinal, session_id)
    told = find_told(session.id)
    check_findable(told)
    people = list_untold(session.id)
    if told is None or not people:
        return 0
    link_ids = links.ensure_registration_links([one.id for one in people], secret=secret, now=now)
    known = list_known(session.id)
    for one in people:
        title = shown(told.document["title"], one.language).text
        values = {"session": title, "session_id": session.id}
        letter = mail.enqueue(
            KIND, recipient=one.email, language=one.language, now=now, registration=one, values=values
        )
        letter.link_id, letter.public_id = link_ids[one.id], _letter_id(session, known[one.id])
        known[one.id].told_at = now
    db.session.flush()
    new = {"recipients": len(people), "references": [one.reference for one in people]}
    audit.record_of_edition(actor, "session.write", session, now=now, new=new)
    return len(people)


def check_findable(told: PublishedSession | None) -> None:
    """Refuse to write to people who would not find the session on their agenda."""
    if told is None or told.access != "invited":
        raise Refused(
            "Publish the session as open to invited people first: whoever is written to looks for it on the agenda.",
            code="unpublished",
        )


def list_known(session_id: int) -> Mapping[int, SessionInvitee]:
    """The invitations of a session by the number of the registration, read afresh."""
    query = select(SessionInvitee).where(SessionInvitee.programme_session_id == session_id)
    found = db.session.scalars(query.execution_options(populate_existing=True))
    return {one.registration_id: one for one in found}


def _letter_id(session: ProgrammeSession, invitee: SessionInvitee) -> UUID:
    """The id of the letter about one invitation: the same for a second one, which the database refuses."""
    at = invitee.invited_at.astimezone(UTC).isoformat() if invitee.invited_at else ""
    return uuid5(session.public_id, f"invited:{invitee.registration_id}:{at}")


def withhold(session: ProgrammeSession, registration: Registration) -> None:
    """Cancel the letter about an invitation that has not gone out."""
    for letter in _list_waiting(session, registration, is_locked=True):
        letter.state = "cancelled"


def is_waiting(session: ProgrammeSession, registration: Registration) -> bool:
    """Whether the letter about an invitation is written and has not gone out."""
    return bool(_list_waiting(session, registration))


def _list_waiting(
    session: ProgrammeSession, registration: Registration, *, is_locked: bool = False
) -> Sequence[OutboxMessage]:
    merged = select(Registration.id).where(Registration.merged_into_id == registration.id)
    theirs = or_(OutboxMessage.registration_id == registration.id, OutboxMessage.registration_id.in_(merged))
    unsent = (theirs, OutboxMessage.kind == KIND, OutboxMessage.state.in_(("waiting", "failed")))
    query = select(OutboxMessage).where(*unsent)
    if is_locked:  # against the worker, which may be about to send it
        query = query.with_for_update().execution_options(populate_existing=True)
    letters = db.session.scalars(query)
    return [one for one in letters if one.values.get("session_id") == session.id]
