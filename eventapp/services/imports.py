"""Lists of people that somebody brings: kept aside, looked at by the worker, written once they are confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, or_, select

from eventapp.adapters import kept_tables
from eventapp.errors import NotFound, Refused, message
from eventapp.extensions import db
from eventapp.models import Delegation, Edition, ImportJob
from eventapp.rules.access import Actor
from eventapp.rules.decision import check_entry
from eventapp.rules.edition import check_registration_open
from eventapp.rules.import_plan import PlannedRow, check_may_confirm, read_choices, row_from
from eventapp.rules.import_table import Table
from eventapp.rules.import_words import Words, read_head
from eventapp.services import audit, editions

KEPT: Final = timedelta(hours=24)
LEASE: Final = timedelta(minutes=15)
WAITING: Final = {"waiting": "checking", "confirmed": "writing"}  # state -> what the worker makes of it
LEFT_OUT: Final = message("These columns are left out: %(columns)s.")
_OPEN: Final = ("waiting", "checking", "ready", "confirmed", "writing", "failed")


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Who imports, and into what: a whole edition, or one delegation that nobody else is looked at beside."""

    actor: Actor
    edition_id: int
    ordinal: int
    delegation_id: int | None = None


def scope_of_edition(actor: Actor, ordinal: int) -> Scope:
    """A whole edition, for its organisers; refuses readers."""
    edition = editions.get_edition_to_edit(actor, ordinal)
    return Scope(actor=actor, edition_id=edition.id, ordinal=ordinal)


def scope_of_delegation(actor: Actor, delegation: Delegation) -> Scope:
    """One delegation, for its focal points: the caller has checked that the actor is one of them."""
    edition = db.session.get_one(Edition, delegation.edition_id)
    return Scope(actor=actor, edition_id=edition.id, ordinal=edition.ordinal, delegation_id=delegation.id)


def edition_of(scope: Scope) -> Edition:
    """The edition that people are brought into."""
    return db.session.get_one(Edition, scope.edition_id)


def bring(
    scope: Scope,
    table: Table,
    words: Words,
    *,
    file_name: str,
    language: str,
    folder: Path,
    now: datetime,
) -> ImportJob:
    """Keep a list aside to be looked at; refuses one whose headings do not do, and an edition nobody can be added to."""
    check_open(scope, now)
    is_own = scope.delegation_id is not None
    takes_needs = scope.actor.may_see_needs or is_own
    columns = read_head(table.head, words, may_take_needs=takes_needs, is_own_body=is_own)
    notes = list(table.notes)
    if columns.left_out:
        notes.append((LEFT_OUT, {"columns": ", ".join(columns.left_out)}))
    who = scope.actor
    made = ImportJob(
        public_id=uuid4(),
        edition_id=scope.edition_id,
        delegation_id=scope.delegation_id,
        asked_by_id=who.id if who.kind == "user" else None,
        asked_by={"kind": who.kind, "id": who.id, "name": who.name},
        asked_at=now,
        file_name=file_name,
        takes_needs=takes_needs,
        language=language,
        rows=len(table.rows),
        notes=notes,
        counts={},
        choices={},
        expires_at=now + KEPT,
    )
    kept_tables.keep(folder, str(made.public_id), kept_tables.TABLE, table.plain())
    db.session.add(made)
    db.session.flush()
    _record(scope, "import.bring", made, now=now, new={"file": file_name, "rows": made.rows})
    return made


def check_open(scope: Scope, now: datetime) -> bool:
    """Whether people who are added now are late; refuses an edition that nobody can be added to."""
    window = editions.window_of(edition_of(scope))
    return (check_entry if scope.delegation_id is None else check_registration_open)(window, now)


def list_jobs(scope: Scope, *, now: datetime) -> Sequence[ImportJob]:
    """The lists that the actor brought and that are still there or were written, latest first."""
    query = select(ImportJob).where(*_mine(scope), ImportJob.state != "removed")
    fresh = or_(ImportJob.state == "done", ImportJob.expires_at > now)
    return db.session.scalars(query.where(fresh).order_by(ImportJob.id.desc()).limit(20)).all()


def get_job(scope: Scope, public_id: UUID, *, locks: bool = False) -> ImportJob:
    """One of them; to everybody else it does not exist. `locks` keeps others from it until the transaction ends."""
    query = select(ImportJob).where(*_mine(scope), ImportJob.public_id == public_id)
    if locks:
        query = query.with_for_update(of=ImportJob).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("There is no such import.")
    return found


def list_planned(job: ImportJob, folder: Path) -> Sequence[PlannedRow] | None:
    """Every row as it would be taken; None once they are gone."""
    found = kept_tables.find(folder, str(job.public_id), kept_tables.ROWS)
    return None if found is None else [row_from(one) for one in found]


