"""Keeps what is counted in step with what people and editions do: days of another zone, counts of the erased."""

from sqlalchemy import bindparam, select, update

from eventapp.extensions import db
from eventapp.models import Edition, ErasedCount, Registration
from eventapp.rules.counting import counted_day


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


def keep_counts_of(registration: Registration) -> None:
    """Before a person is erased: note under which body and language they were counted. Call it inside the edition's lock."""
    codes = {"body": str(registration.body_id or ""), "language": registration.language}
    for dimension, code in codes.items():
        key = {
            "edition_id": registration.edition_id,
            "dimension": dimension,
            "code": code,
            "state": registration.state,
            "is_checked_in": registration.is_checked_in,
        }
        known = db.session.scalar(select(ErasedCount).filter_by(**key))
        if known is None:
            db.session.add(ErasedCount(**key, people=1))
        else:
            known.people += 1
