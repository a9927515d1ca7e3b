"""A represented body vouches for its people or declines to: looked at first, then done under the edition's lock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, func, select

from eventapp.extensions import db
from eventapp.models import AuditEntry, Delegation, FocalPoint, OutboxMessage, Registration
from eventapp.rules.access import Actor, check_speaks_for
from eventapp.rules.endorsement import VERBS, Plan, Wish, check_known, check_reason, plan
from eventapp.rules.vocabulary import HOLDING_STATES
from eventapp.services import links, mail, registrations_bulk
from eventapp.services.delegations_heads import come_back
from eventapp.services.editions import get_edition_to_edit, lock_edition
from eventapp.services.mail_bulk import Letter, chunks, enqueue_many, refuse_repeat
from eventapp.services.registrations_places import promote_waiting
from eventapp.services.workspace import Workspace, count_places

WANTED: Final = "endorsement_wanted"
PAUSE: Final = timedelta(days=1)  # between two letters that somebody waits


@dataclass(frozen=True)
class Outcome:
    """What a decision did, and how many moved up from the waiting list by it."""

    plan: Plan
    promoted: int = 0


def preview(
    place: Workspace, decision: str, references: Sequence[str], seen: Mapping[int, str] | None = None
) -> tuple[Plan, list[Registration]]:
    """What a decision would do now: the plan, and the people in its order. Changes nothing.

    `seen` holds the states of a preview that comes back: whoever has changed since then is left out of it.
    """
    check_known(decision)
    known = seen or {}
    found = {one.id: one for one in _people(place, references)}
    wishes = [_wish(one, known.get(one.id, one.state)) for one in found.values()]
    planned = _plan(place, decision, wishes)
    return planned, [found[one] for one in (*planned.reached, *planned.left)]


def decide(
    place: Workspace,
    decision: str,
    seen: Mapping[int, str],
    *,
    reason: str,
    nonce: UUID,
    now: datetime,
    secret: str,
) -> Outcome:
    """Endorse or decline the people in `seen` (number -> state at the preview); the workspace has been entered.

    Whoever has changed meanwhile and whoever finds no place in the quota stays as they are and stands in the plan's
    `left`. Refuses to decline without a reason, and with Conflict the same nonce a second time. A handful of statements.
    """
    check_known(decision)
    check_reason(decision, reason)
    check_speaks_for(place.actor, place.delegation.id)
    refuse_repeat(nonce, list(seen))
    rows = {row.id: row for row in _read(place, list(seen))}
    planned = _plan(place, decision, [_wish(row, seen[row.id]) for row in rows.values()])
    planned = replace(planned, left={**planned.left, **{one: "gone" for one in seen if one not in rows}})
    reached = [rows[one] for one in planned.reached]
    values: dict[str, Any] = {"state": decision, "reason": reason, "decided_at": now}
    values["endorsed_at"] = now if decision == "endorsed" else None
    registrations_bulk.move(place.actor, VERBS[decision], place.edition.id, reached, values, now=now)
    if decision == "endorsed":
        come_back(place.actor, reached, now=now)
    said = {"delegation": place.names} | ({"reason": reason} if reason else {})
    letters = [Letter(row.id, row.email, row.language, said) for row in reached]
    kind = f"registration_{decision}"
    enqueue_many(kind, letters, edition_id=place.edition.id, nonce=nonce, now=now, secret=secret)
    frees = decision == "declined" and any(row.state in HOLDING_STATES for row in reached)
    return Outcome(planned, len(promote_waiting(place.actor, place.edition, now=now)) if frees else 0)


def _plan(place: Workspace, decision: str, wishes: Iterable[Wish]) -> Plan:
    outside = place.edition.roles_outside
    return plan(
        decision, wishes, free=count_places(place.delegation, place.edition).free, roles_outside=outside
    )


def list_left(place: Workspace, planned: Plan) -> list[Registration]:
    """Those whom a decision left as they were, as they stand now, in its order."""
    wanted = (Registration.delegation_id == place.delegation.id, Registration.id.in_(list(planned.left)))
    found = {one.id: one for one in db.session.scalars(select(Registration).where(*wanted))}
    return [found[one] for one in planned.left if one in found]


def list_last_changes(planned: Plan) -> Mapping[int, AuditEntry]:
    """Who did what last to those whom a plan leaves because somebody else was quicker; one query."""
    ids = [one for one, why in planned.left.items() if why in ("changed", "state")]
    if not ids:
        return {}
    theirs = (AuditEntry.subject_type == "registration", AuditEntry.subject_id.in_(ids))
    last = select(func.max(AuditEntry.id)).where(*theirs, AuditEntry.new.is_not(None))
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.id.in_(last.group_by(AuditEntry.subject_id)))
    )
    return {entry.subject_id: entry for entry in entries if entry.subject_id is not None}


def ask_for(registration: Registration, *, now: datetime, secret: str) -> None:
    """Tell whoever may endorse somebody that they wait, if it is their turn; under the edition's lock."""
    waits = registration.state == "submitted" and registration.edition.approval == "two_steps"
    if waits and registration.delegation_id is not None:
        tell_focal_points(registration.delegation_id, now=now, secret=secret)


