"""Every row of a list as it would be taken: new, changed, unchanged, somebody's second, or wrong in a cell. Writes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Row

from eventapp.adapters.addresses import checked_email
from eventapp.adapters.likeness import Line, search_apart
from eventapp.errors import DomainError, Refused
from eventapp.extensions import db
from eventapp.models import Edition, ImportJob
from eventapp.rules.edition import Window
from eventapp.rules.import_plan import MOST_ALIKE, Alike, PlannedRow, Problem
from eventapp.rules.import_row import ReadRow, key_of, read_row
from eventapp.rules.import_table import Row as TableRow
from eventapp.rules.import_table import Table
from eventapp.rules.import_words import Columns, Words, read_head
from eventapp.rules.name import full_name
from eventapp.rules.reference_code import read_reference
from eventapp.rules.registration_form import Details
from eventapp.rules.text import without_hidden
from eventapp.services import imports_known, imports_own
from eventapp.services.editions import window_of
from eventapp.services.imports_heads import Heads
from eventapp.services.imports_known import Key, Known, held_of, is_open, read_known, whom
from eventapp.services.registrations import values_of_details

TOLD_EVERY: Final = 100
Told = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A row with its details, which are there unless something is wrong, and the registration it is about."""

    planned: PlannedRow
    details: Details | None = None
    held: Row[Any] | None = None


@dataclass(kw_only=True)
class Plan:
    """A whole list as it would be taken, and what it was compared with."""

    known: Known
    rows: list[Checked]

    @property
    def planned(self) -> list[PlannedRow]:
        return [one.planned for one in self.rows]


@dataclass(kw_only=True)
class _Walk:
    """What has been seen so far of a list."""

    known: Known
    columns: Columns
    guarded: bool
    window: Window
    now: datetime
    heads: Heads
    claimed: dict[int, int] = field(default_factory=dict)  # registration -> the row about it
    brought: dict[Key, int] = field(default_factory=dict)  # a new person -> the row that brings them


def make_plan(
    job: ImportJob, table: Table, words: Words, *, now: datetime, told: Told = lambda _: None
) -> Plan:
    """Check and match every row, by what is certain; `find_alike` looks for the rest."""
    is_own = job.delegation_id is not None
    columns = read_head(table.head, words, may_take_needs=job.takes_needs, is_own_body=is_own)
    known = read_known(job, words, now=now)
    walk = _Walk(
        known=known,
        heads=Heads.of(known),
        columns=columns,
        guarded=table.guarded,
        window=window_of(db.session.get_one(Edition, job.edition_id)),
        now=now,
    )
    found = []
    for count, row in enumerate(table.rows, start=1):
        found.append(_check(walk, row))
        if count % TOLD_EVERY == 0:
            told(count)
    return Plan(known=walk.known, rows=found)


def _check(walk: _Walk, row: TableRow) -> Checked:
    held, refused = _find_held(walk, row)
    if refused is not None:
        name, problem = refused
        problems = [_problem(walk.columns, name, problem)]
        return Checked(planned=PlannedRow(number=row.number, outcome="error", problems=problems))
    read = _read(walk, row, held)
    if held is None and read.details is not None:
        match = _find_same(walk, read.details)
        if match is not None:  # once more, as a row about this person: what the file does not say stays
            held, read = match, _read(walk, row, match)
    if read.details is not None and (second := walk.heads.follow(row.number, read.details, held)):
        read.details, read.problems = None, {"role": second}
    return _judge(walk, row, read, held)


def _find_held(walk: _Walk, row: TableRow) -> tuple[Row[Any] | None, tuple[str, DomainError] | None]:
    """The registration whose number or reference the row gives; or the column that gives an unknown one."""
    known = walk.known
    for name, table in (("id", known.by_id), ("reference", known.by_reference)):
        typed = key_of(row.cells, walk.columns, name, guarded=walk.guarded)
        if not typed:
            continue
        word = typed.lower() if name == "id" else read_reference(typed)
        found = table.get(word)
        if found is None:
            return None, (name, _unknown(known, word))
        if found.id in walk.claimed:
            problem = Refused(
                "Row %(row)s is about the same registration.", code="twice", row=walk.claimed[found.id]
            )
            return None, (name, problem)
        return found, None
    return None, None


def _unknown(known: Known, word: str) -> DomainError:
    if word in known.erased:
        return Refused("This person has been erased. Nothing can be changed any more.", code="erased")
    return Refused(
        "There is no such registration here. Leave the cell empty to add the person.", code="unknown"
    )


