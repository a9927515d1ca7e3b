"""Editions in the hands of organisers: create, edit, change the state; each change with its audit row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from eventapp.errors import Conflict, Invalid, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, Edition, OutboxMessage, Registration
from eventapp.rules.access import Actor, check_may_edit_all
from eventapp.rules.counting import counted_day
from eventapp.rules.edition import check_transition
from eventapp.rules.edition_plan import (
    LINES,
    NOTICE_STATES,
    PROMOTING_STATES,
    PROSES,
    STATE_ACTIONS,
    check_plan,
)
from eventapp.rules.keeping import Keeping
from eventapp.rules.vocabulary import REGISTERED_STATES
from eventapp.services import (
    audit,
    counting,
    editions,
    keeping,
    quotas,
    registrations_places,
    statistics,
    versions,
)

COLUMNS: Final = (
    *LINES,
    *PROSES,
    "starts_on",
    "ends_on",
    "date_precision",
    "country_code",
    "latitude",
    "longitude",
    "time_zone",
    "contact_email",
    "capacity",
    "registration_opens_at",
    "registration_closes_at",
    "changes_close_at",
    "approval",
    "endorse_by",
    "decide_by",
    "patience_days",
    "accepts_late",
    "picture_id",
)
_BATCH: Final = 500


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What became of an edition that was saved: who moved up, and how many stand above the capacity.

    `under_way` holds, where the way of approval is another one now, how many people stand in each state it concerns.
    """

    ordinal: int
    promoted: int = 0
    over_capacity: int = 0
    moved_clocks: Keeping | None = None  # where there is personal data that goes at another time now
    approval: str = ""
    under_way: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ListedEdition:
    """An edition with its numbers, for the list."""

    edition: Edition
    registered: int
    approved: int


def list_for_desk(actor: Actor, *, now: datetime) -> Sequence[ListedEdition]:
    """The editions that the actor may look at, latest first, with people registered and approved; a handful of queries."""
    found = db.session.scalars(
        select(Edition).options(joinedload(Edition.country)).order_by(Edition.ordinal.desc())
    ).all()
    totals = statistics.total_by_edition(actor, now=now)
    return [
        ListedEdition(edition, totals[edition.ordinal].registered, totals[edition.ordinal].approved)
        for edition in found
        if actor.may_read(edition.id)
    ]


def next_ordinal() -> int:
    """The ordinal after the highest there is."""
    return (db.session.scalar(select(func.max(Edition.ordinal))) or 0) + 1


def values_of(edition: Edition) -> dict[str, Any]:
    """What an organiser may edit, by column."""
    return {name: getattr(edition, name) for name in COLUMNS}


def create(actor: Actor, ordinal: int, values: Mapping[str, Any], *, now: datetime) -> Edition:
    """Add an edition as a draft; for organisers of all editions. Refuses an ordinal that is taken."""
    check_may_edit_all(actor)
    check_plan(values)
    times = {"created_at": now, "updated_at": now, "clocks_set_at": now}
    edition = Edition(ordinal=ordinal, state="draft", notice={}, **times, **values)
    add_draft(edition)
    _, new = audit.differences(
        {}, {name: value for name, value in values.items() if value not in (None, "", {})}
    )
    audit.record_of_edition(actor, "edition.create", edition, now=now, new={"ordinal": ordinal, **new})
    return edition


def add_draft(edition: Edition) -> None:
    """Put a new edition in the database; the ordinal is unique there, whoever else adds one at this moment."""
    taken = Conflict("There is an edition with this ordinal already.", code="ordinal", field="ordinal")
    if db.session.scalar(select(Edition.id).where(Edition.ordinal == edition.ordinal)):
        raise taken
    db.session.add(edition)
    try:
        db.session.flush()
    except IntegrityError as error:
        if "ordinal" in str(error.orig):
            raise taken from None
        raise