def ask_all(actor: Actor, ordinal: int, *, now: datetime, secret: str) -> None:
    """After an edition has got a second step: tell the focal points of every body for which somebody waits already.

    Nothing where it has none, or is not public. Refuses readers; a few statements for each such body.
    """
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    if edition.approval != "two_steps" or edition.state != "published":
        return
    wanted = (
        Registration.edition_id == edition.id,
        Registration.state == "submitted",
        Registration.erased_at.is_(None),
        Registration.delegation_id.is_not(None),
    )
    bodies = select(Registration.delegation_id).where(*wanted).distinct()
    for one in sorted(number for number in db.session.scalars(bodies) if number is not None):
        tell_focal_points(one, now=now, secret=secret)


def tell_focal_points(delegation_id: int, *, now: datetime, secret: str) -> None:
    """Tell the focal points of a body that somebody waits for them: at once, and then one letter a day at most.

    Who comes within a day of the last letter is told of by the next one, which waits until the day is over. The caller
    holds the edition's lock. The sender drops a letter when nobody waits any more.
    """
    delegation = db.session.get_one(Delegation, delegation_id)
    wanted = (FocalPoint.delegation_id == delegation_id, FocalPoint.removed_at.is_(None))
    for one in db.session.scalars(select(FocalPoint).where(*wanted).order_by(FocalPoint.id)):
        last = _last_letter(one)
        if last is not None and last.next_attempt_at > now:
            continue  # it waits to be sent already
        link = links.ensure_focal_point_link(one.id, secret=secret, now=now)
        if link is None:
            continue  # the secretariat has ended it, and nobody else opens it again
        message = mail.enqueue(
            WANTED,
            recipient=one.email,
            language=one.language,
            now=now,
            link=link,
            edition_id=delegation.edition_id,
            values={"delegation_id": delegation_id},
        )
        if last is not None:
            message.next_attempt_at = max(now, last.next_attempt_at + PAUSE)


def _last_letter(focal_point: FocalPoint) -> OutboxMessage | None:
    """The last letter of this kind by any of the focal point's links."""
    theirs = links.ids_of_focal_point(focal_point.id)
    wanted = (
        OutboxMessage.kind == WANTED,
        OutboxMessage.link_id.in_(theirs),
        OutboxMessage.state != "cancelled",
    )
    query = select(OutboxMessage).where(*wanted).order_by(OutboxMessage.next_attempt_at.desc())
    return db.session.scalar(query.limit(1))


def _people(place: Workspace, references: Sequence[str]) -> list[Registration]:
    found: list[Registration] = []
    for start in range(0, len(references), 5000):
        wanted = (
            Registration.delegation_id == place.delegation.id,
            Registration.reference.in_(references[start : start + 5000]),
            Registration.erased_at.is_(None),
        )
        found += db.session.scalars(select(Registration).where(*wanted))
    return found


def _read(place: Workspace, ids: Sequence[int]) -> list[Row[Any]]:
    columns = (
        Registration.id,
        Registration.state,
        Registration.version,
        Registration.role,
        Registration.delegation_id,
        Registration.email,
        Registration.language,
        Registration.submitted_at,
        Registration.erased_at,
    )
    found: list[Row[Any]] = []
    for some in chunks(ids):
        wanted = (Registration.delegation_id == place.delegation.id, Registration.id.in_(some))
        found += db.session.execute(select(*columns).where(*wanted)).all()
    return found


def _wish(row: Registration | Row[Any], seen: str) -> Wish:
    return Wish(
        id=row.id,
        state=row.state,
        seen=seen,
        role=row.role,
        is_erased=row.erased_at is not None,
        submitted_at=row.submitted_at,
    )