def choose(scope: Scope, public_id: UUID, given: Mapping[str, str], *, folder: Path) -> ImportJob:
    """Keep what was chosen for rows that may be somebody's second; others stay as they were chosen before."""
    job = _get_ready(scope, public_id)
    job.choices = {**job.choices, **read_choices(given, list_planned(job, folder) or [])}
    return job


def confirm(scope: Scope, public_id: UUID, *, tells: bool, now: datetime) -> ImportJob:
    """Have the worker write the list, all of it or nothing; refuses while a row has an error."""
    job = _get_ready(scope, public_id)
    if job.expires_at <= now:
        raise Refused("This list was kept for a day and is gone. Please bring it again.", code="gone")
    check_open(scope, now)
    check_may_confirm(job.counts, job.choices)
    job.state, job.tells, job.leased_until = "confirmed", tells, None
    return job


def discard(scope: Scope, public_id: UUID, *, now: datetime) -> str:
    """Give a list up; the name under which its rows are to be removed after the commit. Refuses one being written."""
    job = get_job(scope, public_id, locks=True)
    if job.state not in ("waiting", "ready", "failed"):
        raise Refused("This list cannot be given up any more.", code="state")
    job.state = "removed"
    _record(scope, "import.discard", job, now=now, new={"file": job.file_name})
    return str(job.public_id)


def has_work(*, now: datetime) -> bool:
    """Whether a list waits to be looked at or written, or is to be removed; a look that locks nothing."""
    wanted = or_(
        ImportJob.state.in_(WAITING),
        ImportJob.state.in_(WAITING.values()) & (ImportJob.leased_until <= now),
        ImportJob.state.in_(_OPEN) & (ImportJob.expires_at <= now),
    )
    return db.session.scalar(select(ImportJob.id).where(wanted).limit(1)) is not None


def lease_next(*, now: datetime) -> tuple[int, str] | None:
    """Take the oldest list that waits, or whose worker was lost: its number, and checking or writing."""
    wanted = or_(
        ImportJob.state.in_(WAITING),
        ImportJob.state.in_(WAITING.values()) & (ImportJob.leased_until <= now),
    )
    query = select(ImportJob).where(wanted).order_by(ImportJob.id).limit(1)
    found = db.session.scalar(query.with_for_update(of=ImportJob, skip_locked=True))
    if found is None:
        return None
    found.state, found.leased_until = WAITING.get(found.state, found.state), now + LEASE
    return found.id, found.state


def finish_check(job_id: int, counts: Mapping[str, int], mark: str) -> None:
    """The list can be looked at, and confirmed."""
    job = db.session.get_one(ImportJob, job_id)
    job.state, job.leased_until, job.counts, job.mark = "ready", None, dict(counts), mark


def fail(job_id: int) -> None:
    """The list could not be looked at or written; nothing was."""
    job = db.session.get_one(ImportJob, job_id)
    job.state, job.leased_until = "failed", None


def look_again(job_id: int, note: str, values: Mapping[str, Any]) -> None:
    """What was shown does not hold any more: look at the list once more, and say why."""
    job = db.session.get_one(ImportJob, job_id)
    job.state, job.leased_until = "waiting", None
    job.notes = [*(one for one in job.notes if one[0] != note), (note, dict(values))]


def take_expired(*, now: datetime) -> list[str]:
    """Mark lists whose day is over as removed; gives the names under which their rows are kept."""
    wanted = (ImportJob.state.in_(_OPEN), ImportJob.expires_at <= now)
    still = or_(ImportJob.leased_until.is_(None), ImportJob.leased_until <= now)
    found = db.session.scalars(select(ImportJob).where(*wanted, still).order_by(ImportJob.id)).all()
    for one in found:
        one.state = "removed"
    return [str(one.public_id) for one in found]


def _mine(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    who = scope.actor
    wanted: list[ColumnElement[bool]] = [ImportJob.edition_id == scope.edition_id]
    if scope.delegation_id is not None:
        return (*wanted, ImportJob.delegation_id == scope.delegation_id)
    wanted.append(ImportJob.delegation_id.is_(None))
    if not who.is_administrator:
        wanted.append(ImportJob.asked_by_id == who.id)
    return tuple(wanted)


def _get_ready(scope: Scope, public_id: UUID) -> ImportJob:
    job = get_job(scope, public_id, locks=True)
    if job.state != "ready":
        raise Refused("This list cannot be changed or confirmed now.", code="state")
    return job


def _record(scope: Scope, action: str, job: ImportJob, *, now: datetime, new: Mapping[str, object]) -> None:
    audit.record(
        scope.actor,
        action,
        now=now,
        subject_type="import",
        subject_id=job.id,
        edition_id=scope.edition_id,
        new=new,
    )
