"""The letter to the secretariat that a speaker does not come: one for all sessions that are declined within a few minutes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import OutboxMessage, ProgrammeSession, ProgrammeSpeaker, Speaker
from eventapp.services import mail
from eventapp.services.mail_secretariat import list_organisers
from eventapp.services.speakers_letters import DECLINED

# Whoever goes through the own sessions, or changes an answer once more, makes one letter.
GATHERED: Final = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A session that somebody declined."""

    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    function: str
    reason: str
    had_accepted: bool


@dataclass(frozen=True, kw_only=True)
class Declined:
    """Who declines what, as it stands when the letter is sent."""

    speaker: Speaker | None = None
    refusals: Sequence[Refusal] = ()


def tell(speaker: Speaker, session: ProgrammeSession, *, had_accepted: bool, now: datetime) -> None:
    """Write to the organisers that a speaker declines a session; a letter that waits still takes it along.

    Under the edition's lock, so that two answers at once make one letter.
    """
    key = str(session.id)
    if waiting := _list_waiting(speaker, session.edition_id):
        for one in waiting:
            one.values = {**one.values, "sessions": {key: had_accepted, **one.values["sessions"]}}
        return
    for user in list_organisers(session.edition_id):
        message = mail.enqueue(
            DECLINED,
            recipient=user.email,
            language=user.language,
            now=now,
            user=user,
            edition_id=session.edition_id,
            values={"speaker": speaker.id, "sessions": {key: had_accepted}},
        )
        message.next_attempt_at = now + GATHERED


def _list_waiting(speaker: Speaker, edition_id: int) -> Sequence[OutboxMessage]:
    """The letters about a speaker that no sender has taken yet, locked against the one that comes for them."""
    wanted = (
        OutboxMessage.kind == DECLINED,
        OutboxMessage.edition_id == edition_id,
        OutboxMessage.state == "waiting",
        OutboxMessage.attempts == 0,
    )
    query = select(OutboxMessage).where(*wanted).order_by(OutboxMessage.id).with_for_update()
    found = db.session.scalars(query.execution_options(populate_existing=True))
    return [one for one in found if one.values.get("speaker") == speaker.id]


def gather_declined(messages: Sequence[OutboxMessage]) -> Mapping[int, Declined]:
    """Message's number -> who declines what; a session that was accepted since, or is gone, is left out. Two queries."""
    mine = [one for one in messages if one.kind == DECLINED and one.values]
    if not mine:
        return {}
    numbers = sorted({one.values["speaker"] for one in mine})
    speakers = {one.id: one for one in db.session.scalars(select(Speaker).where(Speaker.id.in_(numbers)))}
    wanted = (ProgrammeSpeaker.speaker_id.in_(numbers), ProgrammeSpeaker.state == "declined")
    query = (
        select(ProgrammeSpeaker, ProgrammeSession)
        .join(ProgrammeSession, ProgrammeSession.id == ProgrammeSpeaker.programme_session_id)
        .where(*wanted, ProgrammeSession.edition_id.in_({one.edition_id for one in mine}))
        .order_by(ProgrammeSession.starts_at, ProgrammeSession.id)
    )
    places = db.session.execute(query).tuples().all()
    return {
        one.id: Declined(
            speaker=speakers.get(one.values["speaker"]),
            refusals=[
                _refusal(place, session, one.values["sessions"])
                for place, session in places
                if place.speaker_id == one.values["speaker"] and str(session.id) in one.values["sessions"]
            ],
        )
        for one in mine
    }


def _refusal(place: ProgrammeSpeaker, session: ProgrammeSession, told: Mapping[str, Any]) -> Refusal:
    return Refusal(
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        function=place.function,
        reason=place.reason,
        had_accepted=bool(told[str(session.id)]),
    )
