"""The public page of speakers: only who agreed, and only with sessions that were published and are open to all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import joinedload

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.models import Edition, PublishedSession, Speaker
from eventapp.rules.access import Actor
from eventapp.rules.edition import PUBLIC_STATES
from eventapp.rules.programme_document import Person, Shown
from eventapp.rules.text import sort_key
from eventapp.services import programme_public, versions
from eventapp.services.editions import get_edition_to_edit
from eventapp.services.programme_public import PUBLIC
from eventapp.services.speakers import check_may_edit, get_speaker, record


@dataclass(frozen=True, kw_only=True)
class Part:
    """One open session of somebody and what the person does there."""

    session: Shown
    function: str


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Somebody on the public page: as the programme names the person, with the profile and the open sessions."""

    speaker: Speaker
    person: Person
    parts: Sequence[Part]


def list_profiles(edition: Edition) -> Sequence[Profile]:
    """Everybody on the page by name; two queries. Nothing of a closed session, and nobody for its sake, leaves it."""
    sessions = programme_public.list_sessions(edition.id)
    people = {person.id: person for one in sessions for person in one.people}
    agreed = {str(one.public_id): one for one in _list_agreed(people)}
    found = [
        Profile(
            speaker=speaker,
            person=people[key],
            parts=[
                Part(session=one, function=person.function)
                for one in sessions
                for person in one.people
                if person.id == key
            ],
        )
        for key, speaker in agreed.items()
    ]
    return sorted(found, key=lambda one: (sort_key(one.person.name), one.speaker.id))


def find_agreed(sessions: Iterable[Shown]) -> frozenset[str]:
    """The ids of those people of public sessions who have a profile on the public page; one query at most."""
    named = {person.id for one in sessions for person in one.people}
    return frozenset(str(one.public_id) for one in _list_agreed(named)) if named else frozenset()


def is_shown(speakers: Iterable[Speaker]) -> bool:
    """Whether any of these stands on the page of speakers of an edition that is public; one query at most."""
    agreed = [str(one.public_id) for one in speakers if one.agreed_at is not None]
    if not agreed:
        return False
    text = cast(PublishedSession.document, Text)
    query = (
        select(PublishedSession.document)
        .join(Edition, Edition.id == PublishedSession.edition_id)
        .where(*PUBLIC, Edition.state.in_(PUBLIC_STATES), or_(*(text.contains(one) for one in agreed)))
    )
    documents = db.session.scalars(query)
    return any(one["id"] in agreed for document in documents for one in document["people"])


def list_with_profiles() -> set[int]:
    """The ids of the editions that have anybody on their page of speakers; two queries at most."""
    agreed = {
        str(one)
        for one in db.session.scalars(select(Speaker.public_id).where(Speaker.agreed_at.is_not(None)))
    }
    if not agreed:
        return set()
    rows = db.session.execute(select(PublishedSession.edition_id, PublishedSession.document).where(*PUBLIC))
    return {edition for edition, document in rows if any(one["id"] in agreed for one in document["people"])}


def _list_agreed(ids: Iterable[str]) -> Sequence[Speaker]:
    wanted = (Speaker.public_id.in_([UUID(one) for one in ids]), Speaker.agreed_at.is_not(None))
    query = select(Speaker).where(*wanted).options(joinedload(Speaker.picture)).order_by(Speaker.id)
    return db.session.scalars(query).all()


def withdraw(actor: Actor, ordinal: int, speaker_id: int, *, now: datetime) -> None:
    """Take somebody off the public page at the person's wish. Nobody but the speaker can agree to it."""
    edition = get_edition_to_edit(actor, ordinal)
    speaker = get_speaker(actor, speaker_id)
    check_may_edit(actor, speaker_id)
    if speaker.agreed_at is None:
        raise Refused("This profile is not on the public page.", code="withdrawn")
    values = {"agreed_at": None, "consent_answered_at": now}
    old, _ = versions.write(speaker, values, version=speaker.version)
    told = {name: old[name] for name in ("agreed_at", "version")}
    record(
        actor, "speaker.withdraw", speaker.id, now, edition_id=edition.id, old=told, new={"agreed_at": None}
    )
