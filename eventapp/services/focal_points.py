"""Focal points: who speaks for a represented body, and the personal link by which they come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from eventapp.errors import Conflict, Invalid, NotFound
from eventapp.extensions import db
from eventapp.models import Delegation, Edition, FocalPoint, OutboxMessage, PrivateLink, User
from eventapp.rules.access import Actor
from eventapp.services import audit, delegations, links, mail, versions
from eventapp.services.editions import get_edition_to_edit, hold_edition
from eventapp.services.mail_addressees import names_of

KIND: Final = "focal_point_link"
COLUMNS: Final = ("name", "email", "language")
PURPOSE: Final = "focal_point"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A focal point with the newest link and what became of the mail that carried it."""

    focal_point: FocalPoint
    link: PrivateLink | None
    message: OutboxMessage | None

    def is_open(self, now: datetime) -> bool:
        """Whether the link leads in now."""
        link = self.link
        return link is not None and not link.revoked_at and (link.expires_at is None or link.expires_at > now)


def list_of(delegation: Delegation) -> list[Listed]:
    """Who speaks for a delegation now, by name, with link and mail; three queries."""
    wanted = (FocalPoint.delegation_id == delegation.id, FocalPoint.removed_at.is_(None))
    found = db.session.scalars(select(FocalPoint).where(*wanted).order_by(FocalPoint.name, FocalPoint.id))
    people = found.all()
    theirs = (
        PrivateLink.focal_point_id.in_([one.id for one in people]),
        PrivateLink.purpose == PURPOSE,
    )
    newest = select(func.max(PrivateLink.id)).where(*theirs).group_by(PrivateLink.focal_point_id)
    link_of = {
        link.focal_point_id: link
        for link in db.session.scalars(select(PrivateLink).where(PrivateLink.id.in_(newest)))
    }
    sent = (
        OutboxMessage.link_id.in_([link.id for link in link_of.values()]),
        OutboxMessage.kind == KIND,
    )
    mails = {one.link_id: one for one in db.session.scalars(select(OutboxMessage).where(*sent))}
    return [
        Listed(
            focal_point=one,
            link=link_of.get(one.id),
            message=mails.get(link_of[one.id].id) if one.id in link_of else None,
        )
        for one in people
    ]


def get_focal_point(delegation: Delegation, public_id: UUID) -> FocalPoint:
    """Somebody who speaks for a delegation now; raises NotFound for everybody else."""
    wanted = (
        FocalPoint.delegation_id == delegation.id,
        FocalPoint.public_id == public_id,
        FocalPoint.removed_at.is_(None),
    )
    found = db.session.scalar(select(FocalPoint).where(*wanted).execution_options(populate_existing=True))
    if found is None:
        raise NotFound("There is no such focal point.")
    return found


def _enter(actor: Actor, ordinal: int, public_id: UUID) -> tuple[Edition, Delegation]:
    edition = hold_edition(get_edition_to_edit(actor, ordinal).id)
    return edition, delegations.get_delegation(edition, public_id)


def add(
    actor: Actor,
    ordinal: int,
    public_id: UUID,
    values: Mapping[str, Any],
    *,
    sends: bool,
    now: datetime,
    secret: str,
) -> FocalPoint:
    """Name a focal point, and write the personal link to them if `sends`. Refuses an address that is named already."""
    _, delegation = _enter(actor, ordinal, public_id)
    made = put(delegation, values, now=now)
    record(actor, "focal_point.add", delegation, made, now=now, new={name: values[name] for name in COLUMNS})
    if sends:
        write_link(delegation, made, now=now, secret=secret)
        record(actor, "focal_point.send_link", delegation, made, now=now)
    return made


def put(delegation: Delegation, values: Mapping[str, Any], *, now: datetime) -> FocalPoint:
    """Add the row of a focal point, with the account of the same address if there is one."""
    made = FocalPoint(
        delegation_id=delegation.id,
        name=values["name"],
        email=values["email"],
        language=values["language"],
        user_id=_account(values["email"]),
        created_at=now,
    )
    _flush(made)
    return made


def _account(email: str) -> int | None:
    return db.session.scalar(select(User.id).where(User.email == email, User.is_active))


def _flush(focal_point: FocalPoint) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(focal_point)
            db.session.flush()
    except IntegrityError:
        raise _taken() from None


def _taken() -> Invalid:
    return Invalid({"email": Conflict("This address is a focal point of this delegation already.")})


def edit(
    actor: Actor,
    ordinal: int,
    public_id: UUID,
    number: UUID,
    values: Mapping[str, Any],
    *,
    version: int,
    now: datetime,
) -> bool:
    """Save a focal point that was read at `version`; another address ends the link. Says whether it did.

    A link that went to an old address must not lead whoever reads there into the delegation.
    """
    _, delegation = _enter(actor, ordinal, public_id)
    focal_point = get_focal_point(delegation, number)
    try:
        with db.session.begin_nested():
            old, new = versions.write(focal_point, values, version=version)
    except IntegrityError:
        raise _taken() from None
    if "email" in new:
        focal_point.user_id = _account(values["email"])
        links.revoke_links(now=now, focal_point_id=focal_point.id)
        _cancel_mails(focal_point)
    if new:
        record(actor, "focal_point.edit", delegation, focal_point, now=now, old=old, new=new)
    return "email" in new