def edit(actor: Actor, ordinal: int, values: Mapping[str, Any], *, version: int, now: datetime) -> Saved:
    """Save an edition that was read at `version`; refuses if somebody saved it since. A raised capacity lets people up.

    Lowering the capacity below what is taken removes nobody; the answer says how many stand above it.
    """
    check_plan(values)
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    before = keeping.keeping_of(edition)
    old, new = versions.write(edition, values, version=version)
    if new:
        audit.record_of_edition(actor, "edition.edit", edition, now=now, old=old, new=new)
    if "time_zone" in new:
        counting.move_days(edition)
    promoted: Sequence[int] = ()
    if "capacity" in new and edition.state in PROMOTING_STATES:
        promoted = registrations_places.promote_waiting(actor, edition, now=now)
    held = quotas.count_held(edition)
    over = held - edition.capacity if edition.capacity is not None else 0
    return Saved(
        ordinal=ordinal,
        promoted=len(promoted),
        over_capacity=max(0, over),
        moved_clocks=keeping.find_moved(edition, before, now=now),
        approval=edition.approval,
        under_way=_count_under_way(edition.id) if "approval" in new else {},
    )


def _count_under_way(edition_id: int) -> Mapping[str, int]:
    """How many people wait for a decision, by state."""
    wanted = (
        Registration.edition_id == edition_id,
        Registration.state.in_(("submitted", "endorsed")),
        Registration.erased_at.is_(None),
    )
    query = select(Registration.state, func.count()).where(*wanted).group_by(Registration.state)
    return dict(db.session.execute(query).tuples().all())


def list_history(edition: Edition, limit: int = 10) -> Sequence[AuditEntry]:
    """The last changes to an edition itself, latest first."""
    wanted = (AuditEntry.subject_type == "edition", AuditEntry.subject_id == edition.id)
    return db.session.scalars(
        select(AuditEntry).where(*wanted).order_by(AuditEntry.id.desc()).limit(limit)
    ).all()


def count_recipients(edition_id: int) -> int:
    """How many people a notice of postponement or cancellation goes to: everybody registered now."""
    return (
        db.session.scalar(select(func.count()).select_from(Registration).where(*_registered(edition_id))) or 0
    )


def change_state(
    actor: Actor,
    ordinal: int,
    new: str,
    *,
    version: int,
    notice: Mapping[str, str],
    now: datetime,
) -> int:
    """Publish, hold, archive, postpone or cancel an edition, and say how many mails that wrote.

    Postponing and cancelling need a notice, which goes to everybody registered.
    """
    edition = editions.lock_edition(editions.get_edition_to_edit(actor, ordinal).id)
    versions.check(edition, version)
    check_transition(edition.state, new)
    if new in NOTICE_STATES and not notice:
        raise Invalid({"notice": Refused("Please write a notice in at least one language.")})
    standing = dict(notice) if new in NOTICE_STATES else {} if new == "published" else edition.notice
    old, changed = audit.differences(
        {"state": edition.state, "notice": edition.notice}, {"state": new, "notice": standing}
    )
    before = keeping.keeping_of(edition)
    edition.state, edition.notice, edition.updated_at = new, standing, now
    if new == "cancelled":
        edition.cancelled_on = counted_day(now, edition.time_zone)
    db.session.flush()
    keeping.note_moved(edition, before, now=now)
    mails = _send_notice(edition, now) if new in NOTICE_STATES else 0
    if mails:
        changed["mails"] = mails
    audit.record_of_edition(
        actor, STATE_ACTIONS[new], edition, now=now, old={**old, "version": version}, new=changed
    )
    return mails


def _registered(edition_id: int) -> tuple[Any, ...]:
    return Registration.edition_id == edition_id, Registration.state.in_(REGISTERED_STATES)


def _send_notice(edition: Edition, now: datetime) -> int:
    """One message to each person registered, written in batches: an edition has thousands."""
    people = db.session.execute(
        select(Registration.id, Registration.email, Registration.language)
        .where(*_registered(edition.id))
        .order_by(Registration.id)
    ).all()
    values = {"state": edition.state, "notice": edition.notice}
    rows = [
        {
            "kind": "edition_notice",
            "language": language,
            "recipient": email,
            "values": values,
            "registration_id": registration_id,
            "edition_id": edition.id,
            "state": "waiting",
            "attempts": 0,
            "created_at": now,
            "next_attempt_at": now,
            "last_error": "",
        }
        for registration_id, email, language in people
    ]
    for start in range(0, len(rows), _BATCH):
        db.session.execute(insert(OutboxMessage), rows[start : start + _BATCH])
    return len(rows)
