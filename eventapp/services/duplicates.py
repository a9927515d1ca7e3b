"""Possible duplicates as the secretariat sees them: the queue, one pair, and that it is not the same person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.orm import aliased, joinedload

from eventapp.errors import Conflict, NotFound
from eventapp.extensions import db
from eventapp.models import DuplicatePair, Edition, Registration
from eventapp.rules.access import Actor
from eventapp.rules.duplicate_merge import check_mergeable
from eventapp.services import audit, versions
from eventapp.services.duplicates_search import names_hash
from eventapp.services.editions import get_edition_to_edit, lock_edition

# Whoever has withdrawn or lost the place may well come back under another registration.
LIVE: Final = ("submitted", "endorsed", "approved", "waitlisted", "declined", "rejected")
_First, _Second = aliased(Registration), aliased(Registration)


def count_pairs(edition_id: int, state: str = "open") -> int:
    """How many pairs wait for somebody to look at them, or were found to be different people."""
    return db.session.scalar(_pairs(select(func.count()), edition_id, state)) or 0


def count_waiting(edition_id: int) -> tuple[int, datetime | None]:
    """How many pairs wait, and since when the oldest does; one query."""
    query = _pairs(select(func.count(), func.min(DuplicatePair.found_at)), edition_id, "open")
    count, oldest_at = db.session.execute(query).one()
    return count, oldest_at


def list_pairs(edition_id: int, state: str, *, offset: int, limit: int) -> Sequence[DuplicatePair]:
    """A page of the queue, the most alike first, each with both registrations and their bodies; one query."""
    query = _pairs(select(DuplicatePair), edition_id, state)
    both = (
        joinedload(DuplicatePair.first).joinedload(Registration.body),
        joinedload(DuplicatePair.second).joinedload(Registration.body),
    )
    query = query.order_by(DuplicatePair.score.desc(), DuplicatePair.id).offset(offset).limit(limit)
    return db.session.scalars(query.options(*both)).all()


def _pairs(query: Select[Any], edition_id: int, state: str) -> Select[Any]:
    wanted: list[ColumnElement[bool]] = [DuplicatePair.edition_id == edition_id, DuplicatePair.state == state]
    for one in (_First, _Second):
        wanted += [one.state.in_(LIVE), one.erased_at.is_(None)]
    query = query.select_from(DuplicatePair)
    query = query.join(_First, _First.id == DuplicatePair.first_id)
    return query.join(_Second, _Second.id == DuplicatePair.second_id).where(*wanted)


def list_of_registration(registration_id: int) -> Sequence[DuplicatePair]:
    """The open pairs of one registration, with both."""
    theirs = or_(DuplicatePair.first_id == registration_id, DuplicatePair.second_id == registration_id)
    query = select(DuplicatePair).where(theirs, DuplicatePair.state == "open")
    both = (joinedload(DuplicatePair.first), joinedload(DuplicatePair.second))
    found = db.session.scalars(query.order_by(DuplicatePair.score.desc(), DuplicatePair.id).options(*both))
    return [one for one in found if {one.first.state, one.second.state} <= set(LIVE)]


def get_pair(edition: Edition, pair_id: int) -> DuplicatePair:
    """One pair of an edition that the caller may look at; raises NotFound where it was taken away."""
    wanted = (DuplicatePair.id == pair_id, DuplicatePair.edition_id == edition.id)
    query = (
        select(DuplicatePair)
        .where(*wanted)
        .options(
            joinedload(DuplicatePair.first).joinedload(Registration.body),
            joinedload(DuplicatePair.second).joinedload(Registration.body),
        )
    )
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("This pair is not there any more.")
    return found


def get_to_decide(actor: Actor, ordinal: int, pair_id: int, seen: Sequence[int]) -> DuplicatePair:
    """A pair under the edition's lock, both of its registrations as they were at the versions in `seen`.

    Refuses readers, with Stale what was changed meanwhile, and with Conflict what was merged.
    """
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    pair = get_pair(edition, pair_id)
    if pair.state == "merged":
        raise Conflict("These two registrations have been merged already.", code="merged")
    for one in (pair.first, pair.second):
        check_mergeable(is_erased=one.erased_at is not None, is_merged=one.merged_into_id is not None)
    for one, version in zip((pair.first, pair.second), seen, strict=True):
        versions.check(one, version)
    return pair


def mark_different(actor: Actor, ordinal: int, pair_id: int, *, seen: Sequence[int], now: datetime) -> None:
    """Remember that these are two people; the pair comes back only if a name changes. Refuses as `get_to_decide` does."""
    pair = get_to_decide(actor, ordinal, pair_id, seen)
    if pair.state == "different":
        return
    pair.state, pair.decided_at = "different", now
    pair.names = names_hash(*(f"{one.given_name}\n{one.family_name}" for one in (pair.first, pair.second)))
    for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
        audit.record(
            actor,
            "registration.different",
            now=now,
            subject_type="registration",
            subject_id=one.id,
            edition_id=pair.edition_id,
            new={"compared_with": other.reference},
        )


def forget(registration_ids: Sequence[int]) -> None:
    """Take away every pair of people who were erased."""
    theirs = or_(DuplicatePair.first_id.in_(registration_ids), DuplicatePair.second_id.in_(registration_ids))
    db.session.execute(delete(DuplicatePair).where(theirs))


def hand_over(merged_id: int, kept_id: int) -> None:
    """Give what is known of pairs of a merged registration to the one that stays; that somebody is different holds for both."""
    theirs = or_(DuplicatePair.first_id == merged_id, DuplicatePair.second_id == merged_id)
    for pair in db.session.scalars(
        select(DuplicatePair).where(theirs, DuplicatePair.state != "merged")
    ).all():
        other = pair.second_id if pair.first_id == merged_id else pair.first_id
        key = (min(other, kept_id), max(other, kept_id))
        if other == kept_id:
            continue
        wanted = (DuplicatePair.first_id == key[0], DuplicatePair.second_id == key[1])
        known = db.session.scalar(select(DuplicatePair).where(*wanted))
        if known is None:
            moved = {"first_id": key[0], "second_id": key[1]}
            db.session.execute(update(DuplicatePair).where(DuplicatePair.id == pair.id).values(**moved))
            continue
        if pair.state == "different" and known.state == "open":
            known.state, known.decided_at = "different", pair.decided_at
        db.session.delete(pair)
