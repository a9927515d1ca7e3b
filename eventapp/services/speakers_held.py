"""The speaker behind a registration: shown with all that is held about a person, handed over by a merge, erased."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update

from eventapp.extensions import db
from eventapp.models import ProgrammeSpeaker, Speaker
from eventapp.services import audit, speakers_letters

_PLAIN: Final = (
    "honorific",
    "name",
    "functional_title",
    "organisation",
    "email",
    "language",
    "biography",
)


def list_of_registration(registration_id: int) -> Sequence[Speaker]:
    """The speakers that are linked to a registration."""
    wanted = Speaker.registration_id == registration_id
    return db.session.scalars(select(Speaker).where(wanted).order_by(Speaker.id)).all()


def list_held(registration_id: int) -> list[dict[str, Any]]:
    """All that is held about a person as a speaker, as JSON values."""
    return [
        {
            **{name: getattr(one, name) for name in _PLAIN},
            "has_picture": one.picture_id is not None,
            "agreed_at": one.agreed_at.isoformat() if one.agreed_at else None,
        }
        for one in list_of_registration(registration_id)
    ]


def forget(registration_id: int, *, now: datetime) -> Sequence[UUID]:
    """Empty the profile of whoever a registration belongs to; gives the ids of the messages that were written.

    Address, biography, picture, agreement and reasons go, the private link ends, and nothing ties the speaker to the
    registration any more. The name in the programme stays: it is the record of the conference, and the secretariat
    takes it out of there by hand where the person wishes so.
    """
    written: list[UUID] = []
    for speaker in list_of_registration(registration_id):
        speaker.honorific, speaker.email, speaker.biography = "", "", {}
        speaker.picture_id = speaker.registration_id = None
        speaker.agreed_at, speaker.consent_answered_at = None, now
        db.session.flush()
        theirs = ProgrammeSpeaker.speaker_id == speaker.id
        db.session.execute(update(ProgrammeSpeaker).where(theirs).values(reason=""))
        written += speakers_letters.forget([speaker.id], now=now)
        audit.forget_values("speaker", speaker.id)
        audit.forget_actor("speaker", speaker.id)
    return written


def hand_over(gone_id: int, kept_id: int) -> None:
    """After a merge: the speaker is linked to the registration that stays."""
    theirs = Speaker.registration_id == gone_id
    statement = update(Speaker).where(theirs).values(registration_id=kept_id)
    db.session.execute(statement, execution_options={"synchronize_session": "fetch"})
