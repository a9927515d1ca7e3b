"""Lists of delegates that are made later: asked for, made by the worker, fetched by whoever asked, removed after a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import joinedload

from eventapp.errors import NotFound, Refused
from eventapp.extensions import db
from eventapp.models import Edition, ExportJob
from eventapp.rules.access import Actor
from eventapp.rules.delegate_list import check_columns
from eventapp.rules.listing import Filter, read_filter
from eventapp.services import audit, editions
from eventapp.services.exports_delegates import DelegateList, begin_delegates, count_people

LEASE: Final = timedelta(
    minutes=5
)  # renewed with every note of progress; a large workbook is closed for a minute
KEPT: Final = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Order:
    """A list that this worker makes now."""

    job_id: int
    form: str
    file_name: str
    marks_name: str
    wanted: DelegateList


def ask(
    actor: Actor,
    ordinal: int,
    *,
    form: str,
    columns: Sequence[str],
    where: Filter,
    language: str,
    now: datetime,
) -> ExportJob:
    """Ask for a list that is made later; the same rights and the same line in the history as for one made at once."""
    wanted = begin_delegates(
        actor, ordinal, now=now, form=form, columns=columns, where=where, language=language
    )
    if actor.id is None:
        raise Refused("Only somebody who signs in can fetch a list later.", code="forbidden")
    made = ExportJob(
        edition_id=wanted.edition_id,
        asked_by_id=actor.id,
        asked_at=now,
        format=form,
        language=language,
        columns=list(wanted.columns),
        filter=where.args(),
        people=count_people(wanted.edition_id, where),
    )
    db.session.add(made)
    db.session.flush()
    return made


def list_jobs(actor: Actor, edition: Edition) -> Sequence[ExportJob]:
    """The lists that the actor may fetch or waits for, latest first; administrators see everybody's."""
    query = select(ExportJob).where(ExportJob.edition_id == edition.id, ExportJob.state != "removed")
    if not actor.is_administrator:
        query = query.where(ExportJob.asked_by_id == actor.id)
    query = query.options(joinedload(ExportJob.asked_by))
    return db.session.scalars(query.order_by(ExportJob.asked_at.desc(), ExportJob.id.desc())).all()


def get_job(actor: Actor, ordinal: int, public_id: UUID) -> ExportJob:
    """One of them; to everybody else it does not exist."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    wanted = (ExportJob.public_id == public_id, ExportJob.edition_id == edition.id)
    found = db.session.scalar(select(ExportJob).where(*wanted))
    if found is None or not (actor.is_administrator or found.asked_by_id == actor.id):
        raise NotFound("There is no such list.")
    return found


def fetch(actor: Actor, ordinal: int, public_id: UUID, *, now: datetime) -> ExportJob:
    """Write down that the list leaves the house; refuses one that is not ready or no longer kept, and a right since lost."""
    found = get_job(actor, ordinal, public_id)
    if found.state != "ready" or found.expires_at is None or found.expires_at <= now:
        raise Refused("This list is not there to be fetched.", code="not-ready")
    check_columns(
        found.columns, may_see_needs=actor.may_see_needs
    )  # as they were settled when it was asked for
    audit.record(
        actor,
        "delegates.fetch",
        now=now,
        subject_type="edition",
        subject_id=found.edition_id,
        edition_id=found.edition_id,
        new={"columns": found.columns, "format": found.format} | found.filter,
    )
    return found


def has_work(*, now: datetime) -> bool:
    """Whether a list waits to be made or a file to be removed; a look that locks nothing."""
    wanted = or_(
        ExportJob.state == "waiting",
        (ExportJob.state == "running") & (ExportJob.leased_until <= now),
        (ExportJob.state == "ready") & (ExportJob.expires_at <= now),
    )
    return db.session.scalar(select(ExportJob.id).where(wanted).limit(1)) is not None


def lease_next(*, now: datetime) -> Order | None:
    """Take the oldest list that waits, or whose maker was lost."""
    wanted = or_(
        ExportJob.state == "waiting",
        (ExportJob.state == "running") & (ExportJob.leased_until <= now),
    )
    query = select(ExportJob).where(wanted).order_by(ExportJob.id).limit(1)
    found = db.session.scalar(query.with_for_update(of=ExportJob, skip_locked=True))
    if found is None:
        return None
    found.state, found.done, found.leased_until = "running", 0, now + LEASE
    edition = db.session.get_one(Edition, found.edition_id)
    wanted_list = DelegateList(
        edition_id=edition.id,
        ordinal=edition.ordinal,
        taken_at=now,
        columns=tuple(found.columns),
        where=read_filter(found.filter),
        language=found.language,
    )
    return Order(
        job_id=found.id,
        form=found.format,
        file_name=found.file_name,
        marks_name=found.marks_name,
        wanted=wanted_list,
    )


def note_progress(job_id: int, done: int, *, now: datetime) -> None:
    """How many people have been written so far; whoever says so is still at it."""
    values = {"done": done, "leased_until": now + LEASE}
    db.session.execute(update(ExportJob).where(ExportJob.id == job_id).values(values))


def give_back(job_id: int) -> None:
    """The list waits again, from its beginning: its maker had to stop."""
    found = db.session.get_one(ExportJob, job_id)
    found.state, found.done, found.leased_until = "waiting", 0, None


def finish(job_id: int, *, made: bool, now: datetime) -> None:
    """The list is ready for a day, or could not be made."""
    found = db.session.get_one(ExportJob, job_id)
    found.state, found.leased_until = "ready" if made else "failed", None
    if made:
        found.done, found.expires_at = found.people, now + KEPT


def take_expired(*, now: datetime) -> list[str]:
    """Call lists whose day is over removed; gives the names of their files, and of what lies beside them."""
    query = select(ExportJob).where(ExportJob.state == "ready", ExportJob.expires_at <= now)
    found = db.session.scalars(query.order_by(ExportJob.id)).all()
    for one in found:
        one.state = "removed"
    return [name for one in found for name in (one.file_name, one.marks_name)]
