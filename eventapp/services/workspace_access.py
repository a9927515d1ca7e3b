"""How focal points get in: their link once more on request, and an account where the secretariat connects one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp.errors import NotFound, Refused
from eventapp.extensions import db
from eventapp.models import Delegation, FocalPoint, User
from eventapp.rules.access import Actor
from eventapp.rules.mail import normal_address
from eventapp.services import audit, links, mail
from eventapp.services.accounts import add_user
from eventapp.services.accounts_manage import connect_delegations
from eventapp.services.editions import get_edition_to_edit, lock_edition

MOST_LINKS = 20  # of one address in one request
UNKNOWN = Actor(kind="focal_point")


def send_links(email: str, *, now: datetime, secret: str) -> None:
    """Write one letter with a new link for each delegation of an address; says nothing about whether there are any.

    The audit row is written either way and holds no address, so that both answers take the same work.
    """
    audit.record(UNKNOWN, "focal_point.send_link", now=now, subject_type="focal_point")
    wanted = (FocalPoint.email == normal_address(email), FocalPoint.removed_at.is_(None))
    query = (
        select(FocalPoint)
        .where(*wanted)
        .options(joinedload(FocalPoint.delegation))
        .order_by(FocalPoint.id.desc())
        .limit(MOST_LINKS)
    )
    for one in db.session.scalars(query).all():
        newest = links.find_newest_of_focal_point(one.id)
        if newest is None or newest.revoked_at is None:  # what the secretariat has ended it alone renews
            send_link(one, now=now, secret=secret)


def send_link(focal_point: FocalPoint, *, now: datetime, secret: str) -> None:
    """Write a focal point a letter with a new link; those there are stay valid until they expire or are revoked."""
    link = links.make_link("focal_point", secret=secret, now=now, focal_point_id=focal_point.id)
    mail.enqueue(
        "focal_point_link",
        recipient=focal_point.email,
        language=focal_point.language,
        now=now,
        link=link,
        edition_id=focal_point.delegation.edition_id,
    )


def connect_account(
    actor: Actor, ordinal: int, public_id: UUID, *, now: datetime, secret: str
) -> tuple[FocalPoint, bool]:
    """Let a focal point sign in: the account of their address is connected, or a new one invited; says whether it is new.

    An account made so sees the own delegations and nothing of the dashboard. Refuses readers and a closed account.
    """
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    query = select(FocalPoint).join(Delegation, Delegation.id == FocalPoint.delegation_id)
    wanted = (
        FocalPoint.public_id == public_id,
        Delegation.edition_id == edition.id,
        FocalPoint.removed_at.is_(None),
    )
    focal_point = db.session.scalar(query.where(*wanted))
    if focal_point is None:
        raise NotFound("There is no such focal point.")
    user = db.session.scalar(select(User).where(User.email == normal_address(focal_point.email)))
    is_new = user is None
    if user is None:
        user = _invite(actor, focal_point, now=now, secret=secret)
    elif not user.is_active:
        raise Refused("The account of this address is closed.", code="closed-account")
    if user.role == "focal_point":
        connect_delegations(user)
    focal_point.user_id = user.id
    audit.record(
        actor,
        "focal_point.connect",
        now=now,
        subject_type="focal_point",
        subject_id=focal_point.id,
        edition_id=edition.id,
        new={"is_new": is_new},
    )
    return focal_point, is_new


def _invite(actor: Actor, focal_point: FocalPoint, *, now: datetime, secret: str) -> User:
    user = User(
        email=normal_address(focal_point.email),
        name=focal_point.name,
        role="focal_point",
        language=focal_point.language,
        created_at=now,
    )
    add_user(user)
    new = {"role": user.role, "email": user.email}
    audit.record(actor, "account.invite", now=now, subject_type="user", subject_id=user.id, new=new)
    link = links.make_link("invitation", secret=secret, now=now, user_id=user.id)
    mail.enqueue("invitation", recipient=user.email, language=user.language, now=now, user=user, link=link)
    return user
