"""Seats of sessions that ask for signing up: who holds them and who waits, always counted from the rows."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from eventapp.extensions import db
from eventapp.models import ProgrammeSession, Registration, SessionSignUp
from eventapp.rules.sign_up import seats_of

HELD: Final = ("seat", "waiting")  # a place in a session; a note on the own agenda is none


def lock_session(session_id: int) -> ProgrammeSession | None:
    """Lock a session until the transaction ends and read it afresh: call once, before its seats are counted."""
    query = (
        select(ProgrammeSession).where(ProgrammeSession.id == session_id).with_for_update(of=ProgrammeSession)
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def count_taken(numbers: Sequence[int]) -> Mapping[int, int]:
    """Seats held now by people who are still approved, by session; counted from the rows, never kept."""
    if not numbers:
        return {}
    query = (
        select(SessionSignUp.programme_session_id, func.count())
        .join(Registration, Registration.id == SessionSignUp.registration_id)
        .where(
            SessionSignUp.programme_session_id.in_(numbers),
            SessionSignUp.state == "seat",
            Registration.state == "approved",
        )
        .group_by(SessionSignUp.programme_session_id)
    )
    return dict(db.session.execute(query).tuples().all())


def list_seats(numbers: Sequence[int]) -> Mapping[int, int | None]:
    """How many may sign up for each of these sessions; None where nothing limits it."""
    if not numbers:
        return {}
    query = (
        select(ProgrammeSession)
        .where(ProgrammeSession.id.in_(numbers))
        .options(joinedload(ProgrammeSession.room))
    )
    return {one.id: seats(one) for one in db.session.scalars(query)}


def seats(session: ProgrammeSession) -> int | None:
    """How many may sign up for one."""
    return seats_of(session.capacity, session.room.capacity if session.room else None)
