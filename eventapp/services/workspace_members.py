"""What a focal point writes about people of the delegation: registers, changes, replaces, withdraws them."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from eventapp.errors import Conflict, Invalid, Refused
from eventapp.extensions import db
from eventapp.models import Delegation, Edition, Registration
from eventapp.rules.counting import counted_country
from eventapp.rules.edition import Window
from eventapp.rules.name import full_name
from eventapp.rules.registration import OPEN_STATES, check_replacement, check_withdrawal
from eventapp.rules.registration_form import Details
from eventapp.rules.vocabulary import HOLDING_STATES
from eventapp.rules.workspace import check_member_change, check_place, check_role
from eventapp.services import audit, links, mail, versions
from eventapp.services.delegations_heads import find_second_head
from eventapp.services.editions import window_of
from eventapp.services.quotas import person_of
from eventapp.services.registrations import Settle, Submitted, fill, submit, values_of
from eventapp.services.registrations_places import check_moved, places_for, promote_waiting
from eventapp.services.workspace import Workspace, count_places, get_member

_OWN: Final = ("role", "dietary_needs", "accessibility_needs", "is_listed")


def register(place: Workspace, details: Details, *, nonce: UUID, now: datetime, secret: str) -> Submitted:
    """Register somebody on their behalf: endorsed at once, in any role, within the quota and the time for registration.

    Refuses when the quota is full, a second head, and whoever is in the delegation already. The same nonce gives the same
    person again.
    """

    def settle(edition: Edition, registration: Registration) -> tuple[str, Mapping[str, Any]]:
        belong(registration, place.delegation)
        _check_newcomer(registration)
        check_one_head(place.delegation.id, registration)
        check_place(count_places(place.delegation, place.edition), registration.role, edition.roles_outside)
        vouch(edition, registration, now=now)
        return "registration_by_delegation", {"delegation": place.names}

    return _submit(place, details, settle, nonce=nonce, now=now, secret=secret)


def change(
    place: Workspace, reference: str, details: Details, *, version: int, now: datetime
) -> Registration:
    """Change a member's details until the freeze date; refuses with Stale an old version.

    State and role stay, and what is the person's own: needs, and the consent to be listed.
    """
    member = get_member(place, reference)
    check_member_change(member.state, window_of(place.edition), now)
    versions.check(member, version)
    before, address = values_of(member), member.email
    kept, person = {name: getattr(member, name) for name in _OWN}, person_of(member)
    fill(member, dataclasses.replace(details, **kept))
    belong(member, place.delegation)
    check_moved(place.edition, member, person)
    old, new = audit.differences(before, values_of(member))
    if new:
        record(place, "change_for", member, old={**old, "version": version}, new=new, now=now)
        for recipient in dict.fromkeys((member.email, address)):
            tell(member, "registration_changed", now=now, recipient=recipient)
    return member


def replace(
    place: Workspace,
    reference: str,
    details: Details,
    *,
    version: int,
    nonce: UUID,
    now: datetime,
    secret: str,
) -> Submitted:
    """Give the place of somebody who is approved to another name: one transaction, both are told, check-ins stay.

    Refuses whoever is not approved, after the freeze date, a second head, and with Stale an old version.
    """
    former = get_member(place, reference)
    known = _successor(former, nonce)
    if known is None:
        check_replacement(former.state)
        check_member_change(former.state, window_of(place.edition), now)
        versions.check(former, version)
        former.state, former.decided_at, former.reason = "replaced", now, ""
        db.session.flush()

    def settle(edition: Edition, registration: Registration) -> tuple[str, Mapping[str, Any]]:
        belong(registration, place.delegation)
        check_one_head(place.delegation.id, registration)
        registration.state, registration.decided_at, registration.endorsed_at = "approved", now, now
        registration.waitlisted_at, registration.delegation_order = None, former.delegation_order
        db.session.add(registration)
        check_moved(edition, registration, person_of(former))  # the place of before, and no other
        return "registration_by_delegation", {"delegation": place.names}

    made = _submit(place, details, settle, nonce=nonce, now=now, secret=secret, check_window=_in_time)
    if made.is_new:
        former.replaced_by_id = made.registration.id
        old, new = {"state": "approved", "version": version}, {"state": "replaced"}
        record(place, "replace", former, old=old, new=new, now=now)
        tell(former, "registration_replaced", now=now, values={"delegation": place.names})
    return made


def _successor(former: Registration, nonce: UUID) -> Registration | None:
    """Whoever came by this very form already; a second click finds them."""
    wanted = (Registration.id == former.replaced_by_id, Registration.nonce == nonce)
    return db.session.scalar(select(Registration).where(*wanted))


def _in_time(window: Window, now: datetime) -> bool:
    """A successor takes over a place that was given in time: never late."""
    del window, now
    return False


def withdraw(place: Workspace, reference: str, *, version: int, reason: str, now: datetime) -> Registration:
    """Withdraw a member, who is told why if a reason is given; the first in line moves up in the same transaction."""
    member = get_member(place, reference)
    check_withdrawal(member.state)
    versions.check(member, version)
    held, old = member.state in HOLDING_STATES, {"state": member.state, "version": version}
    member.state, member.decided_at, member.reason = "withdrawn", now, reason
    record(place, "withdraw_for", member, old=old, new={"state": "withdrawn"}, now=now, reason=reason)
    tell(member, "registration_withdrawn_for", now=now, values={"delegation": place.names, "reason": reason})
    if held:
        promote_waiting(place.actor, place.edition, now=now)
    return member


def vouch(edition: Edition, registration: Registration, *, now: datetime) -> None:
    """Endorse a newcomer; where people are approved at once, they get a place or a place in line. Under the lock."""
    registration.endorsed_at, registration.state = now, "endorsed"
    registration.decided_at, registration.waitlisted_at = now, None
    if edition.approval != "open" or registration.is_late:
        return
    if places_for(edition, person_of(registration)):
        registration.state = "approved"
    else:
        registration.state, registration.decided_at, registration.waitlisted_at = "waitlisted", None, now


def belong(registration: Registration, delegation: Delegation) -> None:
    """Make somebody one of a delegation: what they represent, and where they count, follow from it."""
    registration.delegation_id = delegation.id
    if delegation.body is not None:
        registration.body_id, registration.body_kind = delegation.body.id, delegation.body.kind
    counted = counted_country(
        represents=registration.represents,
        country_code=registration.country_code,
        seat_country_code=registration.seat_country_code,
        sector_code=registration.sector_code,
        body_kind=registration.body_kind,
    )
    registration.counted_country_code, registration.country_basis = counted.code, counted.basis


def _check_newcomer(registration: Registration) -> None:
    """Refuse the same name with the same address: a form that comes back by the back button would take a second place."""
    same = (
        Registration.delegation_id == registration.delegation_id,
        Registration.sort_name == registration.sort_name,
        Registration.email == registration.email,
        Registration.state.in_(OPEN_STATES),
    )
    known = db.session.scalar(select(Registration).where(*same).order_by(Registration.id).limit(1))
    if known is not None:
        raise Refused(
            "%(name)s is in your delegation already, with the same e-mail address: %(reference)s.",
            name=full_name(known.given_name, known.family_name),
            reference=known.reference,
        )


def check_one_head(delegation_id: int, registration: Registration) -> None:
    """Refuse a second head, at the field of the role."""
    check_role(registration.role)
    if problem := find_second_head(delegation_id, registration):
        raise Invalid({"role": problem})


def _submit(
    place: Workspace,
    details: Details,
    settle: Settle,
    *,
    nonce: UUID,
    now: datetime,
    secret: str,
    **window: Any,
) -> Submitted:
    made = submit(
        place.edition.id,
        details,
        nonce=nonce,
        notice_id=None,  # the person has agreed to none yet
        now=now,
        secret=secret,
        actor=place.actor,
        settle=settle,
        **window,
    )
    if made.registration.delegation_id != place.delegation.id:
        raise Conflict("This form has been sent before, for somebody else. Please open it again.")
    return made


def record(
    place: Workspace,
    verb: str,
    member: Registration,
    *,
    now: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write down what the focal point did to somebody of the delegation."""
    audit.record(
        place.actor,
        f"registration.{verb}",
        now=now,
        subject_type="registration",
        subject_id=member.id,
        edition_id=member.edition_id,
        old=old,
        new=new,
        reason=reason,
    )


def tell(
    member: Registration,
    kind: str,
    *,
    now: datetime,
    recipient: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Write a letter to a member, with the private link where there is an open one."""
    mail.enqueue(
        kind,
        recipient=recipient or member.email,
        language=member.language,
        now=now,
        registration=member,
        link=links.find_registration_links([member.id]).get(member.id),
        values=values,
    )
