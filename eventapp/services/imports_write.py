"""A confirmed list is written: all of it or nothing, inside the edition's lock, in a handful of statements however long it is."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import uuid4, uuid5

from sqlalchemy import bindparam, insert, select, update

from eventapp.errors import Conflict
from eventapp.extensions import db
from eventapp.models import AuditEntry, Delegation, Edition, ImportJob, Registration
from eventapp.rules.access import Actor
from eventapp.rules.badge import counted_kind
from eventapp.rules.counting import counted_day
from eventapp.rules.import_plan import PlannedRow, is_written, mark_of
from eventapp.rules.import_table import Table
from eventapp.rules.import_words import Words
from eventapp.rules.quota import Person, Room, first_with_room
from eventapp.rules.reference_code import make_reference
from eventapp.rules.registration import arrive
from eventapp.services import audit, delegations_assign, links, quotas
from eventapp.services.editions import lock_edition
from eventapp.services.imports import Scope, check_open
from eventapp.services.imports_check import Checked, Plan, make_plan, with_choices
from eventapp.services.mail_bulk import Letter, enqueue_many
from eventapp.services.registrations import MAIL_OF_ARRIVAL, columns_of
from eventapp.services.registrations_places import promote_waiting

PART: Final = 500
_OF_QUOTAS: Final = frozenset({"role", "sector_code", "country_basis", "body_kind"})
Told = Callable[[int], None]


@dataclass(kw_only=True)
class _Writing:
    """What every part of the list needs."""

    job: ImportJob
    actor: Actor
    edition: Edition
    plan: Plan
    now: datetime
    secret: str
    is_late: bool
    room: Room | None  # only where people are approved at once
    delegations: Mapping[tuple[str, Any], int]
    letters: dict[str, list[Letter]] = field(default_factory=dict)
    frees: bool = False  # somebody comes under other quotas than before


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
    writing = _Writing(
        job=job,
        actor=actor,
        edition=edition,
        plan=plan,
        now=now,
        secret=secret,
        is_late=is_late,
        room=_room(edition) if edition.approval == "open" and not is_late else None,
        delegations=_read_delegations(edition),
    )
    return _write_all(writing, told)


def _write_all(writing: _Writing, told: Told) -> dict[str, int]:
    job, rows = writing.job, writing.plan.rows
    new = [one for one in rows if is_written(one.planned, job.choices)]
    changed = [one for one in rows if one.planned.outcome == "changed"]
    done = 0
    for part in _parts(new):
        _add(writing, part)
        told(done := done + len(part))
    for part in _parts(changed):
        _change(writing, part)
        told(done := done + len(part))
    for kind, letters in writing.letters.items():
        nonce = uuid5(job.public_id, kind)
        enqueue_many(
            kind, letters, edition_id=job.edition_id, nonce=nonce, now=writing.now, secret=writing.secret
        )
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


def _room(edition: Edition) -> Room:
    """What is left of every quota once everybody in line has had a turn: nobody overtakes the waiting list."""
    room = quotas.read_room(edition)
    first_with_room(room, quotas.as_waiting(quotas.list_line(edition.id)))
    return room


def _read_delegations(edition: Edition) -> Mapping[tuple[str, Any], int]:
    """The represented bodies of the edition by country or body."""
    columns = select(Delegation.id, Delegation.country_code, Delegation.body_id)
    found = db.session.execute(columns.where(Delegation.edition_id == edition.id))
    return {
        ("country", country) if country else ("organisation", body): number for number, country, body in found
    }


def _parts(rows: Sequence[Checked]) -> Iterator[Sequence[Checked]]:
    return (rows[start : start + PART] for start in range(0, len(rows), PART))


def _add(writing: _Writing, rows: Sequence[Checked]) -> None:
    """People who were not here before, in the order of the list."""
    references = _free_references(len(rows))
    values = [_values(writing, one, reference) for one, reference in zip(rows, references, strict=True)]
    db.session.execute(insert(Registration), values)
    ids = _numbers_of(references)
    numbers = [ids[reference] for reference in references]
    links.ensure_registration_links(numbers, secret=writing.secret, now=writing.now)
    entries = []
    for number, row in zip(numbers, values, strict=True):
        said = ("state", "is_late", "sector_code", "counted_country_code", "role")
        entries.append(_entry(writing, "submit", number, {}, {name: row[name] for name in said}))
        _tell(writing, MAIL_OF_ARRIVAL[row["state"]], number, row)
    db.session.execute(insert(AuditEntry), entries)


def _values(writing: _Writing, row: Checked, reference: str) -> dict[str, Any]:
    """A new registration by the names of the table's columns."""
    assert row.details is not None
    body = writing.plan.known.body_of(row.details)
    values = columns_of(row.details, body_id=body.id if body else None, body_kind=body.kind if body else None)
    now = writing.now
    values |= {
        "public_id": uuid4(),
        "edition_id": writing.edition.id,
        "reference": reference,
        "nonce": uuid5(writing.job.public_id, str(row.planned.number)),
        "is_late": writing.is_late,
        "reason": "",
        "submitted_at": now,
        "received_on": counted_day(now, writing.edition.time_zone),
        "delegation_id": writing.job.delegation_id or _delegation_of(writing, values),
        "version": 1,
    }
    state = _state(writing, values)
    values["state"] = state
    values["waitlisted_at"] = now if state == "waitlisted" else None
    values["decided_at"] = now if state == "approved" else None
    return values