def send_link(
    actor: Actor, ordinal: int, public_id: UUID, number: UUID, *, now: datetime, secret: str
) -> FocalPoint:
    """Make a new link and write it to the focal point; every older one ends."""
    _, delegation = _enter(actor, ordinal, public_id)
    focal_point = get_focal_point(delegation, number)
    write_link(delegation, focal_point, now=now, secret=secret)
    record(actor, "focal_point.send_link", delegation, focal_point, now=now)
    return focal_point


def write_link(delegation: Delegation, focal_point: FocalPoint, *, now: datetime, secret: str) -> PrivateLink:
    """A new link in a letter to the focal point, in the place of every older one."""
    links.revoke_links(now=now, focal_point_id=focal_point.id)
    _cancel_mails(focal_point)
    link = links.make_link(PURPOSE, secret=secret, now=now, focal_point_id=focal_point.id)
    mail.enqueue(
        KIND,
        recipient=focal_point.email,
        language=focal_point.language,
        now=now,
        link=link,
        edition_id=delegation.edition_id,
        values={
            "person": focal_point.name,
            "delegation_id": delegation.id,
            "delegation": dict(names_of(delegation)),
        },
    )
    return link


def send_many(actor: Actor, ordinal: int, *, now: datetime, secret: str) -> int:
    """Write the link to every focal point of an edition who has none that leads in; says to how many."""
    edition = hold_edition(get_edition_to_edit(actor, ordinal).id)
    led_in = select(PrivateLink.focal_point_id).where(
        PrivateLink.focal_point_id.is_not(None),
        PrivateLink.purpose == PURPOSE,
        PrivateLink.revoked_at.is_(None),
        PrivateLink.expires_at > now,
    )
    wanted = (
        Delegation.edition_id == edition.id,
        FocalPoint.removed_at.is_(None),
        FocalPoint.id.not_in(led_in),
    )
    query = select(FocalPoint, Delegation).join(Delegation, Delegation.id == FocalPoint.delegation_id)
    found = db.session.execute(query.where(*wanted).order_by(FocalPoint.id)).tuples().all()
    for focal_point, delegation in found:
        write_link(delegation, focal_point, now=now, secret=secret)
        record(actor, "focal_point.send_link", delegation, focal_point, now=now)
    return len(found)


def revoke(actor: Actor, ordinal: int, public_id: UUID, number: UUID, *, now: datetime) -> FocalPoint:
    """End every link of a focal point, who stays named; a letter that has not gone out yet never will."""
    _, delegation = _enter(actor, ordinal, public_id)
    focal_point = get_focal_point(delegation, number)
    links.revoke_links(now=now, focal_point_id=focal_point.id)
    _cancel_mails(focal_point)
    record(actor, "focal_point.revoke", delegation, focal_point, now=now)
    return focal_point


def remove(actor: Actor, ordinal: int, public_id: UUID, number: UUID, *, now: datetime) -> None:
    """Let somebody speak for a delegation no more: the links end, and name and address are erased with their letters.

    Who made, changed and removed the entry stays in the history.
    """
    _, delegation = _enter(actor, ordinal, public_id)
    focal_point = get_focal_point(delegation, number)
    links.revoke_links(now=now, focal_point_id=focal_point.id)
    _cancel_mails(focal_point)
    forget_letters([focal_point.id])
    focal_point.removed_at, focal_point.user_id = now, None
    focal_point.name, focal_point.email = "", ""
    db.session.flush()
    audit.forget_values("focal_point", [focal_point.id])
    record(actor, "focal_point.remove", delegation, focal_point, now=now)


def _cancel_mails(focal_point: FocalPoint) -> None:
    """Letters with an older link that wait to be sent lead nowhere."""
    unsent = (
        OutboxMessage.link_id.in_(_links([focal_point.id])),
        OutboxMessage.state.in_(("waiting", "failed")),
    )
    change = update(OutboxMessage).where(*unsent).values(state="cancelled")
    db.session.execute(change.execution_options(synchronize_session=False))


def forget_letters(ids: Sequence[int]) -> None:
    """Empty what was written to focal points; kind and times stay."""
    theirs = OutboxMessage.link_id.in_(_links(ids))
    change = update(OutboxMessage).where(theirs).values(recipient="erased", values={}, last_error="")
    db.session.execute(change.execution_options(synchronize_session=False))


def _links(ids: Sequence[int]) -> Any:
    return select(PrivateLink.id).where(PrivateLink.focal_point_id.in_(ids))


def record(
    actor: Actor,
    action: str,
    delegation: Delegation,
    focal_point: FocalPoint,
    *,
    now: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> None:
    """Write down what was done to a focal point; refuses nothing."""
    audit.record(
        actor,
        action,
        now=now,
        subject_type="focal_point",
        subject_id=focal_point.id,
        edition_id=delegation.edition_id,
        old=old,
        new=new,
    )
