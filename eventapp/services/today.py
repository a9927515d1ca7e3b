"""What awaits the secretariat today: queues with their oldest case, what came in per day, how many stand in each state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select

from eventapp.extensions import db
from eventapp.models import Edition, OutboxMessage, Registration
from eventapp.rules.access import Actor
from eventapp.rules.counting import counted_day
from eventapp.rules.measure import UNCOUNTED
from eventapp.services import duplicates, statistics
from eventapp.services.registrations_list import is_unlinked

DAYS = 60


@dataclass(frozen=True)
class Queue:
    """Cases that wait for somebody, and since when the oldest does."""

    word: str
    count: int
    oldest_at: datetime | None


@dataclass(frozen=True)
class Day:
    """How many registrations came in on one day of the edition's zone."""

    on: date
    count: int


def list_queues(edition: Edition, *, free_places: int | None) -> list[Queue]:
    """Every queue with a case in it; three queries. The waiting list counts as one only while places are free."""
    alive = Registration.erased_at.is_(None)
    waiting = and_(Registration.state == "submitted", alive)
    wanted: dict[str, tuple[ColumnElement[bool], object]] = {
        "submitted": (and_(waiting, Registration.is_late.is_(False)), Registration.submitted_at),
        "late": (and_(waiting, Registration.is_late), Registration.submitted_at),
        "waitlisted": (and_(Registration.state == "waitlisted", alive), Registration.waitlisted_at),
        "unlinked": (is_unlinked(), Registration.submitted_at),
    }
    columns = []
    for condition, since in wanted.values():
        columns += [func.count(case((condition, 1))), func.min(case((condition, since)))]
    row = db.session.execute(select(*columns).where(Registration.edition_id == edition.id)).one()
    queues = [Queue(word, row[2 * place], row[2 * place + 1]) for place, word in enumerate(wanted)]
    has_room = free_places is None or free_places > 0
    queues = [queue for queue in queues if queue.word != "waitlisted" or has_room]
    queues.append(Queue("duplicates", *duplicates.count_waiting(edition.id)))
    queues.append(_failed_mail(edition))
    return [queue for queue in queues if queue.count]


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
    waiting = case((and_(Registration.state == "submitted", Registration.erased_at.is_(None)), 1))
    counted = Registration.state != UNCOUNTED
    query = select(Registration.edition_id, func.count(), func.count(waiting)).where(counted)
    query = query.group_by(Registration.edition_id)
    return {
        edition_id: (received, open_)
        for edition_id, received, open_ in db.session.execute(query).all()
        if actor.may_read(edition_id)
    }
