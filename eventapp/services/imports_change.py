"""The people whom a list changes: each to what the list says, in one statement for all, with a line in the history."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, update

from eventapp.extensions import db
from eventapp.models import AuditEntry, Registration
from eventapp.services import audit, delegations_assign
from eventapp.services.imports_check import Checked
from eventapp.services.imports_work import Writing, entry, tell
from eventapp.services.registrations import columns_of

_OF_QUOTAS: Final = frozenset({"role", "sector_code", "country_basis", "body_kind"})


def change(writing: Writing, rows: Sequence[Checked]) -> None:
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
        entries.append(entry(writing, "correct", held.id, old | {"version": held.version}, new))
        tell(writing, "registration_changed", {}, held.id, after)
    table = Registration.__table__
    mine = (table.c.id == bindparam("of_id"), table.c.version == bindparam("of_version"))
    names = [name for name in values[0] if not name.startswith("of_")]
    changes = {name: bindparam(name, type_=table.c[name].type) for name in names}
    statement = update(Registration.__table__).where(*mine)  # type: ignore[arg-type]  # a table, as every model's
    db.session.connection().execute(statement.values(**changes, version=table.c.version + 1), values)
    db.session.execute(insert(AuditEntry), entries)
    _follow(writing, [value for value in values if _is_elsewhere(writing, value)])


def _is_elsewhere(writing: Writing, values: Mapping[str, Any]) -> bool:
    """Whether another represented body vouches for somebody now."""
    return bool(writing.plan.known.delegation_of(values) != values["of_delegation"])


def _follow(writing: Writing, moved: Sequence[Mapping[str, Any]]) -> None:
    """Few as a rule, each with a line of its own in the history."""
    if not moved:
        return
    wanted = Registration.id.in_([values["of_id"] for values in moved])
    for registration in db.session.scalars(
        select(Registration).where(wanted).order_by(Registration.id).execution_options(populate_existing=True)
    ):
        if delegations_assign.follow(writing.actor, registration, now=writing.now):
            writing.frees = True
            if registration.state == "submitted" and registration.delegation_id:
                writing.waiting.add(registration.delegation_id)