def _read(walk: _Walk, row: TableRow, held: Row[Any] | None) -> ReadRow:
    known = walk.known
    choices = known.choices
    if held is not None:
        choices = choices.with_held((held.country_code, held.seat_country_code), held.sector_code)
    read = read_row(
        row.cells,
        walk.columns,
        known.lookup,
        choices,
        checked_email,
        defaults=known.defaults,
        held=held_of(held, known.bodies) if held is not None else None,
        guarded=walk.guarded,
    )
    if read.details is not None:
        settle = imports_own.settle(known, read.details, held, window=walk.window, now=walk.now)
        read.details, refused = settle
        read.problems |= refused
        if refused:
            read.details = None
    return read


def _find_same(walk: _Walk, details: Details) -> Row[Any] | None:
    """Somebody who stands in this edition under the same names, body and address, and whom no row before is about."""
    for one in walk.known.by_key.get(imports_known.key_of(details), ()):
        if is_open(one) and one.id not in walk.claimed:
            return one
    return None


def _judge(walk: _Walk, row: TableRow, read: ReadRow, held: Row[Any] | None) -> Checked:
    columns = walk.columns
    planned = PlannedRow(
        number=row.number,
        outcome="error",
        name=without_hidden(read.name)[:300],
        problems=[_problem(columns, name, problem) for name, problem in read.problems.items()],
        warnings=[
            Problem(column=columns.letters(name), heading=columns.title(name), text=text)
            for name, text in read.warnings.items()
        ],
    )
    if held is not None:
        walk.claimed[held.id] = row.number
        planned.target, planned.version, planned.reference = held.id, held.version, held.reference
        planned.name = full_name(held.given_name, held.family_name)
    details = read.details
    if details is None:
        return Checked(planned=planned)
    planned.name = full_name(details.given_name, details.family_name)
    planned.country, planned.organisation = details.country_code or "", details.organisation
    if held is not None:
        planned.changes = _changes(details, held)
        planned.outcome = "changed" if planned.changes else "unchanged"
    else:
        planned.alike = _seconds(walk, row, details)
        planned.outcome = "duplicate" if planned.alike else "new"
    return Checked(planned=planned, details=details, held=held)


def _changes(details: Details, held: Row[Any]) -> dict[str, list[Any]]:
    after = values_of_details(details)
    before = {name: getattr(held, name) for name in after}
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def _seconds(walk: _Walk, row: TableRow, details: Details) -> Sequence[Alike]:
    """Another row that brings the same person, or a registration of theirs that stands no more."""
    key = imports_known.key_of(details)
    first = walk.brought.setdefault(key, row.number)
    if first != row.number:
        return [Alike(name=full_name(details.given_name, details.family_name), row=first)]
    return [_alike(one, 100) for one in walk.known.by_key.get(key, ()) if one.id not in walk.claimed][
        :MOST_ALIKE
    ]


def _alike(person: Row[Any], score: int) -> Alike:
    name = full_name(person.given_name, person.family_name)
    return Alike(name=name, reference=person.reference, state=person.state, score=score)


def _problem(columns: Columns, name: str, problem: DomainError) -> Problem:
    return Problem(
        column=columns.letters(name),
        heading=columns.title(name),
        text=problem.text,
        values=dict(problem.values),
    )


def find_alike(plan: Plan, folder: Path, *, told: Told = lambda _: None) -> None:
    """Mark new people who may be somebody else's second, by likeness of names; somebody decides about each.

    A process of its own compares, with `folder` for its result: pages do not wait for it.
    """
    new = {-at: one for at, one in enumerate(plan.rows, start=1) if one.planned.outcome == "new"}
    if not new:
        return
    people = {one.id: one for one in plan.known.people if is_open(one)}
    lines = [_line(key, one) for key, one in people.items()]
    lines += [_line(key, one.details) for key, one in new.items() if one.details is not None]
    found: dict[int, list[Alike]] = {}
    for pair in search_apart(folder, lines, only=set(new), told=told):
        # Of two rows the later one is in question, of a row and a registration the row.
        key, other = min(pair.first, pair.second), max(pair.first, pair.second)
        score = pair.likeness.score
        if other < 0:
            row = new[other].planned
            found.setdefault(key, []).append(Alike(name=row.name, row=row.number, score=score))
        else:
            found.setdefault(key, []).append(_alike(people[other], score))
    for key, alike in found.items():
        planned = new[key].planned
        planned.alike = sorted(alike, key=lambda one: -one.score)[:MOST_ALIKE]
        planned.outcome, planned.is_guess = "duplicate", True


def _line(key: int, person: Any) -> Line:
    return (key, person.given_name, person.family_name, person.email, person.phone, whom(person))


def with_choices(plan: Plan, shown: Mapping[int, PlannedRow]) -> None:
    """Take over from what was shown which rows may be somebody's second: that is not worked out twice."""
    for one in plan.rows:
        before = shown.get(one.planned.number)
        if before is not None and before.is_guess and one.planned.outcome == "new":
            one.planned.outcome, one.planned.is_guess = "duplicate", True
