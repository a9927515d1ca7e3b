"""The secretariat's decisions about one person or thousands: looked at first, then done under the edition's lock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, func, select

from eventapp.extensions import db
from eventapp.models import AuditEntry, Edition, Registration
from eventapp.rules.access import Actor
from eventapp.rules.decision import (
    BEHALF,
    VERBS,
    Candidate,
    Plan,
    check_known,
    check_reason,
    plan,
    why_not_behalf,
)
from eventapp.rules.quota import WHOLE
from eventapp.rules.vocabulary import HOLDING_STATES, REGISTERED_STATES
from eventapp.rules.vouching import Body
from eventapp.services import registrations_bulk
from eventapp.services.delegations_copies import copy_decision
from eventapp.services.delegations_heads import come_back
from eventapp.services.delegations_vouching import read_bodies
from eventapp.services.editions import get_edition_to_edit, lock_edition
from eventapp.services.mail_bulk import Letter, chunks, enqueue_many, refuse_repeat
from eventapp.services.quotas import PERSON, person_of, read_room
from eventapp.services.registrations_places import promote_waiting

# What moves a registration from one state to another, whoever does it.
_MOVING: Final = (
    *(f"registration.{verb}" for verb in VERBS.values()),
    "registration.promote",
    "registration.withdraw",
    "registration.withdraw_for",
    "registration.endorse",
    "registration.decline",
    "registration.replace",
)

# Which moment a state keeps; whom the body does not endorse keeps none.
_WHEN: Final = {"waitlisted": "waitlisted_at", "endorsed": "endorsed_at", "declined": "endorsed_at"}


@dataclass(frozen=True)
class Outcome:
    """What a decision did, whom it left as they were, and how many moved up from the waiting list by it."""

    plan: Plan
    promoted: int = 0


@dataclass(frozen=True)
class Person:
    """A row of the preview and of the result."""

    id: int
    reference: str
    family_name: str
    given_name: str
    state: str
    counted_country_code: str | None
    is_erased: bool


def preview(
    actor: Actor, ordinal: int, decision: str, ids: Sequence[int], seen: Mapping[int, str] | None = None
) -> tuple[Plan, list[Person], int | None]:
    """What a decision would do now: the plan, the people in its order, the edition's places left. Changes nothing.

    `seen` holds the states of a preview that comes back: whoever has changed since then is left out of it.
    """
    check_known(decision)
    edition = get_edition_to_edit(actor, ordinal)
    room = read_room(edition)
    free = room.free(WHOLE)
    rows = _read(edition.id, ids)
    known = seen or {}
    bodies = _bodies(decision, edition, rows)
    candidates = [_candidate(row, known.get(row.id, row.state), edition, bodies) for row in rows]
    planned = plan(decision, candidates, room)
    return planned, _people(planned, rows), None if free is None else max(0, free)


def decide(
    actor: Actor,
    ordinal: int,
    decision: str,
    seen: Mapping[int, str],
    *,
    reason: str,
    nonce: UUID,
    now: datetime,
    secret: str,
) -> Outcome:
    """Decide about the people in `seen` (number -> state at the preview) in the edition's locked transaction.

    Whoever has changed meanwhile and whoever finds no place stays as they are and stands in the plan's `left`.
    Refuses readers, a missing reason, and with Conflict the same nonce a second time.
    """
    check_known(decision)
    check_reason(decision, reason)
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    refuse_repeat(nonce, list(seen))
    rows = {row.id: row for row in _read(edition.id, list(seen))}
    bodies = _bodies(decision, edition, rows.values())
    candidates = [_candidate(row, seen[row.id], edition, bodies) for row in rows.values()]
    planned = plan(decision, candidates, read_room(edition))
    gone = {one: "gone" for one in seen if one not in rows}
    planned = replace(planned, left={**planned.left, **gone})
    reached = [rows[one] for one in planned.reached]
    written: dict[str, Any] = {"state": decision, "reason": reason, "decided_at": now}
    written |= {_WHEN[decision]: now if decision != "declined" else None} if decision in _WHEN else {}
    registrations_bulk.move(actor, VERBS[decision], edition.id, reached, written, now=now)
    if decision in REGISTERED_STATES:
        come_back(actor, reached, now=now)
    letters = [Letter(row.id, row.email, row.language, _said(row, reason, bodies)) for row in reached]
    kind = f"registration_{decision}"
    enqueue_many(kind, letters, edition_id=edition.id, nonce=nonce, now=now, secret=secret)
    copy_decision(decision, edition.id, reached, now=now, reason=reason)
    frees = decision not in ("approved", "endorsed") and any(row.state in HOLDING_STATES for row in reached)
    put_in_line = planned.reached if decision == "waitlisted" else ()
    promoted = promote_waiting(actor, edition, now=now, but=put_in_line) if frees else []
    return Outcome(planned, len(promoted))


def _bodies(decision: str, edition: Edition, rows: Iterable[Row[Any]]) -> Mapping[int, Body]:
    """The bodies that the secretariat would decide for; nothing is read for its own decisions."""
    return read_bodies(edition, rows) if decision in BEHALF else {}


def _said(row: Row[Any], reason: str, bodies: Mapping[int, Body]) -> Mapping[str, Any]:
    """What the letter says beyond the registration; of a body it is never said to have decided what we do in its place."""
    body = bodies.get(row.delegation_id)
    behalf = {"delegation": dict(body.names), "by": "secretariat"} if body else {}
    return behalf | ({"reason": reason} if reason else {})


def list_people(ordinal: int, planned: Plan, actor: Actor) -> list[Person]:
    """The people of a plan as they stand now, in its order."""
    edition = get_edition_to_edit(actor, ordinal)
    return _people(planned, _read(edition.id, [*planned.reached, *planned.left]))


def list_last_changes(planned: Plan, limit: int) -> Mapping[int, AuditEntry]:
    """Who did what last to those whom a plan leaves because somebody else was quicker; one query. For the first of them."""
    ids = [one for one, why in planned.left.items() if why in ("changed", "state")][:limit]
    if not ids:
        return {}
    theirs = (AuditEntry.subject_type == "registration", AuditEntry.subject_id.in_(ids))
    moved = (*theirs, AuditEntry.action.in_(_MOVING))
    last = select(func.max(AuditEntry.id)).where(*moved).group_by(AuditEntry.subject_id)
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.id.in_(last)))
    return {entry.subject_id: entry for entry in entries if entry.subject_id is not None}


def _read(edition_id: int, ids: Sequence[int]) -> list[Row[Any]]:
    columns = (
        Registration.id,
        Registration.reference,
        Registration.state,
        Registration.version,
        Registration.family_name,
        Registration.given_name,
        Registration.counted_country_code,
        Registration.email,
        Registration.language,
        Registration.submitted_at,
        Registration.waitlisted_at,
        Registration.erased_at,
        *PERSON,
    )
    found: list[Row[Any]] = []
    for some in chunks(ids):
        query = select(*columns).where(Registration.edition_id == edition_id, Registration.id.in_(some))
        found += db.session.execute(query).all()
    return found


def _candidate(row: Row[Any], seen: str, edition: Edition, bodies: Mapping[int, Body]) -> Candidate:
    return Candidate(
        id=row.id,
        state=row.state,
        seen=seen,
        is_erased=row.erased_at is not None,
        submitted_at=row.submitted_at,
        person=person_of(row),
        waitlisted_at=row.waitlisted_at,
        asked=why_not_behalf(edition.approval, bodies.get(row.delegation_id)),
    )


def _people(planned: Plan, rows: Iterable[Row[Any]]) -> list[Person]:
    by_id = {row.id: row for row in rows}
    return [
        Person(
            row.id,
            row.reference,
            row.family_name,
            row.given_name,
            row.state,
            row.counted_country_code,
            row.erased_at is not None,
        )
        for one in (*planned.reached, *planned.left)
        if (row := by_id.get(one))
    ]