def _delegation_of(writing: _Writing, values: Mapping[str, Any]) -> int | None:
    """The represented body that somebody belongs to: by country for states, by known body for organisations."""
    of_country = values["represents"] == "country"
    key = (values["represents"], values["country_code"] if of_country else values["body_id"])
    return writing.delegations.get(key)


def _state(writing: _Writing, values: Mapping[str, Any]) -> str:
    """A place while there is one, a place in line, or a place among those who wait for a decision."""
    free = None
    kind = counted_kind(values["country_basis"], values["body_kind"])
    person = Person(values["role"], values["sector_code"], kind, values["delegation_id"])
    if writing.room:
        free = 0 if writing.room.blocked_by(person) else 1
    state = arrive(approval=writing.edition.approval, is_late=writing.is_late, free_places=free).state
    if state == "approved" and writing.room and person:
        writing.room.take(person)
    return state


def _free_references(count: int) -> list[str]:
    """Codes that nobody has; one query as a rule."""
    while True:
        made = {make_reference(secrets.choice) for _ in range(count)}
        taken = select(Registration.reference).where(Registration.reference.in_(made))
        if len(made) == count and not db.session.scalars(taken).first():
            return sorted(made)


def _numbers_of(references: Sequence[str]) -> Mapping[str, int]:
    columns = select(Registration.reference, Registration.id)
    rows = db.session.execute(columns.where(Registration.reference.in_(references))).all()
    return {reference: number for reference, number in rows}  # noqa: C416 - rows are no pairs to the type checker


def _change(writing: _Writing, rows: Sequence[Checked]) -> None:
    """People who were here before, each to what the list says; one statement for the lot."""
    values, entries = [], []
    for one in rows:
        assert one.details is not None
        assert one.held is not None
        held = one.held
        body = writing.plan.known.body_of(one.details, held)
        after = columns_of(
            one.details, body_id=body.id if body else None, body_kind=body.kind if body else None
        )
        of = {"of_id": held.id, "of_version": held.version, "of_delegation": held.delegation_id}
        values.append({**of, **after})
        before = {name: getattr(held, name, None) for name in after if name != "sort_name"}
        old, new = audit.differences(before, {name: after[name] for name in before})
        writing.frees = writing.frees or not _OF_QUOTAS.isdisjoint(new)
        entries.append(_entry(writing, "correct", held.id, old | {"version": held.version}, new))
        _tell(writing, "registration_changed", held.id, after)
    table = Registration.__table__
    mine = (table.c.id == bindparam("of_id"), table.c.version == bindparam("of_version"))
    names = [name for name in values[0] if not name.startswith("of_")]
    changes = {name: bindparam(name, type_=table.c[name].type) for name in names}
    statement = update(Registration.__table__).where(*mine)  # type: ignore[arg-type]  # a table, as every model's
    db.session.connection().execute(statement.values(**changes, version=table.c.version + 1), values)
    db.session.execute(insert(AuditEntry), entries)
    _follow(writing, [value for value in values if _is_elsewhere(writing, value)])


def _is_elsewhere(writing: _Writing, values: Mapping[str, Any]) -> bool:
    """Whether another represented body vouches for somebody now."""
    return bool(_delegation_of(writing, values) != values["of_delegation"])


def _follow(writing: _Writing, moved: Sequence[Mapping[str, Any]]) -> None:
    """Few as a rule, each with a line of its own in the history."""
    if not moved:
        return
    wanted = Registration.id.in_([values["of_id"] for values in moved])
    for registration in db.session.scalars(
        select(Registration).where(wanted).order_by(Registration.id).execution_options(populate_existing=True)
    ):
        writing.frees = (
            delegations_assign.follow(writing.actor, registration, now=writing.now) or writing.frees
        )


def _entry(
    writing: _Writing, verb: str, number: int, old: Mapping[str, Any], new: Mapping[str, Any]
) -> dict[str, Any]:
    actor = writing.actor
    return {
        "at": writing.now,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "action": f"registration.{verb}",
        "subject_type": "registration",
        "subject_id": number,
        "edition_id": writing.edition.id,
        "reason": "",
        "old": dict(old),
        "new": dict(new),
    }


def _tell(writing: _Writing, kind: str, number: int, row: Mapping[str, Any]) -> None:
    if writing.job.tells:
        letter = Letter(number, row["email"], row["language"])
        writing.letters.setdefault(kind, []).append(letter)
