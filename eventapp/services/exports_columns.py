"""Columns of the list of delegates under a name: of one edition, or of all."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from eventapp.errors import Conflict, NotFound
from eventapp.extensions import db
from eventapp.models import ColumnSet, Edition
from eventapp.rules.access import Actor, check_may_edit_all
from eventapp.rules.delegate_list import NEEDS, check_columns
from eventapp.services import audit


def list_sets(actor: Actor, edition: Edition) -> Sequence[ColumnSet]:
    """The sets that an edition's list can take, its own first, by name; those with needs only for whoever may see them."""
    wanted = or_(ColumnSet.edition_id == edition.id, ColumnSet.edition_id.is_(None))
    found = db.session.scalars(
        select(ColumnSet).where(wanted).order_by(ColumnSet.edition_id.is_(None), ColumnSet.name, ColumnSet.id)
    )
    return [one for one in found if actor.may_see_needs or not set(one.columns) & set(NEEDS)]


def get_set(actor: Actor, edition: Edition, number: int) -> ColumnSet:
    """One of these sets; raises NotFound for any other."""
    for one in list_sets(actor, edition):
        if one.id == number:
            return one
    raise NotFound("There is no such set of columns.")


def find_set(actor: Actor, edition: Edition, name: str) -> ColumnSet | None:
    """The set of that name; an edition's own goes before one of all editions."""
    return next((one for one in list_sets(actor, edition) if one.name == name), None)


def add_set(
    actor: Actor,
    edition: Edition,
    *,
    name: str,
    columns: Sequence[str],
    for_all: bool = False,
    now: datetime,
) -> ColumnSet:
    """Keep columns under a name; a set of all editions is for whoever may change them all. Refuses a name in use."""
    chosen = check_columns(columns, may_see_needs=actor.may_see_needs)
    if for_all:
        check_may_edit_all(actor)
    made = ColumnSet(edition_id=None if for_all else edition.id, name=name, columns=list(chosen))
    db.session.add(made)
    _save()
    _record(actor, "column_set.create", made, edition, now=now, new=_facts(made))
    return made


def edit_set(
    actor: Actor, edition: Edition, number: int, *, name: str, columns: Sequence[str], now: datetime
) -> None:
    """Give a set another name or other columns; refuses a name in use."""
    kept = _get_to_change(actor, edition, number)
    before = _facts(kept)
    kept.name = name
    kept.columns = list(check_columns(columns, may_see_needs=actor.may_see_needs))
    _save()
    old, new = audit.differences(before, _facts(kept))
    if new:
        _record(actor, "column_set.edit", kept, edition, now=now, old=old, new=new)


def remove_set(actor: Actor, edition: Edition, number: int, *, now: datetime) -> None:
    """Forget a set; lists that were taken with it stay in the history."""
    kept = _get_to_change(actor, edition, number)
    _record(actor, "column_set.remove", kept, edition, now=now, old=_facts(kept))
    db.session.delete(kept)


def _get_to_change(actor: Actor, edition: Edition, number: int) -> ColumnSet:
    kept = get_set(actor, edition, number)
    if kept.edition_id is None:
        check_may_edit_all(actor)
    return kept


def _save() -> None:
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError as error:
        if "column_set" in str(error.orig):
            raise Conflict("Another set of columns has this name.", code="column-set", field="name") from None
        raise


def _facts(kept: ColumnSet) -> dict[str, Any]:
    return {"name": kept.name, "columns": list(kept.columns), "for_all": kept.edition_id is None}


def _record(
    actor: Actor,
    action: str,
    kept: ColumnSet,
    edition: Edition,
    *,
    now: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        actor,
        action,
        now=now,
        subject_type="column_set",
        subject_id=kept.id,
        edition_id=edition.id if kept.edition_id else None,
        old=old,
        new=new,
    )
