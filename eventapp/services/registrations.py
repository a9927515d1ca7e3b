"""Registrations come in: one transaction checks the window, gives a place or a place in line, and writes everything."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, or_, select
from sqlalchemy.exc import IntegrityError

from eventapp.errors import Conflict
from eventapp.extensions import db
from eventapp.models import Edition, PrivacyNotice, PrivateLink, Registration
from eventapp.rules.access import DELEGATE, Actor
from eventapp.rules.counting import counted_country, counted_day
from eventapp.rules.edition import PUBLIC_STATES, Window, check_registration_open
from eventapp.rules.name import name_sort_key
from eventapp.rules.reference_code import make_reference
from eventapp.rules.registration import arrive
from eventapp.rules.registration_form import Details
from eventapp.rules.vouching import Body, why_secretariat
from eventapp.services import audit, delegations_assign, delegations_vouching, links, mail
from eventapp.services.editions import lock_edition, window_of
from eventapp.services.endorsements import ask_for
from eventapp.services.quotas import exist_for, person_of
from eventapp.services.reference import find_body
from eventapp.services.registrations_places import places_for, places_for_newcomers

MAIL_OF_ARRIVAL = {
    "submitted": "registration_received",
    "approved": "registration_approved",
    "waitlisted": "registration_waitlisted",
}


# What a delegation decides in place of the way of approval: fills in what becomes of a newcomer, and names the letter with
# what it says beyond the registration.
Settle = Callable[[Edition, Registration], tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True, kw_only=True)
class FormFacts:
    """What decides whether an edition's form is shown; the truth is asked again when somebody confirms."""

    edition_id: int
    ordinal: int
    window: Window


@dataclass(frozen=True)
class Submitted:
    """A registration that is in, its link, and whether this very call brought it in."""

    registration: Registration
    link: PrivateLink
    is_new: bool


def submit(
    edition_id: int,
    details: Details,
    *,
    nonce: UUID,
    notice_id: int | None,
    now: datetime,
    secret: str,
    actor: Actor = DELEGATE,
    check_window: Callable[[Window, datetime], bool] = check_registration_open,
    settle: Settle | None = None,
) -> Submitted:
    """Take in one registration; the same nonce gives the same one again. Refuses outside the window.

    `check_window` says whether it is late or refuses; `settle` decides where a delegation vouches for the person.
    Raises Conflict("again") if another process wrote the same nonce or reference at the same moment: call it again.
    """
    edition = lock_edition(edition_id)
    found = _free_reference(edition, nonce)
    if found.known is not None:
        return Submitted(found.known, _link_of(found.known, secret=secret, now=now), is_new=False)
    is_late = check_window(window_of(edition), now)
    registration = Registration(
        edition_id=edition.id,
        reference=found.reference,
        nonce=nonce,
        is_late=is_late,
        privacy_notice_id=notice_id,
        submitted_at=now,
        received_on=counted_day(now, edition.time_zone),
    )
    fill(registration, details)
    if settle is None and found.has_delegations:
        delegations_assign.assign(registration)
    letter = (settle or partial(_arrive, has_quotas=found.has_quotas, now=now))(edition, registration)
    db.session.add(registration)
    _flush()
    link = links.make_link("registration", secret=secret, now=now, registration_id=registration.id)
    _tell_and_record(actor, registration, link, letter, now=now, secret=secret)
    return Submitted(registration, link, is_new=True)


def _arrive(
    edition: Edition, registration: Registration, *, has_quotas: bool, now: datetime
) -> tuple[str, Mapping[str, Any]]:
    """Give a place, a place in line, or a place among those who wait for a decision."""
    if edition.approval != "open":
        free = None  # nobody gets a place yet
    elif has_quotas:
        free = places_for(edition, person_of(registration))
    else:
        free = places_for_newcomers(edition)
    arrival = arrive(approval=edition.approval, is_late=registration.is_late, free_places=free)
    registration.state = arrival.state
    registration.waitlisted_at = now if arrival.state == "waitlisted" else None
    registration.decided_at = now if arrival.state == "approved" else None
    body = None
    if edition.approval == "two_steps":
        body = delegations_vouching.find_body(edition, registration)
    return MAIL_OF_ARRIVAL[registration.state], next_step(edition, registration.state, body)


def fill(registration: Registration, details: Details) -> None:
    """Write checked details into a registration, with all that follows from them: body, counted country, sort name.

    A body that the secretariat linked stays as long as the organisation reads as before.
    """
    if registration.organisation != details.organisation or registration.id is None:
        body = find_body(details.organisation) if details.organisation else None
        registration.body_id = body.id if body else None
        registration.body_kind = body.kind if body else None
    values = columns_of(details, body_id=registration.body_id, body_kind=registration.body_kind)
    for name, value in values.items():
        setattr(registration, name, value)


