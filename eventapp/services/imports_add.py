"""The people whom a list brings anew: each as after the form, with reference, place, link, history and, if wanted, a letter."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4, uuid5

from sqlalchemy import insert, select

from eventapp.extensions import db
from eventapp.models import AuditEntry, Registration
from eventapp.rules.badge import counted_kind
from eventapp.rules.counting import counted_day
from eventapp.rules.quota import Person
from eventapp.rules.reference_code import make_reference
from eventapp.rules.registration import arrive
from eventapp.rules.vocabulary import HOLDING_STATES
from eventapp.services import links
from eventapp.services.imports_check import Checked
from eventapp.services.imports_work import Writing, entry, tell
from eventapp.services.mail_addressees import names_of
from eventapp.services.registrations import MAIL_OF_ARRIVAL, columns_of, next_step


def add(writing: Writing, rows: Sequence[Checked]) -> None:
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
        entries.append(entry(writing, "submit", number, {}, {name: row[name] for name in said}))
        tell(writing, *_letter(writing, row), number, row)
    db.session.execute(insert(AuditEntry), entries)


def _values(writing: Writing, row: Checked, reference: str) -> dict[str, Any]:
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
        "delegation_id": writing.plan.known.delegation_of(values),
        "version": 1,
    }
    state = _state(writing, values)
    if state == "submitted" and writing.job.delegation_id:
        state = "endorsed"  # the focal point vouches for whom the own list brings
    values["state"] = state
    if state == "submitted" and values["delegation_id"]:
        writing.waiting.add(values["delegation_id"])
    values["endorsed_at"] = now if writing.job.delegation_id else None
    values["waitlisted_at"] = now if state == "waitlisted" else None
    values["decided_at"] = now if state in HOLDING_STATES else None
    return values


def _state(writing: Writing, values: Mapping[str, Any]) -> str:
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


def _letter(writing: Writing, row: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The kind of letter that a newcomer gets, and what it says beside."""
    own = writing.plan.known.delegation
    if own is not None:
        return "registration_by_delegation", {"delegation": names_of(own)}
    body = writing.bodies.get(row["delegation_id"] or 0)
    return MAIL_OF_ARRIVAL[row["state"]], next_step(writing.edition, row["state"], body)
