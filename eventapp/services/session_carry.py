"""What becomes of places and invitations of sessions when two registrations become one, or a person is erased."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from eventapp.extensions import db
from eventapp.models import DeletedSessionPerson, Registration, SessionInvitee, SessionSignUp
from eventapp.rules.access import Actor
from eventapp.rules.session_people import better_place
from eventapp.services import agenda_sign_up
from eventapp.services.agenda_places import lock_session


def take_over(actor: Actor, kept: Registration, gone: Registration, *, now: datetime) -> None:
    """Give the places and invitations of a merged registration to the one that stays: the better place of the two.

    A seat that both held is free again and goes to the next in line. The caller holds the edition's lock.
    """
    _take_deleted(kept, gone)
    sessions = sorted({*_list_places(gone.id), *_list_invitations(gone.id)})
    for number in sessions:
        session = lock_session(number)
        if session is None:
            continue
        _take_place(number, kept, gone)
        _take_invitation(number, kept, gone)
        db.session.flush()
        agenda_sign_up.settle(actor, session, now=now)


def forget(registration_ids: Sequence[int]) -> None:
    """Take the places and invitations of erased people away; the seats go to the next in line within seconds."""
    for table in (SessionSignUp, SessionInvitee, DeletedSessionPerson):
        db.session.execute(delete(table).where(table.registration_id.in_(registration_ids)))


def _take_deleted(kept: Registration, gone: Registration) -> None:
    """What concerned the merged one when it was deleted concerns the one that stays, once."""
    theirs = DeletedSessionPerson.registration_id
    query = select(DeletedSessionPerson).where(theirs.in_((kept.id, gone.id)))
    known = db.session.scalars(query).all()
    own = {(one.published_session_id, one.part) for one in known if one.registration_id == kept.id}
    for one in known:
        if one.registration_id == gone.id and (one.published_session_id, one.part) in own:
            db.session.delete(one)
        elif one.registration_id == gone.id:
            one.registration_id = kept.id
    db.session.flush()


def _take_place(number: int, kept: Registration, gone: Registration) -> None:
    theirs, own = _list_places(gone.id).get(number), _list_places(kept.id).get(number)
    if theirs is None:
        return
    place = (theirs.state, theirs.since)
    if own is None:
        theirs.registration_id = kept.id
        return
    own.state, own.since = better_place((own.state, own.since), place)
    db.session.delete(theirs)


def _take_invitation(number: int, kept: Registration, gone: Registration) -> None:
    theirs, own = _list_invitations(gone.id).get(number), _list_invitations(kept.id).get(number)
    if theirs is None:
        return
    if own is None:
        db.session.add(
            SessionInvitee(
                programme_session_id=number,
                registration_id=kept.id,
                invited_at=theirs.invited_at,
                invited_by=theirs.invited_by,
                told_at=theirs.told_at,
            )
        )
    else:
        own.told_at = own.told_at or theirs.told_at
    db.session.delete(theirs)


def _list_places(registration_id: int) -> Mapping[int, SessionSignUp]:
    query = select(SessionSignUp).where(SessionSignUp.registration_id == registration_id)
    return {one.programme_session_id: one for one in db.session.scalars(query)}


def _list_invitations(registration_id: int) -> Mapping[int, SessionInvitee]:
    query = select(SessionInvitee).where(SessionInvitee.registration_id == registration_id)
    return {one.programme_session_id: one for one in db.session.scalars(query)}