def columns_of(details: Details, *, body_id: int | None, body_kind: str | None) -> dict[str, Any]:
    """Checked details by the names of the table's columns, with all that follows from them and the body they name."""
    counted = counted_country(
        represents=details.represents,
        country_code=details.country_code,
        seat_country_code=details.seat_country_code,
        sector_code=details.sector_code,
        body_kind=body_kind,
    )
    return values_of_details(details) | {
        "body_id": body_id,
        "body_kind": body_kind,
        "counted_country_code": counted.code,
        "country_basis": counted.basis,
        "sort_name": name_sort_key(details.given_name, details.family_name),
    }


def values_of_details(details: Details) -> dict[str, Any]:
    """The details by the names of the table's columns."""
    values = dict(vars(details))
    values["languages"] = list(details.languages)
    return values


def values_of(registration: Registration) -> dict[str, Any]:
    """What the person told us, by the names of the table's columns; for comparing before and after."""
    return {name: getattr(registration, name) for name in Details.__dataclass_fields__}


def list_form_facts() -> Mapping[int, FormFacts]:
    """Ordinal -> facts of every edition that anybody may see; one query."""
    editions = db.session.scalars(select(Edition).where(Edition.state.in_(PUBLIC_STATES)))
    return {
        one.ordinal: FormFacts(edition_id=one.id, ordinal=one.ordinal, window=window_of(one))
        for one in editions
    }


def find_notice(number: int | None = None) -> PrivacyNotice | None:
    """The privacy notice in force, or the published version with this number."""
    query = select(PrivacyNotice).where(PrivacyNotice.published_at.is_not(None))
    if number is not None:
        query = query.where(PrivacyNotice.number == number)
    return db.session.scalar(query.order_by(PrivacyNotice.number.desc()).limit(1))


class Found(NamedTuple):
    """What the first query of a registration finds out."""

    reference: str  # one that nobody has
    known: Registration | None  # what this form has brought in already
    has_quotas: bool  # limits beside the edition's capacity
    has_delegations: bool


def _look() -> Select[tuple[bool, bool, Registration]]:
    """One row at least: what the edition has, beside whoever holds this nonce or reference already."""
    edition_id: BindParameter[int] = bindparam("edition_id")
    has_quotas, has_delegations = exist_for(edition_id), delegations_assign.exists_for(edition_id)
    one_row = select(has_quotas.label("has_quotas"), has_delegations.label("has_delegations")).subquery()
    query = select(one_row.c.has_quotas, one_row.c.has_delegations, Registration).select_from(one_row)
    same = or_(Registration.nonce == bindparam("nonce"), Registration.reference == bindparam("reference"))
    return query.outerjoin(Registration, same)


_LOOK: Final = _look()  # made once: to put it together costs more than to ask it


def _free_reference(edition: Edition, nonce: UUID) -> Found:
    """A reference code nobody has, or the registration that this form has brought in already; one query as a rule.

    The same query says whether the edition has limits beside its capacity and represented bodies: an edition without takes
    no further one.
    """
    while True:
        reference = make_reference(secrets.choice)
        values = {"edition_id": edition.id, "nonce": nonce, "reference": reference}
        found = db.session.execute(_LOOK, values).all()
        facts = (found[0].has_quotas or bool(edition.roles_outside), found[0].has_delegations)
        mine = [row[2] for row in found if row[2] is not None]
        if not mine:
            return Found(reference, None, *facts)
        for registration in mine:
            if registration.nonce == nonce:
                return Found(reference, registration, *facts)


def _link_of(registration: Registration, *, secret: str, now: datetime) -> PrivateLink:
    known = links.find_registration_links([registration.id]).get(registration.id)
    return known or links.make_link("registration", secret=secret, now=now, registration_id=registration.id)


def _flush() -> None:
    """Write the row; what a unique constraint refuses is somebody else's at the same moment."""
    try:
        db.session.flush()
    except IntegrityError as error:
        if any(name in str(error.orig) for name in ("nonce", "reference")):
            raise Conflict(
                "This was sent twice at the same moment. Please try again.", code="again"
            ) from None
        raise


def next_step(edition: Edition, state: str, body: Body | None) -> Mapping[str, Any]:
    """With two steps: who decides next about somebody of this represented body, for the letter; empty with one."""
    if edition.approval != "two_steps" or state != "submitted":
        return {}
    return {"step": why_secretariat(body) or "body", "delegation": body.names if body else {}}


def _tell_and_record(
    actor: Actor,
    registration: Registration,
    link: PrivateLink,
    letter: tuple[str, Mapping[str, Any]],
    *,
    now: datetime,
    secret: str,
) -> None:
    """Write to the person, and to those who have to endorse them."""
    kind, values = letter
    mail.enqueue(
        kind,
        recipient=registration.email,
        language=registration.language,
        now=now,
        registration=registration,
        link=link,
        values=values,
    )
    ask_for(registration, now=now, secret=secret)
    new: Mapping[str, Any] = {
        "state": registration.state,
        "is_late": registration.is_late,
        "sector_code": registration.sector_code,
        "counted_country_code": registration.counted_country_code,
        "role": registration.role,
    }
    audit.record(
        actor,
        "registration.submit",
        now=now,
        subject_type="registration",
        subject_id=registration.id,
        edition_id=registration.edition_id,
        new=new,
    )
