"""Users and roles: administrators invite, change, close and reopen accounts; one administrator always remains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update

from eventapp.errors import Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import Edition, FocalPoint, User, UserEdition
from eventapp.rules.access import Actor, check_administrator, check_stays_administrated
from eventapp.rules.mail import normal_address
from eventapp.services import audit, links, mail
from eventapp.services.accounts import add_user

FOCAL_POINT: Final = "focal_point"


@dataclass(frozen=True, kw_only=True)
class Rights:
    """What an account is called and what it may reach."""

    name: str
    role: str
    all_editions: bool
    ordinals: frozenset[int] = frozenset()
    language: str = "en"
    may_see_needs: bool = False  # administrators may without it


def list_users(actor: Actor) -> Sequence[User]:
    """Every account, open ones first, by name; refuses all but administrators."""
    check_administrator(actor)
    return db.session.scalars(select(User).order_by(User.is_active.desc(), User.name, User.id)).all()


def get_user(actor: Actor, public_id: UUID) -> User:
    """One account; refuses all but administrators."""
    check_administrator(actor)
    user = db.session.scalar(select(User).where(User.public_id == public_id))
    if user is None:
        raise NotFound("There is no such account.")
    return user


def invite(actor: Actor, *, email: str, rights: Rights, now: datetime, secret: str) -> User:
    """Make an account without a password and send its link; refuses an address that another account has."""
    check_administrator(actor)
    user = User(
        email=normal_address(email),
        name=rights.name,
        role=rights.role,
        all_editions=_reaches_all(rights),
        language=rights.language,
        may_see_needs=rights.may_see_needs,
        created_at=now,
        editions=[UserEdition(edition_id=one) for one in _edition_ids(rights)],
    )
    add_user(user)
    connect_delegations(user)
    new = {**_facts(user), "email": user.email}
    audit.record(actor, "account.invite", now=now, subject_type="user", subject_id=user.id, new=new)
    _send_invitation(user, now=now, secret=secret)
    return user


def resend_invitation(actor: Actor, public_id: UUID, *, now: datetime, secret: str) -> User:
    """Send the invitation again; the older link ends. Refuses a closed account and one that has its password."""
    user = get_user(actor, public_id)
    if user.password_hash or not user.is_active:
        raise Refused("This account needs no invitation.", code="invitation")
    links.revoke_links(now=now, user_id=user.id)
    _send_invitation(user, now=now, secret=secret)
    audit.record(actor, "account.invite_again", now=now, subject_type="user", subject_id=user.id)
    return user


def edit(actor: Actor, public_id: UUID, rights: Rights, *, confirmed: bool = False, now: datetime) -> User:
    """Change name, role, language and editions of an account.

    Refuses to leave no administrator; an administrator who gives up the own role has to confirm it.
    """
    _lock_administrators()
    user = get_user(actor, public_id)
    gives_up = user.role == "administrator" and rights.role != "administrator"
    if gives_up:
        check_stays_administrated(_others(user))
        if user.id == actor.id and not confirmed:
            raise Invalid(
                {
                    "confirmed": Refused(
                        "You are taking the role of administrator from yourself. Please confirm it."
                    )
                }
            )
    before = _facts(user)
    user.name, user.role, user.language = rights.name, rights.role, rights.language
    user.all_editions, user.may_see_needs = _reaches_all(rights), rights.may_see_needs
    wanted = _edition_ids(rights)
    kept = {one.edition_id: one for one in user.editions}
    user.editions = [kept.get(one) or UserEdition(edition_id=one) for one in wanted]
    db.session.flush()
    old, new = audit.differences(before, _facts(user))
    if new:
        audit.record(
            actor, "account.edit", now=now, subject_type="user", subject_id=user.id, old=old, new=new
        )
    return user


def close(actor: Actor, public_id: UUID, *, now: datetime) -> User:
    """Close an account: its sessions and links end. Refuses one's own and the last administrator's."""
    _lock_administrators()
    user = get_user(actor, public_id)
    if user.id == actor.id:
        raise Refused("Your own account can be closed by another administrator only.", code="own-account")
    if user.role == "administrator":
        check_stays_administrated(_others(user))
    if user.is_active:
        user.is_active = False
        user.session_epoch += 1
        links.revoke_links(now=now, user_id=user.id)
        _record_state(actor, "account.close", user, now=now)
    return user


def reopen(actor: Actor, public_id: UUID, *, now: datetime) -> User:
    """Open a closed account again; its password is what it was."""
    user = get_user(actor, public_id)
    if not user.is_active:
        user.is_active = True
        _record_state(actor, "account.reopen", user, now=now)
    return user


def _record_state(actor: Actor, action: str, user: User, *, now: datetime) -> None:
    audit.record(
        actor,
        action,
        now=now,
        subject_type="user",
        subject_id=user.id,
        old={"is_active": not user.is_active},
        new={"is_active": user.is_active},
    )


def connect_delegations(user: User) -> None:
    """Let an account that has just been invited by mail reach the delegations its address speaks for."""
    mine = (FocalPoint.email == user.email, FocalPoint.removed_at.is_(None), FocalPoint.user_id.is_(None))
    db.session.execute(update(FocalPoint).where(*mine).values(user_id=user.id))


def _send_invitation(user: User, *, now: datetime, secret: str) -> None:
    link = links.make_link("invitation", secret=secret, now=now, user_id=user.id)
    mail.enqueue("invitation", recipient=user.email, language=user.language, now=now, user=user, link=link)


def _reaches_all(rights: Rights) -> bool:
    return rights.role == "administrator" or (rights.all_editions and rights.role != FOCAL_POINT)


def _edition_ids(rights: Rights) -> list[int]:
    """The numbers of the named editions; refuses an ordinal that is none, and an account that reaches nothing.

    Refuses editions ticked beside "all" too: who ticked one of them meant that one, and would have given away all.
    """
    if rights.all_editions and rights.ordinals and rights.role not in ("administrator", FOCAL_POINT):
        raise Invalid(
            {"reach": Refused("Single editions are ticked as well. Choose only those, or untick them.")}
        )
    if _reaches_all(rights) or rights.role == FOCAL_POINT:
        return []
    wanted = select(Edition.id).where(Edition.ordinal.in_(rights.ordinals)).order_by(Edition.ordinal)
    found = list(db.session.scalars(wanted))
    if len(found) != len(rights.ordinals):
        raise Invalid({"editions": NotFound("There is no such edition.")})
    if not found:
        raise Invalid({"editions": Refused("Please choose at least one edition, or all of them.")})
    return found


def _lock_administrators() -> None:
    """Two administrators who demote each other at once are served one after the other (PostgreSQL; SQLite always)."""
    wanted = select(User.id).where(User.role == "administrator").order_by(User.id).with_for_update(of=User)
    db.session.execute(wanted).all()


def _others(user: User) -> int:
    """How many other administrators can sign in; read after the lock."""
    wanted = (
        User.role == "administrator",
        User.is_active,
        User.password_hash.is_not(None),
        User.id != user.id,
    )
    return len(db.session.scalars(select(User.id).where(*wanted)).all())


def _facts(user: User) -> Mapping[str, Any]:
    ids = [one.edition_id for one in user.editions]
    ordinals = db.session.scalars(
        select(Edition.ordinal).where(Edition.id.in_(ids)).order_by(Edition.ordinal)
    )
    return {
        "name": user.name,
        "role": user.role,
        "all_editions": user.all_editions,
        "editions": list(ordinals) if ids else [],
        "language": user.language,
        "may_see_needs": user.may_see_needs,
    }
