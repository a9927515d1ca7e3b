"""What speakers of an edition have answered, and what is missing of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import PrivateLink, ProgrammeSession, ProgrammeSpeaker, Speaker
from eventapp.rules.speaker import Profile, find_missing
from eventapp.rules.text import sort_key

PURPOSE = "speaker"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A speaker in one edition: the places with their states, what is missing, and the newest link."""

    speaker: Speaker
    states: Sequence[str]  # of every place in the edition
    missing: Sequence[str]
    link: PrivateLink | None = None

    def count(self, state: str) -> int:
        return sum(1 for one in self.states if one == state)

    def is_open(self, now: datetime) -> bool:
        """Whether the link leads in now."""
        link = self.link
        return link is not None and not link.revoked_at and (link.expires_at is None or link.expires_at > now)


def missing_of(speaker: Speaker, states: Sequence[str]) -> list[str]:
    """What is missing of a speaker whose places that are still to come stand like this."""
    return find_missing(
        Profile(
            states=states,
            has_biography=bool(speaker.biography),
            has_picture=speaker.picture_id is not None,
            has_agreed=speaker.agreed_at is not None,
            has_answered_consent=speaker.consent_answered_at is not None,
        )
    )


def list_standings(edition_id: int, *, now: datetime) -> list[Standing]:
    """Everybody in the sessions of an edition, by name; two queries."""
    query = (
        select(Speaker, ProgrammeSpeaker.state, ProgrammeSession.ends_at)
        .join(ProgrammeSpeaker, ProgrammeSpeaker.speaker_id == Speaker.id)
        .join(ProgrammeSession, ProgrammeSession.id == ProgrammeSpeaker.programme_session_id)
        .where(ProgrammeSession.edition_id == edition_id)
        .order_by(ProgrammeSession.starts_at, ProgrammeSession.id)
    )
    people: dict[int, Speaker] = {}
    every: dict[int, list[str]] = {}
    coming: dict[int, list[str]] = {}
    for speaker, state, ends_at in db.session.execute(query):
        people[speaker.id] = speaker
        every.setdefault(speaker.id, []).append(state)
        if ends_at > now:
            coming.setdefault(speaker.id, []).append(state)
    links = find_links([*people])
    found = [
        Standing(
            speaker=one,
            states=every[number],
            missing=missing_of(one, coming.get(number, [])),
            link=links.get(number),
        )
        for number, one in people.items()
    ]
    return sorted(found, key=lambda one: (sort_key(one.speaker.name), one.speaker.id))


def find_links(ids: Sequence[int]) -> Mapping[int, PrivateLink]:
    """Speaker's number -> the newest link, whatever became of it; one query."""
    if not ids:
        return {}
    wanted = (PrivateLink.speaker_id.in_(ids), PrivateLink.purpose == PURPOSE)
    found = db.session.scalars(select(PrivateLink).where(*wanted).order_by(PrivateLink.id))
    return {link.speaker_id: link for link in found if link.speaker_id is not None}
