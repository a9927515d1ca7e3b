"""What awaits the secretariat today: queues with their oldest case, what came in per day, how many stand in each state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, exists, func, null, or_, select

from eventapp.extensions import db
from eventapp.models import Edition, OutboxMessage, Quota, Registration
from eventapp.rules.access import Actor
from eventapp.rules.counting import counted_day
from eventapp.rules.edition import PAST_STATES
from eventapp.rules.measure import UNCOUNTED
from eventapp.services import duplicates, quotas, statistics
from eventapp.services.delegations_vouching import count_without_focal_point, in_queue, overdue_before
from eventapp.services.registrations_list import is_unlinked

DAYS = 60
# Queues whose cases stand in the wider one too.
_PARTS: Final = {"decide": ("no_body", "no_focal_point"), "endorsement": ("overdue",)}


@dataclass(frozen=True)
class Queue:
    """Cases that wait for somebody, and since when the oldest does."""

    word: str
    count: int
    oldest_at: datetime | None
    parts: Mapping[str, int] = field(default_factory=dict)  # word of a narrower queue -> how many of these


@dataclass(frozen=True)
class Agenda:
    """Every queue with a case in it, and how many people stand in one or more of those that hold people."""

    queues: Sequence[Queue]
    people: int


@dataclass(frozen=True)
class Day:
    """How many registrations came in on one day of the edition's zone."""

    on: date
    count: int


def read_agenda(edition: Edition, *, free_places: int | None, now: datetime) -> Agenda:
    """What awaits the secretariat; four queries, and those of the sums where a sector or badge category has a quota.

    The waiting list counts as a queue only while places are free. Whoever stands in two queues is one person.
    """
    wanted = dict(_wanted(edition, now))
    if free_places is not None and free_places <= 0:
        del wanted["waitlisted"]
    narrow = {part for parts in _PARTS.values() for part in parts}
    columns: list[ColumnElement[Any]] = []
    for word, (condition, since) in wanted.items():
        oldest = null() if word in narrow else func.min(since).filter(condition)  # of parts nobody asks it
        columns += [func.count().filter(condition), oldest]
    wide = [condition for word, (condition, _) in wanted.items() if word not in narrow]
    columns.append(func.count().filter(or_(*wide)))
    row = db.session.execute(select(*columns).where(Registration.edition_id == edition.id)).one()
    found = {word: Queue(word, row[2 * place], row[2 * place + 1]) for place, word in enumerate(wanted)}
    for whole, parts in _PARTS.items():
        counts = {part: queue.count for part in parts if (queue := found.pop(part, None)) and queue.count}
        if whole in found:
            found[whole] = replace(found[whole], parts=counts)
    alike = Queue("duplicates", *duplicates.count_waiting(edition.id))
    queues = [*found.values(), _limits(edition), _bodies(edition), alike, _failed_mail(edition)]
    return Agenda([queue for queue in queues if queue.count], row[-1])


def _wanted(edition: Edition, now: datetime) -> Mapping[str, tuple[ColumnElement[bool], Any]]:
    """The condition of each queue and part of one, and since when somebody stands in it."""
    alive, came = Registration.erased_at.is_(None), Registration.submitted_at
    waiting = and_(Registration.state == "submitted", alive)
    found: dict[str, tuple[ColumnElement[bool], Any]] = {}
    if edition.approval == "two_steps":
        overdue = Registration.received_on < overdue_before(edition, now=now)
        since = func.coalesce(Registration.endorsed_at, came)
        found["decide"] = (in_queue(edition, "decide"), since)
        found["endorsement"] = (in_queue(edition, "endorsement"), came)
        found["overdue"] = (and_(in_queue(edition, "endorsement"), overdue), came)
        found |= {word: (in_queue(edition, word), came) for word in ("no_body", "no_focal_point")}
    else:
        found["submitted"] = (and_(waiting, Registration.is_late.is_(False)), came)
    found["late"] = (and_(waiting, Registration.is_late), came)
    found["waitlisted"] = (and_(Registration.state == "waitlisted", alive), Registration.waitlisted_at)
    found["unlinked"] = (is_unlinked(), came)
    return found | {word: (in_queue(edition, word), came) for word in ("credentials", "over_quota")}


def _limits(edition: Edition) -> Queue:
    """Quotas of sectors and badge categories that hold more people than they have places."""
    has_some = db.session.scalar(select(exists().where(Quota.edition_id == edition.id)))
    return Queue("quota_exceeded", len(quotas.list_exceeded(edition)) if has_some else 0, None)


def _bodies(edition: Edition) -> Queue:
    """Nobody is to endorse any more once the edition is over, and focal points go with its record."""
    is_over = edition.state in PAST_STATES or edition.state == "cancelled"
    return Queue("no_focal_point", 0 if is_over else count_without_focal_point(edition), None)


def _failed_mail(edition: Edition) -> Queue:
    failed = (OutboxMessage.edition_id == edition.id, OutboxMessage.state == "failed")
    query = select(func.count(), func.min(OutboxMessage.created_at)).where(*failed)
    count, oldest_at = db.session.execute(query).one()
    return Queue("failed_mail", count, oldest_at)


def list_days(edition: Edition, *, now: datetime) -> Sequence[Day]:
    """Registrations received on each of the last days, today last, in days of the edition's zone; one query."""
    found = statistics.count(edition, statistics.ask(["day"]), now=now).people("received", "day")
    today = counted_day(now, edition.time_zone)
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    return [Day(one, found.get((one.isoformat(),), 0)) for one in days]


def count_per_edition(actor: Actor) -> Mapping[int, tuple[int, int]]:
    """Edition's id -> registrations received and waiting for a decision, for the chooser."""
    waits = Registration.state.in_(("submitted", "endorsed"))
    waiting = case((and_(waits, Registration.erased_at.is_(None)), 1))
    counted = Registration.state != UNCOUNTED
    query = select(Registration.edition_id, func.count(), func.count(waiting)).where(counted)
    query = query.group_by(Registration.edition_id)
    return {
        edition_id: (received, open_)
        for edition_id, received, open_ in db.session.execute(query).all()
        if actor.may_read(edition_id)
    }
