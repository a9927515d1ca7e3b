"""Invitations into a delegation: a link for one person that fills in the body and the role, and works once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp.errors import Closed, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import Delegation, DelegationInvitation, Edition, PrivateLink, Registration
from eventapp.rules.access import DELEGATE
from eventapp.rules.name import full_name
from eventapp.rules.registration_form import Details
from eventapp.rules.workspace import HEAD, LINK_OVER, check_role, check_work, has_place
from eventapp.services import audit, links, mail
from eventapp.services.delegations_heads import find_head
from eventapp.services.editions import lock_edition, window_of
from eventapp.services.mail_addressees import names_of
from eventapp.services.registrations import MAIL_OF_ARRIVAL, Submitted, submit
from eventapp.services.workspace import Workspace, count_places
from eventapp.services.workspace_members import belong, vouch

_USED: Final = LINK_OVER["used"]
MOST_OPEN = 200  # invitations of one delegation that nobody has answered


@dataclass(frozen=True)
class Invited:
    """An invitation as whoever has its link sees it."""

    invitation: DelegationInvitation
    delegation: Delegation
    edition: Edition

    @property
    def names(self) -> dict[str, str]:
        """The name of the represented body in the languages there are."""
        return dict(names_of(self.delegation))


def invite(
    place: Workspace, *, email: str, name: str, language: str, role: str, now: datetime, secret: str
) -> DelegationInvitation:
    """Invite somebody by a link that works once; refuses a second head and more open invitations than anybody needs."""
    check_role(role)
    if role == HEAD and (head := find_head(place.delegation.id)) is not None:
        raise Refused(
            "%(name)s is the head of this delegation now.",
            field="role",
            name=full_name(head.given_name, head.family_name),
        )
    if sum(state_of(one, now) == "open" for one in list_invitations(place)) >= MOST_OPEN:
        raise Refused("There are %(limit)s open invitations already. Take some back first.", limit=MOST_OPEN)
    invitation = DelegationInvitation(
        delegation_id=place.delegation.id,
        focal_point_id=place.focal_point.id,
        name=name,
        email=email,
        language=language,
        role=role,
        created_at=now,
        expires_at=now + links.LIFETIMES["delegation_invitation"],
    )
    db.session.add(invitation)
    db.session.flush()
    link = links.make_link(
        "delegation_invitation", secret=secret, now=now, delegation_invitation_id=invitation.id
    )
    mail.enqueue(
        "delegation_invitation",
        recipient=email,
        language=language,
        now=now,
        link=link,
        edition_id=place.edition.id,
        values={"inviter": place.focal_point.name},
    )
    _record(place, "invitation.create", invitation, new={"role": role}, now=now)
    return invitation


def revoke(place: Workspace, public_id: UUID, *, now: datetime) -> DelegationInvitation:
    """Take an invitation back; one that was used stays used. To everybody else's focal point it does not exist."""
    wanted = (
        DelegationInvitation.public_id == public_id,
        DelegationInvitation.delegation_id == place.delegation.id,
    )
    invitation = db.session.scalar(
        select(DelegationInvitation)
        .where(*wanted)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if invitation is None:
        raise NotFound("There is no such invitation.")
    if invitation.used_at is not None:
        raise Refused(_USED, code="used")
    if invitation.revoked_at is None:
        invitation.revoked_at = now
        _record(place, "invitation.revoke", invitation, now=now)
    return invitation


def list_invitations(place: Workspace) -> Sequence[DelegationInvitation]:
    """Every invitation of the delegation, the newest first; one query."""
    wanted = DelegationInvitation.delegation_id == place.delegation.id
    query = select(DelegationInvitation).where(wanted)
    return db.session.scalars(
        query.order_by(DelegationInvitation.created_at.desc(), DelegationInvitation.id.desc())
    ).all()


def state_of(invitation: DelegationInvitation, now: datetime) -> str:
    """open, used, revoked or expired."""
    if invitation.used_at is not None:
        return "used"
    if invitation.revoked_at is not None:
        return "revoked"
    return "expired" if invitation.expires_at <= now else "open"


def get_invited(token: str, *, now: datetime) -> Invited:
    """What a link invites to; looking uses nothing up. Raises Closed with the reason for one that is over."""
    link = links.find_any_link(token, "delegation_invitation")
    invitation = _read(link) if link else None
    if invitation is None:
        raise NotFound("This link leads nowhere. Please check that it is complete.", code="link")
    state = state_of(invitation, now)
    if state != "open":
        raise Closed(LINK_OVER[state], code=state)
    edition = db.session.get_one(Edition, invitation.delegation.edition_id)
    check_work(window_of(edition))
    return Invited(invitation, invitation.delegation, edition)


def accept(
    token: str, details: Details, *, nonce: UUID, notice_id: int | None, now: datetime, secret: str
) -> Submitted:
    """Register whoever was invited: endorsed while the quota has room, else waiting for the body; the link is used up.

    Refuses a link that is used, taken back or expired, and outside the time for registration.
    """
    lock_edition(get_invited(token, now=now).edition.id)
    invited = get_invited(token, now=now)
    invitation = invited.invitation
    links.use_link(token, "delegation_invitation", now=now)

    made = submit(
        invited.edition.id,
        details,
        nonce=nonce,
        notice_id=notice_id,
        now=now,
        secret=secret,
        settle=partial(_settle, invited, now),
    )
    if not made.is_new:
        raise Closed(_USED, code="used")
    invitation.used_at, invitation.registration_id = now, made.registration.id
    db.session.flush()
    _record_accepted(made, invited, now)
    return made


def _settle(
    invited: Invited, now: datetime, edition: Edition, registration: Registration
) -> tuple[str, Mapping[str, Any]]:
    """What becomes of whoever was invited, with the role that was meant for them."""
    delegation = invited.delegation
    registration.role = invited.invitation.role
    if registration.role == HEAD and find_head(delegation.id):
        registration.role = "delegate"  # somebody else has become the head meanwhile
    belong(registration, delegation)
    if has_place(count_places(delegation, edition), registration.role, edition.roles_outside):
        vouch(edition, registration, now=now)
        return "registration_by_delegation", {"delegation": invited.names}
    registration.state, registration.decided_at, registration.waitlisted_at = "submitted", None, None
    return MAIL_OF_ARRIVAL["submitted"], {}


def _record_accepted(made: Submitted, invited: Invited, now: datetime) -> None:
    audit.record(
        DELEGATE,
        "invitation.accept",
        now=now,
        subject_type="delegation",
        subject_id=invited.delegation.id,
        edition_id=invited.edition.id,
        new={"registration": made.registration.reference, "state": made.registration.state},
    )


def _read(link: PrivateLink) -> DelegationInvitation | None:
    delegation = joinedload(DelegationInvitation.delegation)
    return db.session.scalar(
        select(DelegationInvitation)
        .where(DelegationInvitation.id == link.delegation_invitation_id)
        .options(delegation.joinedload(Delegation.country), delegation.joinedload(Delegation.body))
        .execution_options(populate_existing=True)
    )


def _record(
    place: Workspace,
    action: str,
    invitation: DelegationInvitation,
    *,
    now: datetime,
    new: Mapping[str, Any] | None = None,
) -> None:
    """The address stays out of the audit list: it is erased with the invitation, not with the list."""
    audit.record(
        place.actor,
        action,
        now=now,
        subject_type="delegation",
        subject_id=invitation.delegation_id,
        edition_id=place.edition.id,
        new=new,
    )
