"""What personal data each edition still holds: counted by kind, with the conditions by which the worker finds it again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select
from sqlalchemy.orm import aliased

from eventapp.extensions import db
from eventapp.models import (
    CredentialDocument,
    Delegation,
    Edition,
    FocalPoint,
    OutboxMessage,
    ProgrammeSession,
    ProgrammeSpeaker,
    Registration,
    Speaker,
)
from eventapp.services.keeping import keeping_of

# Clock -> the kinds of personal data that go by it.
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "needs": ("needs",),
    "record": ("registrations", "focal_points", "credentials", "speakers", "letters"),
}
ERASED: Final = "erased"  # what stands in place of an address in a letter
HAS_NEEDS: Final = or_(Registration.dietary_needs != "", Registration.accessibility_needs != "")
HAS_ADDRESS: Final = OutboxMessage.recipient != ERASED
# More than the name, the post and the body that the programme prints.
HAS_PROFILE: Final = or_(
    Speaker.honorific != "",
    Speaker.email != "",
    cast(Speaker.biography, Text) != "{}",  # PostgreSQL compares no jsonb with what a driver calls json
    Speaker.picture_id.is_not(None),
    Speaker.registration_id.is_not(None),
)


def query_held(kind: str, *columns: Any) -> Select[Any]:
    """Whatever is held of a kind, with any columns; the edition of each is that of `edition_of`."""
    query = select(*columns)
    if kind == "needs":
        return query.select_from(Registration).where(HAS_NEEDS)
    if kind == "registrations":
        return query.select_from(Registration).where(Registration.erased_at.is_(None))
    if kind == "letters":
        return query.select_from(OutboxMessage).where(HAS_ADDRESS)
    if kind == "speakers":
        placed = ProgrammeSession.id == ProgrammeSpeaker.programme_session_id
        query = query.select_from(Speaker).join(ProgrammeSpeaker, ProgrammeSpeaker.speaker_id == Speaker.id)
        return query.join(ProgrammeSession, placed).where(HAS_PROFILE)
    table = FocalPoint if kind == "focal_points" else CredentialDocument
    query = query.select_from(table).join(Delegation, Delegation.id == table.delegation_id)
    return query.where(table.removed_at.is_(None))


def edition_of(kind: str) -> Any:
    """The column that says which edition something of a kind is of."""
    if kind in ("needs", "registrations"):
        return Registration.edition_id
    if kind == "letters":
        return OutboxMessage.edition_id
    return ProgrammeSession.edition_id if kind == "speakers" else Delegation.edition_id


def key_of(kind: str) -> Any:
    """The column with the number of something of a kind."""
    tables: Mapping[str, Any] = {
        "letters": OutboxMessage,
        "speakers": Speaker,
        "focal_points": FocalPoint,
        "credentials": CredentialDocument,
    }
    return tables.get(kind, Registration).id


def count_held(
    edition_ids: Collection[int] | None = None, *, now: datetime
) -> Mapping[int, Mapping[str, int]]:
    """Edition -> kind -> how much of it there is, for some editions or all; a query for each kind.

    Speakers whose profile outlives an edition, since another one keeps it, are not that edition's any more.
    """
    found: dict[int, dict[str, int]] = {}
    for kind in (kind for kinds in KINDS.values() for kind in kinds):
        edition = edition_of(kind)
        query = query_held(kind, edition, func.count(key_of(kind).distinct())).where(edition.is_not(None))
        if kind == "speakers":
            query = query.where(or_(edition.in_(list_keeping(now)), ~speaks_elsewhere(now)))
        if edition_ids is not None:
            query = query.where(edition.in_(edition_ids))
        for edition_id, count in db.session.execute(query.group_by(edition)).tuples():
            found.setdefault(edition_id, {})[kind] = count
    return found


def list_keeping(now: datetime) -> Sequence[int]:
    """The editions whose record has not run out."""
    editions = db.session.scalars(select(Edition)).all()
    return [one.id for one in editions if not keeping_of(one).is_due("record", now)]


def speaks_elsewhere(now: datetime) -> ColumnElement[bool]:
    """Whether a speaker is in the programme, or behind a registration, of an edition that keeps the record still."""
    keeping = list_keeping(now)
    place, session = aliased(ProgrammeSpeaker), aliased(ProgrammeSession)
    placed = (
        select(place.id)
        .join(session, session.id == place.programme_session_id)
        .where(place.speaker_id == Speaker.id, session.edition_id.in_(keeping))
    )
    person = aliased(Registration)
    registered = select(person.id).where(
        person.id == Speaker.registration_id, person.edition_id.in_(keeping), person.erased_at.is_(None)
    )
    return or_(placed.correlate(Speaker).exists(), registered.correlate(Speaker).exists())
