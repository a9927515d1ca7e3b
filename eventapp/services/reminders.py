"""Reminders on a schedule that the edition sets: the schedule, who would be reminded next, and writing what is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import insert, select

from eventapp.errors import Stale
from eventapp.extensions import db
from eventapp.models import Edition, OutboxMessage, ReminderPlan, ReminderRun
from eventapp.rules.access import SYSTEM, Actor
from eventapp.rules.reminder import REMINDING_STATES, Calendar, Due, find_due, find_next
from eventapp.rules.vocabulary import REMINDERS
from eventapp.services import audit, links, versions
from eventapp.services.editions import get_edition, get_edition_to_edit, lock_edition
from eventapp.services.reminders_recipients import Recipient, calendar_of, list_first, list_recipients

NEW: Final = 0  # the version that a form says of a schedule nobody has set yet


@dataclass(frozen=True)
class Task:
    """One reminder of one edition that is due."""

    edition_id: int
    reminder: str


@dataclass(frozen=True)
class Outlook:
    """One reminder as the page shows it: its days, what went out, the next date and who would be reminded then."""

    reminder: str
    days: Sequence[int]
    runs: Sequence[ReminderRun]
    calendar: Calendar
    next: Due | None
    count: int
    first: Sequence[Recipient]


def find_plan(edition_id: int) -> ReminderPlan | None:
    """The schedule of an edition, or None where nobody has set one."""
    return db.session.scalar(select(ReminderPlan).where(ReminderPlan.edition_id == edition_id))


def days_of(plan: ReminderPlan | None, reminder: str) -> list[int]:
    """How many days before the closing a reminder goes out; none where it never does."""
    return list(plan.days.get(reminder, [])) if plan else []


def save_plan(
    actor: Actor, ordinal: int, days: Mapping[str, Sequence[int]], *, version: int, now: datetime
) -> None:
    """Set the schedule that was read at `version` (NEW where there was none); refuses readers."""
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    kept = {reminder: list(days[reminder]) for reminder in REMINDERS if days.get(reminder)}
    plan = find_plan(edition.id)
    if plan is None:
        if version != NEW:
            raise Stale
        plan = ReminderPlan(edition_id=edition.id, days=kept)
        db.session.add(plan)
        db.session.flush()
        before, version = {}, NEW
    else:
        before = dict(plan.days)
        versions.write(plan, {"days": kept}, version=version)
    old, new = audit.differences(_named(before), _named(kept))
    if new:
        audit.record(
            actor,
            "reminders.plan",
            now=now,
            subject_type="reminder_plan",
            subject_id=plan.id,
            edition_id=edition.id,
            old={**old, "version": version},
            new=new,
        )


def _named(days: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """The schedule as the audit list keeps it: a field for each reminder."""
    return {f"remind_{reminder}": list(days.get(reminder, [])) for reminder in REMINDERS}


def list_outlook(actor: Actor, ordinal: int, *, limit: int, now: datetime) -> Sequence[Outlook]:
    """Each reminder with its next date and how many would be reminded if that were now, the first by name; for organisers."""
    edition = get_edition(actor, ordinal)
    plan = find_plan(edition.id)
    found = []
    for reminder in REMINDERS:
        runs = _list_runs(edition.id, reminder)
        days, calendar = days_of(plan, reminder), calendar_of(edition, reminder)
        coming = find_next(calendar, days, {one.due_on: one.ran_at for one in runs}, now)
        at = max(coming.at, now) if coming else now
        count, first = list_first(edition, reminder, now=at, limit=limit) if coming else (0, [])
        found.append(Outlook(reminder, days, runs, calendar, coming, count, first))
    return found


def _list_runs(edition_id: int, reminder: str) -> Sequence[ReminderRun]:
    wanted = (ReminderRun.edition_id == edition_id, ReminderRun.reminder == reminder)
    return db.session.scalars(select(ReminderRun).where(*wanted).order_by(ReminderRun.due_on.desc())).all()


def list_tasks(*, now: datetime) -> Sequence[Task]:
    """What is due and has not gone out; a look that locks nothing, two queries at most."""
    query = (
        select(ReminderPlan, Edition)
        .join(Edition, Edition.id == ReminderPlan.edition_id)
        .where(Edition.state.in_(REMINDING_STATES))
        .order_by(Edition.id)
    )
    due: dict[Task, date] = {}
    for plan, edition in db.session.execute(query):
        for reminder in REMINDERS:
            if found := find_due(calendar_of(edition, reminder), days_of(plan, reminder), now):
                due[Task(edition.id, reminder)] = found.due_on
    if not due:
        return []
    done = {
        (Task(run.edition_id, run.reminder), run.due_on)
        for run in db.session.scalars(
            select(ReminderRun).where(ReminderRun.edition_id.in_({task.edition_id for task in due}))
        )
    }
    return [task for task, due_on in due.items() if (task, due_on) not in done]


def remind(task: Task, *, now: datetime, secret: str) -> int:
    """Write one message to everybody who is to be reminded now; says to how many.

    Everything is asked again under the edition's lock: of two workers the second finds that it has been done. Each message
    has an id made from edition, reminder, day and person, so that nobody can ever be reminded twice of one thing on a day.
    """
    edition = lock_edition(task.edition_id)
    due = find_due(calendar_of(edition, task.reminder), days_of(find_plan(edition.id), task.reminder), now)
    if due is None or any(one.due_on == due.due_on for one in _list_runs(edition.id, task.reminder)):
        return 0
    people = _without_written(edition, task.reminder, due.due_on, now=now)
    _note_run(edition, task.reminder, due.due_on, len(people), now)
    _enqueue(edition, task.reminder, due.due_on, people, now=now, secret=secret)
    audit.record(
        SYSTEM,
        "reminders.send",
        now=now,
        subject_type="edition",
        subject_id=edition.id,
        edition_id=edition.id,
        new={"reminder": task.reminder, "due_on": due.due_on.isoformat(), "recipients": len(people)},
    )
    return len(people)


def _without_written(edition: Edition, reminder: str, due_on: date, *, now: datetime) -> Sequence[Recipient]:
    """Whom a reminder reaches, but for those to whom the secretariat has written the same by hand on the day."""
    people = list_recipients(edition, reminder, now=now)
    if reminder != "speaker":
        return people
    ids = {message_id(edition.public_id, reminder, due_on, one.public_id): one for one in people}
    written = select(OutboxMessage.public_id).where(OutboxMessage.public_id.in_(list(ids)))
    for one in db.session.scalars(written):
        del ids[one]
    return list(ids.values())


def _note_run(edition: Edition, reminder: str, due_on: date, messages: int, now: datetime) -> None:
    """Before any message: another worker that got so far is refused here, by the constraint, and writes none."""
    run = ReminderRun(edition_id=edition.id, reminder=reminder, due_on=due_on, ran_at=now, messages=messages)
    db.session.add(run)
    db.session.flush()


def _enqueue(
    edition: Edition, reminder: str, due_on: date, people: Sequence[Recipient], *, now: datetime, secret: str
) -> None:
    lacking = [one.registration_id for one in people if one.registration_id and not one.link_id]
    made = links.ensure_registration_links(lacking, secret=secret, now=now)
    rows = [
        {
            "public_id": message_id(edition.public_id, reminder, due_on, one.public_id),
            "kind": f"reminder_{reminder}",
            "language": one.language,
            "recipient": one.email,
            "values": dict(one.values),
            "link_id": one.link_id or made.get(one.registration_id or 0) or _new_link(one, now, secret),
            "registration_id": one.registration_id,
            "edition_id": edition.id,
            "created_at": now,
            "next_attempt_at": now,
        }
        for one in people
    ]
    if rows:
        db.session.execute(insert(OutboxMessage), rows)


def _new_link(one: Recipient, now: datetime, secret: str) -> int:
    if one.speaker_id is not None:
        return links.make_link("speaker", secret=secret, now=now, speaker_id=one.speaker_id).id
    return links.make_link("focal_point", secret=secret, now=now, focal_point_id=one.focal_point_id).id


def message_id(edition: UUID, reminder: str, due_on: date, recipient: UUID) -> UUID:
    """The one id that a reminder of somebody on a day can have."""
    return uuid5(edition, f"{reminder}:{due_on}:{recipient}")


def copy_plan(from_edition_id: int, edition_id: int) -> None:
    """Give a new edition the schedule of another one: it counts back from the closing, so it fits any."""
    plan = find_plan(from_edition_id)
    if plan is not None and plan.days:
        db.session.add(ReminderPlan(edition_id=edition_id, days=dict(plan.days)))
