"""A confirmed list is written: all of it or nothing, inside the edition's lock, in a handful of statements however long it is."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import uuid5

from eventapp.errors import Conflict
from eventapp.extensions import db
from eventapp.models import Edition, ImportJob, Registration
from eventapp.rules.access import Actor
from eventapp.rules.import_plan import PlannedRow, is_written, mark_of
from eventapp.rules.import_table import Table
from eventapp.rules.import_words import Words
from eventapp.rules.quota import Room, first_with_room
from eventapp.rules.vouching import Body
from eventapp.services import audit, delegations_vouching, quotas
from eventapp.services.editions import lock_edition
from eventapp.services.endorsements import tell_focal_points
from eventapp.services.imports import Scope, check_open
from eventapp.services.imports_add import add
from eventapp.services.imports_change import change
from eventapp.services.imports_check import Checked, make_plan, with_choices
from eventapp.services.imports_own import check_places
from eventapp.services.imports_work import Writing
from eventapp.services.mail_bulk import enqueue_many
from eventapp.services.registrations_places import promote_waiting

PART: Final = 500
Told = Callable[[int], None]


def write(
    job_id: int,
    table: Table,
    shown: Iterable[PlannedRow],
    words: Words,
    *,
    now: datetime,
    secret: str,
    told: Told = lambda _: None,
) -> dict[str, int]:
    """Write a confirmed list, and say how many people were added and changed.

    Raises Conflict("moved") when it would not do what was shown any more; whatever is raised, nothing is written.
    """
    job = db.session.get_one(ImportJob, job_id, with_for_update=True, populate_existing=True)
    if job.state != "writing":
        raise Conflict("This has already been done. Nothing was done a second time.", code="repeat")
    edition = lock_edition(job.edition_id)
    actor = Actor(**job.asked_by)
    scope = Scope(
        actor=actor, edition_id=edition.id, ordinal=edition.ordinal, delegation_id=job.delegation_id
    )
    is_late = check_open(scope, now)
    plan = make_plan(job, table, words, now=now)
    if mark_of(plan.planned) != job.mark:
        raise Conflict("Something has changed since this list was looked at.", code="moved")
    with_choices(plan, {one.number: one for one in shown})
    writing = Writing(
        job=job,
        actor=actor,
        edition=edition,
        plan=plan,
        now=now,
        secret=secret,
        is_late=is_late,
        room=_room(edition) if edition.approval == "open" and not is_late else None,
    )
    writing.bodies = _read_bodies(writing)
    return _write_all(writing, told)


def _write_all(writing: Writing, told: Told) -> dict[str, int]:
    job, rows = writing.job, writing.plan.rows
    new = [one for one in rows if is_written(one.planned, job.choices)]
    changed = [one for one in rows if one.planned.outcome == "changed"]
    own = writing.plan.known.delegation
    if own is not None:
        check_places(own, writing.edition, [one.details.role for one in new if one.details])
    done = 0
    for part in _parts(new):
        add(writing, part)
        told(done := done + len(part))
    for part in _parts(changed):
        change(writing, part)
        told(done := done + len(part))
    for kind, letters in writing.letters.items():
        nonce = uuid5(job.public_id, kind)
        enqueue_many(
            kind, letters, edition_id=job.edition_id, nonce=nonce, now=writing.now, secret=writing.secret
        )
    if job.tells:
        _ask_bodies(writing)
    if writing.frees:  # a place of some quota may have come free
        promote_waiting(writing.actor, writing.edition, now=writing.now)
    counts = {"added": len(new), "changed": len(changed)}
    job.state, job.leased_until, job.done_at = "done", None, writing.now
    job.counts = {**job.counts, **{f"done_{name}": number for name, number in counts.items()}}
    audit.record(
        writing.actor,
        "import.write",
        now=writing.now,
        subject_type="import",
        subject_id=job.id,
        edition_id=job.edition_id,
        new={"file": job.file_name, "tells": job.tells, **counts},
    )
    return counts


def _ask_bodies(writing: Writing) -> None:
    """With two steps: the focal points of everybody whom this list lets wait for an endorsement are told so."""
    if writing.edition.approval == "two_steps":
        for one in sorted(writing.waiting):
            tell_focal_points(one, now=writing.now, secret=writing.secret)


def _read_bodies(writing: Writing) -> Mapping[int, Body]:
    """Who vouches for the people of each body, where letters say so."""
    if not writing.job.tells or writing.edition.approval != "two_steps":
        return {}
    people = [Registration(delegation_id=number) for number in writing.plan.known.delegations.values()]
    return delegations_vouching.read_bodies(writing.edition, people)


def _room(edition: Edition) -> Room:
    """What is left of every quota once everybody in line has had a turn: nobody overtakes the waiting list."""
    room = quotas.read_room(edition)
    first_with_room(room, quotas.as_waiting(quotas.list_line(edition.id)))
    return room


def _parts(rows: Sequence[Checked]) -> Iterator[Sequence[Checked]]:
    return (rows[start : start + PART] for start in range(0, len(rows), PART))
