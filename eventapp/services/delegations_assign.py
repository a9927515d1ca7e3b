"""Which represented body somebody belongs to: by country for states, by known body for organisations, within one edition."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, exists, or_, select, update

from eventapp.extensions import db
from eventapp.models import Delegation, Registration
from eventapp.rules.access import Actor
from eventapp.rules.vocabulary import REGISTERED_STATES
from eventapp.services import audit
from eventapp.services.delegations_heads import AFTER_HEAD, find_second_head


def exists_for(edition_id: int | BindParameter[int]) -> ColumnElement[bool]:
    """The condition for an edition that has represented bodies; without any, a registration costs no further query."""
    return exists().where(Delegation.edition_id == edition_id)


def assign(registration: Registration) -> None:
    """Write down the body that vouches for somebody, or that none of the list does; one query."""
    registration.delegation_id = _find_id(registration)


def follow(actor: Actor, registration: Registration, *, now: datetime) -> bool:
    """Say whether the represented body is another one now that the details are; who was endorsed is submitted again.

    The body of before decided about them, the new one has not: the same holds for whoever was declined. Where that one has
    a head, the secretariat is refused a second, and who changes the own details comes as a delegate. Under the edition's
    lock; leaves an audit row of its own. Whoever calls it asks the new body to endorse.
    """
    before, state = registration.delegation_id, registration.state
    with db.session.no_autoflush:
        assign(registration)
    if registration.delegation_id == before:
        return False
    old: dict[str, Any] = {"delegation": _names(before)}
    new: dict[str, Any] = {"delegation": _names(registration.delegation_id)}
    if state in ("endorsed", "declined"):
        registration.state, registration.endorsed_at, registration.decided_at = "submitted", None, None
        registration.reason = ""
        old["state"], new["state"] = state, "submitted"
    is_registered = registration.state in REGISTERED_STATES
    if is_registered and (problem := find_second_head(registration.delegation_id, registration)):
        if actor.kind == "user":
            raise problem
        old["role"], new["role"] = registration.role, AFTER_HEAD
        registration.role = AFTER_HEAD
    audit.record(
        actor,
        "registration.delegation",
        now=now,
        subject_type="registration",
        subject_id=registration.id,
        edition_id=registration.edition_id,
        old=old,
        new=new,
    )
    return True


def adopt(edition_id: int) -> int:
    """Give everybody who has none the body that is on the edition's list by now, and say to how many; one statement.

    For whoever adds bodies to the list; under the edition's lock.
    """
    db.session.flush()
    theirs = and_(
        Delegation.edition_id == Registration.edition_id,
        or_(
            and_(Registration.represents == "country", Delegation.country_code == Registration.country_code),
            and_(Registration.represents == "organisation", Delegation.body_id == Registration.body_id),
        ),
    )
    found = select(Delegation.id).where(theirs).correlate(Registration).scalar_subquery()
    alone = (Registration.edition_id == edition_id, Registration.delegation_id.is_(None))
    change = update(Registration).where(*alone, exists().where(theirs).correlate(Registration))
    values = {"delegation_id": found, "version": Registration.version + 1}
    done = db.session.execute(change.values(values).execution_options(synchronize_session=False))
    db.session.expire_all()
    return int(done.rowcount)  # type: ignore[attr-defined]  # a cursor result of an UPDATE has it


def _find_id(registration: Registration) -> int | None:
    if registration.represents == "country":
        mine: ColumnElement[bool] = Delegation.country_code == registration.country_code
    elif registration.body_id is None:
        return None
    else:
        mine = Delegation.body_id == registration.body_id
    return db.session.scalar(
        select(Delegation.id).where(Delegation.edition_id == registration.edition_id, mine)
    )


def _names(delegation_id: int | None) -> Mapping[str, str]:
    """What a body is called in each language, as the history keeps it."""
    delegation = db.session.get(Delegation, delegation_id) if delegation_id else None
    named = (delegation.country or delegation.body) if delegation else None
    return dict(named.names) if named else {}
