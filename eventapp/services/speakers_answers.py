"""The letters to the secretariat about what speakers answer: one for all sessions that are declined within a few minutes.

Whoever accepts what had been declined is told of in the same manner; a first acceptance needs no letter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import OutboxMessage, ProgrammeSession, ProgrammeSpeaker, Speaker
from eventapp.services import mail
from eventapp.services.mail_secretariat import list_organisers
from eventapp.services.speakers_letters import ACCEPTED, ANSWERED, DECLINED

# Whoever goes through the own sessions, or changes an answer once more, makes one letter.
GATHERED: Final = timedelta(minutes=5)
_TELLS: Final = {DECLINED: "declined", ACCEPTED: "accepted"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A session that somebody declined, or accepted after all."""

    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    function: str
    reason: str
    had_accepted: bool


@dataclass(frozen=True, kw_only=True)
class Answered:
    """Who declines or accepts what, as it stands when the letter is sent."""

    speaker: Speaker | None = None
    answers: Sequence[Answer] = ()


def tell(speaker: Speaker, session: ProgrammeSession, *, before: str, after: str, now: datetime) -> None:
    """Write to the organisers that a speaker declines a session, or accepts one that was declined; nothing of other answers.

    A letter that waits still takes a session along; one that says by then what does not hold any more leaves it out. Under the
    edition's lock, so that two answers at once make one letter.
    """
    if after == "declined" != before:
        is_known = session.id in _waiting_sessions(ACCEPTED, speaker, session.edition_id)
        _write(DECLINED, speaker, session, None if is_known else before == "accepted", now)
    elif (before, after) == ("declined", "accepted"):
        untold = _waiting_sessions(DECLINED, speaker, session.edition_id).get(session.id)
        if untold is None:
            _write(ACCEPTED, speaker, session, None, now)


def _waiting_sessions(kind: str, speaker: Speaker, edition_id: int) -> dict[int, bool | None]:
    """What the letters of a kind that have not gone out yet would tell: session -> whether it had been accepted.

    None where the organisers know it as declined: what such a letter tells them holds again without it.
    """
    waiting = _list_waiting(kind, speaker, edition_id)
    return {int(key): had for one in waiting for key, had in one.values["sessions"].items()}


def _write(
    kind: str, speaker: Speaker, session: ProgrammeSession, had_accepted: bool | None, now: datetime
) -> None:
    key = str(session.id)
    if waiting := _list_waiting(kind, speaker, session.edition_id):
        for one in waiting:
            one.values = {**one.values, "sessions": {key: had_accepted, **one.values["sessions"]}}
        return
    for user in list_organisers(session.edition_id):
        message = mail.enqueue(
            kind,
            recipient=user.email,
            language=user.language,
            now=now,
            user=user,
            edition_id=session.edition_id,
            values={"speaker": speaker.id, "sessions": {key: had_accepted}},
        )
        message.next_attempt_at = now + GATHERED


def _list_waiting(kind: str, speaker: Speaker, edition_id: int) -> Sequence[OutboxMessage]:
    """The letters about a speaker that no sender has taken yet, locked against the one that comes for them."""
    wanted = (
        OutboxMessage.kind == kind,
        OutboxMessage.edition_id == edition_id,
        OutboxMessage.state == "waiting",
        OutboxMessage.attempts == 0,
    )
    query = select(OutboxMessage).where(*wanted).order_by(OutboxMessage.id).with_for_update()
    found = db.session.scalars(query.execution_options(populate_existing=True))
    return [one for one in found if one.values.get("speaker") == speaker.id]


def gather_answered(messages: Sequence[OutboxMessage]) -> Mapping[int, Answered]:
    """Message's number -> who answers what; a session with another answer by now, or one that is gone, is left out. Two queries."""
    mine = [one for one in messages if one.kind in ANSWERED and one.values]
    if not mine:
        return {}
    numbers = sorted({one.values["speaker"] for one in mine})
    speakers = {one.id: one for one in db.session.scalars(select(Speaker).where(Speaker.id.in_(numbers)))}
    wanted = (ProgrammeSpeaker.speaker_id.in_(numbers), ProgrammeSpeaker.state.in_(_TELLS.values()))
    query = (
        select(ProgrammeSpeaker, ProgrammeSession)
        .join(ProgrammeSession, ProgrammeSession.id == ProgrammeSpeaker.programme_session_id)
        .where(*wanted, ProgrammeSession.edition_id.in_({one.edition_id for one in mine}))
        .order_by(ProgrammeSession.starts_at, ProgrammeSession.id)
    )
    places = db.session.execute(query).tuples().all()
    return {
        one.id: Answered(
            speaker=speakers.get(one.values["speaker"]),
            answers=[
                _answer(place, session, one.values["sessions"])
                for place, session in places
                if place.speaker_id == one.values["speaker"]
                and place.state == _TELLS[one.kind]
                and str(session.id) in one.values["sessions"]
            ],
        )
        for one in mine
    }


def _answer(place: ProgrammeSpeaker, session: ProgrammeSession, told: Mapping[str, Any]) -> Answer:
    return Answer(
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        function=place.function,
        reason=place.reason,
        had_accepted=bool(told[str(session.id)]),
    )
