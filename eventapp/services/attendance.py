"""Who came: one check-in for each person and day, undone only with a reason; the totals that the desks see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from eventapp.errors import Conflict, NotFound
from eventapp.extensions import db
from eventapp.models import CheckIn, Edition, Registration
from eventapp.rules.access import Actor, check_may_edit
from eventapp.rules.attendance import check_admission, check_open, check_reason, check_undo
from eventapp.services import audit
from eventapp.services.editions import door_of, get_edition_to_edit, hold_edition


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What the desks see: people, each counted once, whatever their state, except where it says approved."""

    by_day: Mapping[date, int]
    ever: int
    approved: int
    missing: int  # approved and never checked in


def check_in(
    actor: Actor,
    ordinal: int,
    reference: str,
    *,
    despite: str = "",
    desk: str = "",
    on: date | None = None,
    now: datetime,
) -> CheckIn:
    """Check a person in, for today unless told. Refuses readers, closed desks, and whom the rules do not let in.

    Who has been checked in for that day already is a Conflict whose `check_in_id` tells when and where. That no person is in
    twice on a day is held by the unique index, whatever two desks have read before.
    """
    edition = hold_edition(get_edition_to_edit(actor, ordinal).id)
    day = check_open(door_of(edition), now, on)
    registration = _lock(edition, reference)
    check_admission(registration.state, is_erased=registration.erased_at is not None, despite=despite)
    made = CheckIn(
        edition_id=edition.id, registration_id=registration.id, on=day, at=now, by=actor.name, desk=desk
    )
    _insert(made)
    _set_flag(registration, is_checked_in=True)
    new = {"checked_in_on": day.isoformat(), "desk": desk}
    if registration.state != "approved":
        new["despite_state"] = registration.state
    _record(actor, "registration.check_in", registration, now=now, new=new)
    return made


def _insert(made: CheckIn) -> None:
    try:
        with db.session.begin_nested():  # the transaction goes on after a refusal, to say who was quicker
            db.session.add(made)
    except IntegrityError as error:
        standing = find_standing(made.registration_id, made.on)
        # PostgreSQL names the index, SQLite its columns.
        names = ("uq_check_in_person_day", "check_in.registration_id")
        if standing is None or not any(name in str(error.orig) for name in names):
            raise
        raise Conflict(
            "This person has been checked in for this day already.", code="already", check_in_id=standing.id
        ) from None


def undo(actor: Actor, ordinal: int, check_in_id: int, *, reason: str, now: datetime) -> CheckIn:
    """Take a check-in back; it stays as history. Refuses readers, a missing reason, archived editions and a second time."""
    check_reason(reason)
    edition = hold_edition(get_edition_to_edit(actor, ordinal).id)
    check_undo(edition.state)
    found = get_check_in(edition, check_in_id)
    registration = _lock(edition, found.registration.reference)
    db.session.refresh(found)  # as it stands now that nobody else can change it
    if found.undone_at is not None:
        raise Conflict("This check-in has been undone already.", code="undone", check_in_id=found.id)
    found.undone_at, found.undone_by, found.undone_reason = now, actor.name, reason
    db.session.flush()
    left = select(CheckIn.id).where(CheckIn.registration_id == registration.id, CheckIn.undone_at.is_(None))
    _set_flag(registration, is_checked_in=db.session.scalar(left.limit(1)) is not None)
    old = {"checked_in_on": found.on.isoformat()}
    new = {"checked_in_on": None}
    _record(actor, "registration.undo_check_in", registration, now=now, old=old, new=new, reason=reason)
    return found


def get_check_in(edition: Edition, check_in_id: int) -> CheckIn:
    """A check-in of this edition with its person; raises NotFound."""
    query = select(CheckIn).where(CheckIn.id == check_in_id, CheckIn.edition_id == edition.id)
    found = db.session.scalar(query.options(joinedload(CheckIn.registration).joinedload(Registration.body)))
    if found is None:
        raise NotFound("There is no such check-in.")
    return found


