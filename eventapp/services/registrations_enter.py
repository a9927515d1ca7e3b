"""What the secretariat writes into registrations: adds a person, corrects, links an organisation, gives a role, sends the link."""

from datetime import datetime
from typing import Any
from uuid import UUID

from eventapp.errors import Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import Body, Registration
from eventapp.rules.access import Actor
from eventapp.rules.counting import counted_country
from eventapp.rules.decision import check_entry
from eventapp.rules.quota import Person
from eventapp.rules.registration_form import Details
from eventapp.rules.vocabulary import DELEGATE_ROLES
from eventapp.services import audit, delegations_assign, links, versions
from eventapp.services.delegations_heads import find_second_head
from eventapp.services.editions import get_edition_to_edit, lock_edition
from eventapp.services.endorsements import ask_for
from eventapp.services.mail_bulk import Letter, enqueue_many, refuse_repeat
from eventapp.services.quotas import person_of
from eventapp.services.registrations import Submitted, fill, submit, values_of
from eventapp.services.registrations_list import get_registration
from eventapp.services.registrations_places import promote_waiting

_FOLLOWING = ("body_id", "body_kind", "counted_country_code", "country_basis")


def enter(
    actor: Actor, ordinal: int, details: Details, *, nonce: UUID, now: datetime, secret: str
) -> Submitted:
    """Add a person on their behalf, after the closing date as late; places and waiting list hold.

    Refuses readers, and a second head of a delegation.
    The person gets the same mail as after the form; they have agreed to no privacy notice yet.
    """
    edition = get_edition_to_edit(actor, ordinal)
    made = submit(
        edition.id,
        details,
        nonce=nonce,
        notice_id=None,
        now=now,
        secret=secret,
        actor=actor,
        check_window=check_entry,
    )
    if made.is_new:
        _check_one_head(made.registration)
    return made


def correct(
    actor: Actor,
    ordinal: int,
    reference: str,
    details: Details,
    *,
    version: int,
    tell: bool,
    now: datetime,
    secret: str,
    nonce: UUID,
) -> Registration:
    """Correct what a person told us; `tell` writes them a mail.

    Refuses readers, erased people, an outdated version, and a second head of a delegation.
    """
    registration = _get_to_change(actor, ordinal, reference, version)
    before, person = _values(registration), person_of(registration)
    fill(registration, details)
    after = _values(registration)
    if before != after:
        if before["role"] != after["role"]:
            _check_one_head(registration)
        _record(actor, "correct", registration, before, after, version=version, now=now)
        try:
            _follow(actor, registration, now=now, secret=secret)
        except Refused as problem:
            raise Invalid({"role": problem}) from None
        if tell:
            letter = Letter(registration.id, registration.email, registration.language)
            _write(letter, registration, "registration_changed", nonce=nonce, now=now, secret=secret)
        _let_up(actor, registration, person, now=now)
    return registration


def give_role(
    actor: Actor, ordinal: int, reference: str, role: str, *, version: int, now: datetime
) -> Registration:
    """Give a person any role in the delegation, those of the secretariat included; refuses a second head of one."""
    if role not in DELEGATE_ROLES:
        raise Invalid({"role": Refused("Choose a role from the list.")})
    registration = _get_to_change(actor, ordinal, reference, version)
    before, person = {"role": registration.role}, person_of(registration)
    registration.role = role
    if before["role"] != role:
        if problem := find_second_head(registration.delegation_id, registration):
            raise problem
        _record(actor, "role", registration, before, {"role": role}, version=version, now=now)
        _let_up(actor, registration, person, now=now)
    return registration


def link_body(
    actor: Actor,
    ordinal: int,
    reference: str,
    body_id: int | None,
    *,
    version: int,
    now: datetime,
    secret: str,
) -> Registration:
    """Link a typed organisation to a known body, or take the link away; counted country and delegation follow."""
    registration = _get_to_change(actor, ordinal, reference, version)
    if registration.represents != "organisation":
        raise Refused("This person represents a country, not an organisation.")
    body = db.session.get(Body, body_id) if body_id else None
    if body_id and body is None:
        raise Invalid({"body": NotFound("Choose a body from the list.")})
    before, person = _values(registration), person_of(registration)
    registration.body_id = body.id if body else None
    registration.body_kind = body.kind if body else None
    counted = counted_country(
        represents=registration.represents,
        country_code=registration.country_code,
        seat_country_code=registration.seat_country_code,
        sector_code=registration.sector_code,
        body_kind=registration.body_kind,
    )
    registration.counted_country_code, registration.country_basis = counted.code, counted.basis
    after = _values(registration)
    if before != after:
        _record(actor, "link", registration, before, after, version=version, now=now)
        _follow(actor, registration, now=now, secret=secret)
        _let_up(actor, registration, person, now=now)
    return registration


def resend_link(
    actor: Actor, ordinal: int, reference: str, *, nonce: UUID, now: datetime, secret: str
) -> None:
    """Send the private link once more; refuses readers, erased people and the same nonce a second time."""
    registration = _get_to_change(actor, ordinal, reference, None)
    refuse_repeat(nonce, [registration.id])
    link_id = links.ensure_registration_links([registration.id], secret=secret, now=now)[registration.id]
    values = {"registrations": [{"registration_id": registration.id, "link_id": link_id}]}
    letter = Letter(registration.id, registration.email, registration.language, values)
    _write(letter, registration, "registration_link", nonce=nonce, now=now, secret=secret)
    _record(actor, "resend", registration, {}, {}, now=now)


def _get_to_change(actor: Actor, ordinal: int, reference: str, version: int | None) -> Registration:
    edition = lock_edition(get_edition_to_edit(actor, ordinal).id)
    registration = get_registration(edition, reference)
    if registration.erased_at:
        raise Refused("This person has been erased. Nothing can be changed any more.", code="erased")
    if registration.merged_into_id:
        raise Refused("This registration was merged. Change the one that stays.", code="merged")
    if version is not None:
        versions.check(registration, version)
    return registration


def _check_one_head(registration: Registration) -> None:
    """Refuse a second head of a delegation, at the field of the role."""
    if problem := find_second_head(registration.delegation_id, registration):
        raise Invalid({"role": problem})


def _follow(actor: Actor, registration: Registration, *, now: datetime, secret: str) -> None:
    """Another represented body is asked to endorse whom the one of before has endorsed or not."""
    if delegations_assign.follow(actor, registration, now=now):
        ask_for(registration, now=now, secret=secret)


def _let_up(actor: Actor, registration: Registration, before: Person, *, now: datetime) -> None:
    """Whoever counts for other quotas than before may have freed a place, or wait for one that is free.

    The secretariat corrects what is wrong even where a quota is full: it then stands among those over their limit.
    """
    if person_of(registration) != before:
        promote_waiting(actor, registration.edition, now=now)


def _values(registration: Registration) -> dict[str, Any]:
    return values_of(registration) | {name: getattr(registration, name) for name in _FOLLOWING}


def _record(
    actor: Actor,
    verb: str,
    registration: Registration,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    now: datetime,
    version: int | None = None,
) -> None:
    old, new = audit.differences(before, after)
    if version is not None:
        old["version"] = version
    audit.record(
        actor,
        f"registration.{verb}",
        now=now,
        subject_type="registration",
        subject_id=registration.id,
        edition_id=registration.edition_id,
        old=old,
        new=new,
    )


def _write(
    letter: Letter, registration: Registration, kind: str, *, nonce: UUID, now: datetime, secret: str
) -> None:
    enqueue_many(kind, [letter], edition_id=registration.edition_id, nonce=nonce, now=now, secret=secret)
