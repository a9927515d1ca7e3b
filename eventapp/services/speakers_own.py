"""What a speaker does by the private link: sees the own profile and sessions, answers, agrees to the public page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp.errors import Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import (
    Edition,
    PrivateLink,
    ProgrammeSession,
    ProgrammeSpeaker,
    PublishedSession,
    Speaker,
    Upload,
)
from eventapp.rules.access import Actor
from eventapp.rules.speaker import check_answer
from eventapp.services import audit, links, speakers_answers, versions
from eventapp.services.editions import lock_edition
from eventapp.services.programme_retraction import retract
from eventapp.services.speakers import record
from eventapp.services.speakers_missing import PURPOSE, missing_of

COLUMNS: Final = (
    "honorific",
    "name",
    "functional_title",
    "organisation",
    "language",
    "biography",
    "picture_id",
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """What somebody is asked to do in one session, as the secretariat has it now."""

    session: ProgrammeSession
    edition: Edition
    function: str
    state: str
    reason: str
    is_public: bool  # the session stands in the published programme, open to all

    def is_over(self, now: datetime) -> bool:
        return self.session.ends_at <= now


@dataclass(frozen=True, kw_only=True)
class Own:
    """Everything that a speaker's link leads to."""

    speaker: Speaker
    link: PrivateLink
    places: Sequence[Place]

    def missing(self, now: datetime) -> list[str]:
        return missing_of(self.speaker, [one.state for one in self.places if not one.is_over(now)])


def read(token: str, *, now: datetime) -> Own:
    """The profile of a link's owner and the own sessions by time, of nobody else; four queries at most."""
    link, speaker = _open(token, now)
    query = (
        select(ProgrammeSpeaker, ProgrammeSession, Edition)
        .join(ProgrammeSession, ProgrammeSession.id == ProgrammeSpeaker.programme_session_id)
        .join(Edition, Edition.id == ProgrammeSession.edition_id)
        .where(ProgrammeSpeaker.speaker_id == speaker.id)
        .options(joinedload(ProgrammeSession.room))
        .order_by(ProgrammeSession.starts_at, ProgrammeSession.id)
    )
    rows = db.session.execute(query).tuples().all()
    told = select(PublishedSession.session_id).where(
        PublishedSession.session_id.in_([session.id for _, session, _ in rows]),
        PublishedSession.access == "all",
        PublishedSession.cancelled_at.is_(None),
    )
    public = set(db.session.scalars(told)) if rows else set()
    return Own(
        speaker=speaker,
        link=link,
        places=[
            Place(
                session=session,
                edition=edition,
                function=place.function,
                state=place.state,
                reason=place.reason,
                is_public=session.id in public,
            )
            for place, session, edition in rows
        ],
    )


def get_picture(token: str, *, now: datetime) -> Upload:
    """The own picture, whoever else may see it; raises NotFound where there is none."""
    _, speaker = _open(token, now)
    if speaker.picture is None:
        raise NotFound("There is no picture.", code="picture")
    return speaker.picture


def get_place(token: str, public_id: UUID, *, now: datetime) -> tuple[Own, Place]:
    """One of the own places; raises NotFound for the session of anybody else."""
    own = read(token, now=now)
    for place in own.places:
        if place.session.public_id == public_id:
            return own, place
    raise NotFound("You are not asked to speak in this session.", code="place")


def _open(token: str, now: datetime) -> tuple[PrivateLink, Speaker]:
    """Whose link this is; whatever is wrong with one is answered in the same words."""
    link = links.find_link(token, PURPOSE, now=now)
    speaker = db.session.get(Speaker, link.speaker_id) if link else None
    if link is None or speaker is None:
        raise NotFound("This link does not lead anywhere, or not any more.", code="link")
    return link, speaker


def edit(token: str, values: Mapping[str, Any], *, version: int, now: datetime) -> None:
    """Save the own profile that was read at `version`; refuses one without a name, or changed by somebody meanwhile.

    What the programme says of the person changes with the next publication; biography and picture at once.
    """
    _, speaker = _open(token, now)
    if not values["name"]:
        raise Invalid({"name": Refused("Please give your name.")})
    old, new = versions.write(speaker, {name: values[name] for name in COLUMNS}, version=version)
    if new:
        _record(speaker, "speaker.edit_own", now, old=old, new=new)


def agree(token: str, *, agrees: bool, now: datetime) -> None:
    """Agree to the public page with name, biography and picture, or say no, or take it back: it holds at once."""
    _, speaker = _open(token, now)
    agreed_at = (speaker.agreed_at or now) if agrees else None
    values = {"agreed_at": agreed_at, "consent_answered_at": now}
    old, new = versions.write(speaker, values, version=speaker.version)
    action = "speaker.agree" if agrees else "speaker.disagree"
    before: dict[str, Any] = {name: old[name] for name in ("agreed_at", "version") if name in old}
    _record(speaker, action, now, old=before, new={"agreed_at": new.get("agreed_at", old.get("agreed_at"))})


def answer(token: str, public_id: UUID, answer: str, *, reason: str = "", now: datetime) -> Place:
    """Accept or decline one session; refuses once it is over. Whoever declines is named in the programme no more, at once.

    The organisers are told by a letter, once for each change to a refusal or from one. Asked under the edition's lock, so that a publication at this moment names either rightly.
    """
    _, place = get_place(token, public_id, now=now)
    lock_edition(place.edition.id)
    _, speaker = _open(token, now)
    row = _find_row(speaker, public_id)
    session = db.session.get(ProgrammeSession, row.programme_session_id)
    assert session is not None  # the place names it
    check_answer(answer, ends_at=session.ends_at, now=now)
    before = row.state
    row.state, row.answered_at = answer, now
    row.reason = reason if answer == "declined" else ""
    db.session.flush()
    if answer == "declined":
        retract(session.id, speaker, now=now)
    speakers_answers.tell(speaker, session, before=before, after=answer, now=now)
    audit.record(
        actor_of(speaker),
        "session.accept_place" if answer == "accepted" else "session.decline_place",
        now=now,
        subject_type="session",
        subject_id=session.id,
        edition_id=session.edition_id,
        old={"speaker": speaker.id, "speaker_state": before},
        new={"speaker": speaker.id, "speaker_state": answer},
    )
    return place


def _find_row(speaker: Speaker, public_id: UUID) -> ProgrammeSpeaker:
    query = (
        select(ProgrammeSpeaker)
        .join(ProgrammeSession, ProgrammeSession.id == ProgrammeSpeaker.programme_session_id)
        .where(ProgrammeSpeaker.speaker_id == speaker.id, ProgrammeSession.public_id == public_id)
        .with_for_update(of=ProgrammeSpeaker)
        .execution_options(populate_existing=True)
    )
    row = db.session.scalar(query)
    if row is None:
        raise NotFound("You are not asked to speak in this session.", code="place")
    return row


def actor_of(speaker: Speaker) -> Actor:
    """A speaker as the audit list names one."""
    return Actor(kind="speaker", id=speaker.id, name=speaker.name)


def _record(
    speaker: Speaker, action: str, now: datetime, *, old: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    newest = (
        select(ProgrammeSession.edition_id)
        .join(ProgrammeSpeaker, ProgrammeSpeaker.programme_session_id == ProgrammeSession.id)
        .where(ProgrammeSpeaker.speaker_id == speaker.id)
        .order_by(ProgrammeSession.starts_at.desc(), ProgrammeSession.id)
        .limit(1)
    )
    edition_id = db.session.scalar(newest)
    record(actor_of(speaker), action, speaker.id, now, edition_id=edition_id, old=old, new=new)
