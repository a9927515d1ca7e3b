"""The speaker behind a registration: shown with all that is held about a person, handed over by a merge, erased."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Update, select, update

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


def forget_of_registrations(
    ids: Sequence[int], *, now: datetime, spared: Collection[int] = ()
) -> Sequence[UUID]:
    """Empty the profiles of whoever registrations belong to; gives the ids of the messages that were written.

    Those in `spared` keep the profile, since they speak elsewhere still; only what ties them to the registration goes.
    """
    theirs = Speaker.registration_id.in_(ids)
    found = db.session.scalars(select(Speaker.id).where(theirs).order_by(Speaker.id)).all()
    written = forget([one for one in found if one not in spared], now=now)
    if found:
        _write(update(Speaker).where(theirs), registration_id=None, version=Speaker.version + 1)
    return written


def forget(ids: Sequence[int], *, now: datetime) -> Sequence[UUID]:
    """Empty profiles; gives the ids of the messages that were written. As many statements for many as for one.

    Address, biography, picture, agreement and reasons go, the private link ends, and nothing ties the speaker to a
    registration any more. The name in the programme stays: it is the record of the conference, and the secretariat
    takes it out of there by hand where the person wishes so.
    """
    if not ids:
        return []
    _write(
        update(Speaker).where(Speaker.id.in_(ids)),
        honorific="",
        email="",
        biography={},
        picture_id=None,
        registration_id=None,
        agreed_at=None,
        consent_answered_at=now,
        version=Speaker.version + 1,
    )
    db.session.execute(update(ProgrammeSpeaker).where(ProgrammeSpeaker.speaker_id.in_(ids)).values(reason=""))
    written = speakers_letters.forget(ids, now=now)
    audit.forget_values("speaker", ids)
    audit.forget_actors("speaker", ids)
    return written


def _write(statement: Update, **values: Any) -> None:
    db.session.execute(statement.values(**values), execution_options={"synchronize_session": "fetch"})


def hand_over(gone_id: int, kept_id: int) -> None:
    """After a merge: the speaker is linked to the registration that stays."""
    theirs = Speaker.registration_id == gone_id
    statement = update(Speaker).where(theirs).values(registration_id=kept_id)
    db.session.execute(statement, execution_options={"synchronize_session": "fetch"})
