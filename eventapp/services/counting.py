"""Keeps what is counted in step with what people and editions do: days of another zone, counts of the erased."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, func, select, update

from eventapp.extensions import db
from eventapp.models import Edition, ErasedCount, Registration
from eventapp.rules.counting import counted_day

_KEY: Final = ("edition_id", "dimension", "code", "state", "is_checked_in")


def move_days(edition: Edition) -> None:
    """Work out again on which day each registration came in, after the edition's zone was changed."""
    rows = db.session.execute(
        select(Registration.id, Registration.submitted_at).where(Registration.edition_id == edition.id)
    ).all()
    if rows:
        table = Registration.__table__
        change = (
            update(table)  # type: ignore[arg-type]  # a mapped class's table is a table
            .where(table.c.id == bindparam("number"))
            .values(received_on=bindparam("day"))
        )
        days = [{"number": number, "day": counted_day(at, edition.time_zone)} for number, at in rows]
        db.session.connection().execute(change, days)


def keep_counts_of(ids: Sequence[int]) -> None:
    """Before people of one edition are erased: note under which body and language each was counted. Merged ones count nowhere.

    Call it inside the edition's lock; five statements for any number of people.
    """
    more: Counter[tuple[Any, ...]] = Counter()
    for dimension, column in (("body", Registration.body_id), ("language", Registration.language)):
        key = (Registration.edition_id, column, Registration.state, Registration.is_checked_in)
        query = select(*key, func.count()).where(Registration.id.in_(ids), Registration.state != "merged")
        for edition_id, code, state, is_checked_in, people in db.session.execute(query.group_by(*key)):
            more[edition_id, dimension, str(code or ""), state, is_checked_in] += people
    known = select(ErasedCount).where(ErasedCount.edition_id.in_({key[0] for key in more}))
    for one in db.session.scalars(known).all():
        one.people += more.pop(tuple(getattr(one, name) for name in _KEY), 0)
    db.session.add_all(
        ErasedCount(**dict(zip(_KEY, key, strict=True)), people=people) for key, people in more.items()
    )
    db.session.flush()
