"""Erasing people, one on request or many by the clock: what identifies them goes, what is counted stays."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update

from eventapp.errors import Invalid, Refused
from eventapp.extensions import db
from eventapp.models import OutboxMessage, Registration
from eventapp.rules.access import Actor
from eventapp.rules.reference_code import read_reference
from eventapp.services import (
    attendance,
    audit,
    counting,
    delegations_copies,
    duplicates,
    links,
    registrations_list,
    session_carry,
    speakers_held,
    workspace_forget,
)
from eventapp.services.editions import get_edition_to_edit, lock_edition
from eventapp.services.registrations_list import get_registration

ERASED: Final = "erased"
# What is left out here stays: edition, reference, state, role, sector, counted country with its basis, kind of body, times, check-ins.
_EMPTIED: Final[dict[str, Any]] = {
    "nonce": None,
    "honorific": "",
    "given_name": "",
    "family_name": ERASED,
    "badge_name": "",
    "sort_name": ERASED,
    "email": "",
    "phone": "",
    "functional_title": "",
    "organisation": "",
    "body_id": None,
    "seat_country_code": None,
    "language": "",
    "languages": [],
    "dietary_needs": "",
    "accessibility_needs": "",
    "privacy_notice_id": None,
    "is_listed": False,
    "reason": "",
}


def erase(actor: Actor, ordinal: int, reference: str, *, typed: str, now: datetime) -> Sequence[UUID]:
    """Erase the person behind a registration; `typed` must repeat its reference. Refuses readers and a second time.

    The registration keeps its state, and with it the place and every count. Gives the ids of the messages that were
    written to the person: copies of them lie in the folder of kept mail where no mail server is set.
    """
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    registration = get_registration(edition, reference)
    if registration.erased_at:
        raise Refused("This person has been erased already.", code="erased")
    if read_reference(typed) != registration.reference:
        raise Invalid({"typed": Refused("Type the reference of this registration exactly.")})
    # What was merged into it is the same person's.
    theirs = (registration, *registrations_list.list_merged(registration))
    return erase_people(actor, edition.id, [one.id for one in theirs if one.erased_at is None], now=now)


def erase_people(
    actor: Actor, edition_id: int, ids: Sequence[int], *, now: datetime, spared: Collection[int] = ()
) -> Sequence[UUID]:
    """Erase the people behind registrations of one edition that are not erased; the caller holds its lock.

    As many statements for thousands as for one. Of the speakers in `spared` only the link to the registration goes. Gives
    the ids of the messages that were written to these people.
    """
    counting.keep_counts_of(ids)
    change = update(Registration).where(Registration.id.in_(ids))
    moved = {
        "erased_at": now,
        "version": Registration.version + 1,
    }  # who has a form open cannot save it any more
    db.session.execute(change.values(**_EMPTIED, **moved), execution_options={"synchronize_session": "fetch"})
    links.revoke_of_registrations(ids, now=now)
    attendance.forget_reasons(ids)
    session_carry.forget(ids)
    duplicates.forget(ids)
    written = [
        *_forget_mails(ids),
        *workspace_forget.forget_of_people(ids),
        *delegations_copies.forget(edition_id, ids),
        *speakers_held.forget_of_registrations(ids, now=now, spared=spared),
    ]
    audit.forget_values("registration", ids)
    audit.record_each(
        actor,
        "registration.erase",
        now=now,
        subject_type="registration",
        subject_ids=ids,
        edition_id=edition_id,
    )
    return written


def _forget_mails(ids: Sequence[int]) -> Sequence[UUID]:
    """Whatever has not gone out never will; of the rest only the kind and the times are kept."""
    theirs = OutboxMessage.registration_id.in_(ids)
    unsent = (theirs, OutboxMessage.state.in_(("waiting", "failed")))
    db.session.execute(update(OutboxMessage).where(*unsent).values(state="cancelled"))
    db.session.execute(update(OutboxMessage).where(theirs).values(recipient=ERASED, values={}, last_error=""))
    return db.session.scalars(select(OutboxMessage.public_id).where(theirs)).all()
