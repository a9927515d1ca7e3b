"""Personal data goes when its time is over: what is due, and erasing a part of it in a transaction of its own.

Whatever has been erased is found no more, so that a worker that was stopped goes on where it was, and of two workers at the
same moment the second, which waits for the edition's lock, finds what the first has left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from eventapp.extensions import db
from eventapp.models import Delegation, Edition, ExportJob, ImportJob, OutboxMessage, Registration, Speaker
from eventapp.rules.access import SYSTEM
from eventapp.rules.delegate_list import NEEDS
from eventapp.rules.keeping import CLOCKS
from eventapp.services import audit, credentials, focal_points_forget, registrations_erase, speakers_held
from eventapp.services.editions import lock_edition
from eventapp.services.keeping import keeping_of
from eventapp.services.keeping_held import (
    ERASED,
    KINDS,
    edition_of,
    key_of,
    query_held,
    speaks_elsewhere,
)

MOST: Final = 500  # of each kind in one transaction
_ACTIONS: Final = {"needs": "edition.forget_needs", "record": "edition.forget_record"}
# What goes from the history of the edition itself; q: words that somebody narrowed a list of people by.
_FIELDS: Final[Mapping[str, Sequence[str]]] = {"needs": NEEDS, "record": (*NEEDS, "q")}


@dataclass(frozen=True)
class Task:
    """What one clock of one edition is about is to go."""

    edition_id: int
    clock: str


@dataclass(frozen=True, kw_only=True)
class Erased:
    """How much of each kind went, and the ids of the letters of which there may be copies in the folder of kept mail."""

    counts: Mapping[str, int] = field(default_factory=dict)
    written: Sequence[UUID] = ()


def list_tasks(*, now: datetime) -> Sequence[Task]:
    """Where anything is to go now; a look that locks nothing, two queries and one for each clock that has run out."""
    found = []
    editions = db.session.scalars(select(Edition).order_by(Edition.id)).all()
    for clock in CLOCKS:
        due = [one.id for one in editions if keeping_of(one).is_due(clock, now)]
        held: set[int] = set()
        for kind in KINDS[clock] if due else ():
            edition = edition_of(kind)
            query = query_held(kind, edition).where(edition.in_(set(due) - held)).distinct()
            if kind == "speakers":
                query = query.where(~speaks_elsewhere(now))
            held |= set(db.session.scalars(query))
        if set(due) - held:
            held |= audit.find_editions_with(set(due) - held, _FIELDS[clock])
        found += [Task(one, clock) for one in due if one in held]
    return found


def erase(task: Task, *, now: datetime) -> Erased:
    """Erase a part of what is due, with an entry in the history of the edition that says how much it was.

    Everything is asked again under the edition's lock: nothing goes where the end has moved since, or the edition was
    published again. An empty answer means that nothing is left.
    """
    edition = lock_edition(task.edition_id)
    if not keeping_of(edition).is_due(task.clock, now):
        return Erased()
    erased = _erase_needs(edition, now) if task.clock == "needs" else _erase_record(edition, now)
    if erased.counts:
        audit.record(
            SYSTEM,
            _ACTIONS[task.clock],
            now=now,
            subject_type="edition",
            subject_id=edition.id,
            edition_id=edition.id,
            new=erased.counts,
        )
    return erased


def _erase_needs(edition: Edition, now: datetime) -> Erased:
    ids = _list_ids("needs", edition)
    change = update(Registration).where(Registration.id.in_(ids))
    # The next version: whoever has the form open would write the needs back with it.
    empty = {"dietary_needs": "", "accessibility_needs": "", "version": Registration.version + 1}
    db.session.execute(change.values(**empty), execution_options={"synchronize_session": "fetch"})
    audit.record_each(
        SYSTEM,
        "registration.forget_needs",
        now=now,
        subject_type="registration",
        subject_ids=ids,
        edition_id=edition.id,
    )
    # The whole history is read for it: once, when nobody is left.
    entries = 0 if ids else audit.forget_fields(edition.id, _FIELDS["needs"])
    return Erased(counts=_counted({"people": len(ids), "entries": entries}))


def _erase_record(edition: Edition, now: datetime) -> Erased:
    """People first, a part of them at a time; once none is left, whatever else there is."""
    people = _list_ids("registrations", edition)
    if len(people) < MOST:  # nobody is left after these: what is found by the edition alone goes with them
        _forget_lists(edition)
        credentials.forget_notes(edition.id)
        _untie(edition)
    if people:
        theirs = (Speaker.registration_id.in_(people), speaks_elsewhere(now))
        spared = db.session.scalars(select(Speaker.id).where(*theirs)).all()
        written = registrations_erase.erase_people(SYSTEM, edition.id, people, now=now, spared=spared)
        return Erased(counts={"people": len(people)}, written=written)
    speakers = _list_ids("speakers", edition, ~speaks_elsewhere(now))
    focal_points = _list_ids("focal_points", edition)
    papers = _list_ids("credentials", edition)
    letters = _list_ids("letters", edition)
    written = [
        *speakers_held.forget(speakers, now=now),
        *focal_points_forget.forget(focal_points, now=now),
        *_forget_letters(letters),
    ]
    credentials.forget(papers, now=now)
    counts = {
        "speakers": len(speakers),
        "focal_points": len(focal_points),
        "papers": len(papers),
        "messages": len(letters),
        "entries": audit.forget_fields(edition.id, _FIELDS["record"]),
    }
    return Erased(counts=_counted(counts), written=written)


def _forget_letters(ids: Sequence[int]) -> Sequence[UUID]:
    """Letters of the edition to whoever else: they never go out, and of the sent ones kind and times are kept."""
    theirs = OutboxMessage.id.in_(ids)
    unsent = (theirs, OutboxMessage.state.in_(("waiting", "failed")))
    db.session.execute(update(OutboxMessage).where(*unsent).values(state="cancelled"))
    db.session.execute(update(OutboxMessage).where(theirs).values(recipient=ERASED, values={}, last_error=""))
    return db.session.scalars(select(OutboxMessage.public_id).where(theirs)).all()


def _untie(edition: Edition) -> None:
    """Nobody belongs to an organisation's delegation any more, which may have been one person: its kind and seat stay.

    Also those who were erased by hand, whose place counted in its quota as long as there were places. States stay: they are counted.
    """
    theirs = select(Delegation.id).where(Delegation.edition_id == edition.id, Delegation.body_id.is_not(None))
    tied = (Registration.edition_id == edition.id, Registration.delegation_id.in_(theirs))
    change = update(Registration).where(*tied).values(delegation_id=None, delegation_order=None)
    db.session.execute(change, execution_options={"synchronize_session": False})


def _forget_lists(edition: Edition) -> None:
    """Who brought a list that is done with, and by which words one that was made was narrowed."""
    done = (ImportJob.edition_id == edition.id, ImportJob.state.in_(("done", "failed", "removed")))
    db.session.execute(update(ImportJob).where(*done).values(asked_by={}, file_name=""))
    removed = (ExportJob.edition_id == edition.id, ExportJob.state.in_(("failed", "removed")))
    db.session.execute(update(ExportJob).where(*removed).values(filter={}))


def _counted(counts: Mapping[str, int]) -> Mapping[str, int]:
    return {name: count for name, count in counts.items() if count}


def _list_ids(kind: str, edition: Edition, *wanted: ColumnElement[bool]) -> Sequence[int]:
    key = key_of(kind)
    query = query_held(kind, key).where(edition_of(kind) == edition.id, *wanted)
    return db.session.scalars(query.distinct().order_by(key).limit(MOST)).all()