def find_standing(registration_id: int, on: date) -> CheckIn | None:
    """The valid check-in of a person on a day."""
    wanted = (CheckIn.registration_id == registration_id, CheckIn.on == on, CheckIn.undone_at.is_(None))
    return db.session.scalar(select(CheckIn).where(*wanted))


def list_check_ins(registration: Registration) -> Sequence[CheckIn]:
    """All check-ins of a person, undone ones included, by time."""
    query = select(CheckIn).where(CheckIn.registration_id == registration.id)
    return db.session.scalars(query.order_by(CheckIn.at, CheckIn.id)).all()


def list_days(registration: Registration) -> Sequence[date]:
    """The days on which a person came."""
    valid = (CheckIn.registration_id == registration.id, CheckIn.undone_at.is_(None))
    return db.session.scalars(select(CheckIn.on).where(*valid).order_by(CheckIn.on)).all()


def forget_reasons(registration_ids: Sequence[int]) -> None:
    """Empty why check-ins of people were undone, for erasure: days and desks stay, what was typed may name somebody."""
    theirs = CheckIn.registration_id.in_(registration_ids)
    db.session.execute(update(CheckIn).where(theirs).values(undone_reason=""))


def take_over(actor: Actor, kept: Registration, merged: Registration, *, now: datetime) -> None:
    """Give one person's check-ins to another registration of the same person; the caller holds the edition's lock.

    Where both were checked in for a day, that of the registration that stays holds, and the other one is undone.
    """
    days = set(list_days(kept))
    moved = list_check_ins(merged)
    for one in moved:
        if one.undone_at is None and one.on in days:
            one.undone_at, one.undone_by, one.undone_reason = now, actor.name, merged.reference
    db.session.flush()
    for one in moved:
        one.registration_id = kept.id
    db.session.flush()
    _set_flag(kept, is_checked_in=bool(list_days(kept)))
    _set_flag(merged, is_checked_in=False)


def count(edition: Edition) -> Totals:
    """The totals of an edition; two queries on indexes."""
    valid = (CheckIn.edition_id == edition.id, CheckIn.undone_at.is_(None))
    days = select(CheckIn.on, func.count()).where(*valid).group_by(CheckIn.on).order_by(CheckIn.on)
    people = select(func.count()).select_from(Registration).where(Registration.edition_id == edition.id)
    approved = people.where(Registration.state == "approved")
    ever, all_approved, missing = db.session.execute(
        select(
            people.where(Registration.is_checked_in.is_(True)).scalar_subquery(),
            approved.scalar_subquery(),
            approved.where(Registration.is_checked_in.is_(False)).scalar_subquery(),
        )
    ).one()
    by_day = dict(db.session.execute(days).tuples().all())
    return Totals(by_day=by_day, ever=ever, approved=all_approved, missing=missing)


def record_paper(actor: Actor, edition_id: int, *, now: datetime) -> None:
    """Write down that somebody takes the list of names along on paper; refuses readers."""
    check_may_edit(actor, edition_id)
    audit.record(
        actor,
        "attendance.paper",
        now=now,
        subject_type="edition",
        subject_id=edition_id,
        edition_id=edition_id,
    )


def _lock(edition: Edition, reference: str) -> Registration:
    """The registration, locked: its flag follows from all its check-ins, of other days too."""
    found = db.session.scalar(
        select(Registration)
        .where(Registration.edition_id == edition.id, Registration.reference == reference)
        .with_for_update(of=Registration)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("There is no registration with this reference.")
    return found


def _set_flag(registration: Registration, *, is_checked_in: bool) -> None:
    # Not through the object: whoever has the person's form open must not lose it because the person came in.
    statement = update(Registration).where(Registration.id == registration.id)
    db.session.execute(
        statement.values(is_checked_in=is_checked_in), execution_options={"synchronize_session": False}
    )
    set_committed_value(registration, "is_checked_in", is_checked_in)


def _record(
    actor: Actor,
    action: str,
    registration: Registration,
    *,
    now: datetime,
    new: dict[str, str] | dict[str, None],
    old: dict[str, str] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        actor,
        action,
        now=now,
        subject_type="registration",
        subject_id=registration.id,
        edition_id=registration.edition_id,
        old=old,
        new=new,
        reason=reason,
    )
