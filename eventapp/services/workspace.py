"""A focal point's workspace: opened by a personal link or an account, it shows the own delegation and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from eventapp.errors import Closed, NotFound
from eventapp.extensions import db
from eventapp.models import Delegation, Edition, FocalPoint, Registration
from eventapp.rules.access import Actor, check_speaks_for
from eventapp.rules.workspace import Tally, check_work, count, order_key
from eventapp.services import links
from eventapp.services.editions import lock_edition, window_of
from eventapp.services.mail_addressees import names_of

_NOWHERE = "This link leads nowhere. Please check that it is complete."


@dataclass(frozen=True)
class Workspace:
    """One delegation as its focal point may work on it; whoever holds this has been let in."""

    focal_point: FocalPoint
    delegation: Delegation
    edition: Edition
    actor: Actor

    @property
    def names(self) -> dict[str, str]:
        """The name of the represented body in the languages there are."""
        return dict(names_of(self.delegation))


def account_key(key: str) -> UUID | None:
    """The focal point that an address names for somebody who signs in; None where it is the token of a link."""
    try:
        return UUID(key) if len(key) == 36 else None
    except ValueError:
        return None


def open_workspace(key: str, who: Actor, *, now: datetime) -> Workspace:
    """The workspace a link's token leads to, or the number of a focal point for the account that belongs to it.

    Looking uses nothing up. Raises NotFound for whatever is not the reader's, Closed for a link that is over.
    """
    number = account_key(key)
    focal_point = _of_account(number, who) if number else _of_link(key, now)
    delegation = focal_point.delegation
    edition = db.session.get_one(Edition, delegation.edition_id)
    actor = Actor(
        kind="focal_point",
        id=focal_point.id,
        name=focal_point.name,
        delegation_ids=frozenset({delegation.id}),
    )
    check_speaks_for(actor, delegation.id)
    return Workspace(focal_point, delegation, edition, actor)


def enter(key: str, who: Actor, *, now: datetime) -> Workspace:
    """The same inside a writing transaction: the edition is locked first, then everything is read afresh.

    Refuses work on an edition that is over, cancelled or not public yet.
    """
    lock_edition(open_workspace(key, who, now=now).edition.id)
    place = open_workspace(key, who, now=now)
    check_work(window_of(place.edition))
    return place


def _of_account(number: UUID, who: Actor) -> FocalPoint:
    wanted = (FocalPoint.public_id == number, FocalPoint.user_id == who.id, FocalPoint.removed_at.is_(None))
    found = None
    if who.kind == "user" and who.id:
        found = db.session.scalar(_afresh(*wanted))
    if found is None:
        raise NotFound(_NOWHERE, code="link")
    return found


def _of_link(token: str, now: datetime) -> FocalPoint:
    link = links.find_any_link(token, "focal_point")
    found = db.session.scalar(_afresh(FocalPoint.id == link.focal_point_id)) if link else None
    if link is None or found is None:
        raise NotFound(_NOWHERE, code="link")
    if found.removed_at is not None:
        raise Closed("You do not speak for this delegation any more.", code="gone")
    if link.revoked_at is not None or (link.expires_at and link.expires_at <= now):
        raise Closed("This link is not valid any more. Please ask for a new one.", code="gone")
    return found


def _afresh(*wanted: ColumnElement[bool]) -> Select[tuple[FocalPoint]]:
    """Focal points with their delegation, as they stand in the rows now; one query."""
    delegation = joinedload(FocalPoint.delegation)
    return (
        select(FocalPoint)
        .where(*wanted)
        .options(delegation.joinedload(Delegation.country), delegation.joinedload(Delegation.body))
        .execution_options(populate_existing=True)
    )


def list_workspaces(who: Actor) -> Sequence[Workspace]:
    """Every delegation that an account speaks for, the latest edition first; two queries."""
    if who.kind != "user" or who.id is None:
        return []
    wanted = (FocalPoint.user_id == who.id, FocalPoint.removed_at.is_(None))
    found = db.session.scalars(_afresh(*wanted)).all()
    editions = {
        one.id: one
        for one in db.session.scalars(
            select(Edition).where(Edition.id.in_([focal.delegation.edition_id for focal in found]))
        )
    }
    made = [Workspace(one, one.delegation, editions[one.delegation.edition_id], who) for one in found]
    return sorted(made, key=lambda one: (-one.edition.ordinal, one.delegation.sort_name, one.delegation.id))


def list_members(place: Workspace) -> Sequence[Registration]:
    """Everybody of the delegation in its order, whatever their state; one query. Erased people are left out."""
    wanted = (
        Registration.delegation_id == place.delegation.id,
        Registration.erased_at.is_(None),
        Registration.state != "merged",
    )
    found = db.session.scalars(select(Registration).where(*wanted).execution_options(populate_existing=True))
    return sorted(found, key=lambda one: order_key(one.role, one.delegation_order, one.sort_name, one.id))


def get_member(place: Workspace, reference: str) -> Registration:
    """One of the delegation by the reference code; raises NotFound for everybody else's."""
    wanted = (
        Registration.delegation_id == place.delegation.id,
        Registration.reference == reference,
        Registration.erased_at.is_(None),
        Registration.state != "merged",
    )
    found = db.session.scalar(select(Registration).where(*wanted).execution_options(populate_existing=True))
    if found is None:
        raise NotFound("There is nobody with this code in your delegation.")
    return found


def find_successor(place: Workspace, member: Registration) -> Registration | None:
    """Who has taken a replaced member's place."""
    wanted = (
        Registration.id == member.replaced_by_id,
        Registration.delegation_id == place.delegation.id,
        Registration.erased_at.is_(None),
    )
    return db.session.scalar(select(Registration).where(*wanted)) if member.replaced_by_id else None


def count_places(delegation: Delegation, edition: Edition) -> Tally:
    """A delegation's places as the rows have them; whoever decides by it holds the edition's lock."""
    db.session.flush()
    mine = Registration.delegation_id == delegation.id
    rows = db.session.execute(select(Registration.state, Registration.role).where(mine))
    people = [(state, role) for state, role in rows]
    return count(people, limit=delegation.quota, roles_outside=edition.roles_outside)


def tally_of(place: Workspace, members: Sequence[Registration]) -> Tally:
    """The same from people who have been read already."""
    people = [(one.state, one.role) for one in members]
    return count(people, limit=place.delegation.quota, roles_outside=place.edition.roles_outside)
