"""What a delegate does with the private link: look, change, withdraw, take the data along, ask for the link again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp.errors import Closed, NotFound
from eventapp.extensions import db
from eventapp.models import AuditEntry, CheckIn, Edition, OutboxMessage, Registration
from eventapp.rules.access import DELEGATE
from eventapp.rules.edition import PAST_STATES
from eventapp.rules.quota import Place
from eventapp.rules.registration import check_change, check_withdrawal
from eventapp.rules.registration_form import Details
from eventapp.rules.vouching import Body
from eventapp.services import (
    attendance,
    audit,
    delegations_assign,
    delegations_vouching,
    links,
    mail,
    registrations_list,
    speakers_held,
    versions,
)
from eventapp.services.delegations_copies import tell_withdrawn
from eventapp.services.editions import lock_edition, window_of
from eventapp.services.endorsements import ask_for
from eventapp.services.quotas import person_of
from eventapp.services.registrations import fill, values_of
from eventapp.services.registrations_places import check_moved, explain_waiting, promote_waiting

_DECIDED: Final = {
    "endorsed": ("registration.endorse",),
    "declined": ("registration.decline",),
    "withdrawn": ("registration.withdraw", "registration.withdraw_for"),
}
MOST_LINKS = 50  # of one address in one letter


@dataclass(frozen=True)
class Own:
    """A registration as its owner sees it, with the places in line: one for each quota that is full."""

    registration: Registration
    edition: Edition
    in_line: Sequence[Place]
    days: Sequence[date]  # on which the person was checked in
    body: Body | None = None  # the one that vouches, if it is on the edition's list
    decider: str = ""  # what kind of actor endorsed, declined or withdrew; nothing in other states


def get_own(token: str) -> Own:
    """The registration a private link leads to; raises NotFound for a wrong token, Closed for one that is closed."""
    registration = _find(token)
    days = attendance.list_days(registration)
    places = explain_waiting(registration.edition, [registration])
    body = delegations_vouching.find_body(registration.edition, registration)
    decider = _decider(registration)
    return Own(registration, registration.edition, places.get(registration.id, ()), days, body, decider)


def _decider(registration: Registration) -> str:
    """Who endorsed, declined or withdrew: the body, the person, or the secretariat for a body that nobody speaks for."""
    if registration.state not in _DECIDED:
        return ""
    theirs = (AuditEntry.subject_type == "registration", AuditEntry.subject_id == registration.id)
    decided = AuditEntry.action.in_(_DECIDED[registration.state])
    last = select(AuditEntry.actor_kind).where(*theirs, decided).order_by(AuditEntry.id.desc())
    return db.session.scalar(last.limit(1)) or ""


def change(token: str, details: Details, *, version: int, now: datetime, secret: str) -> Registration:
    """Let the owner change the answers until the freeze date; the state stays, the country that counts follows.

    Whoever was endorsed and represents another body now waits for that one to vouch, which is told so. Refuses with Stale
    if the registration is not any more what the form showed.
    """
    registration, edition = _locked(token)
    check_change(registration.state, window_of(edition), now)
    versions.check(registration, version)
    before, address, person = values_of(registration), registration.email, person_of(registration)
    fill(registration, details)
    old, new = audit.differences(before, values_of(registration))
    if not new:
        return registration
    _record(registration, "registration.change", now=now, old={**old, "version": version}, new=new)
    if delegations_assign.follow(DELEGATE, registration, now=now):
        ask_for(registration, now=now, secret=secret)
    check_moved(edition, registration, person)
    # The old address hears of it too: whoever took the link over cannot hide that.
    for recipient in dict.fromkeys((registration.email, address)):
        _tell(registration, "registration_changed", now=now, recipient=recipient)
    if person_of(registration) != person:
        promote_waiting(DELEGATE, edition, now=now)
    return registration


def withdraw(token: str, *, now: datetime) -> Registration:
    """Let the owner withdraw; the first in line moves up in the same transaction, and the focal points are told."""
    registration, edition = _locked(token)
    if edition.state in PAST_STATES:
        raise Closed("This edition has taken place.", code="over")
    check_withdrawal(registration.state)
    old = {"state": registration.state, "version": registration.version}
    registration.state, registration.decided_at, registration.reason = "withdrawn", now, ""
    _record(registration, "registration.withdraw", now=now, old=old, new={"state": "withdrawn"})
    _tell(registration, "registration_withdrawn", now=now)
    tell_withdrawn(registration, now=now)
    promote_waiting(DELEGATE, edition, now=now)
    return registration


def export_own(token: str, *, now: datetime) -> Mapping[str, Any]:
    """All data held about the person behind a link, as JSON values; leaves an audit row."""
    registration = _find(token)
    merged = registrations_list.list_merged(registration)
    history = audit.list_of_subjects("registration", [registration.id, *(one.id for one in merged)])
    letters = db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.registration_id.in_([registration.id, *(one.id for one in merged)]))
        .order_by(OutboxMessage.id)
    ).all()
    exported = {
        "edition": registration.edition.ordinal,
        "registration": _held(registration),
        "merged_registrations": [_held(one) for one in merged],
        "speaker_profiles": speakers_held.list_held(registration.id),
        "check_ins": [_check_in(one) for one in attendance.list_check_ins(registration)],
        "privacy_notice": registration.privacy_notice.number if registration.privacy_notice else None,
        "history": [_history_line(entry) for entry in history],
        "letters": [
            {"kind": one.kind, "to": one.recipient, "written_at": _plain(one.created_at), "state": one.state}
            for one in letters
        ],
    }
    _record(registration, "registration.export_own", now=now)
    return exported


_INTERNAL = frozenset(
    {"id", "merged_into_id", "edition_id", "nonce", "sort_name", "body_id", "privacy_notice_id", "version"}
)


def _held(registration: Registration) -> dict[str, Any]:
    columns = (column.key for column in Registration.__table__.columns)
    return {name: _plain(getattr(registration, name)) for name in columns if name not in _INTERNAL}


def send_links(email: str, *, now: datetime, secret: str) -> None:
    """Write one letter with a new link to each registration of an address; says nothing about whether there are any.

    The audit row is written either way and holds no address, so that both answers take the same work.
    """
    audit.record(DELEGATE, "registration.send_link", now=now, subject_type="registration")
    found = db.session.scalars(
        select(Registration)
        .where(Registration.email == email, Registration.erased_at.is_(None))
        .order_by(Registration.id.desc())
        .limit(MOST_LINKS)
    ).all()
    kept = {one.id for one in found}
    found = [
        one for one in found if one.merged_into_id not in kept
    ]  # that one's link stands in the letter already
    if not found:
        return
    made = [links.make_link("registration", secret=secret, now=now, registration_id=one.id) for one in found]
    mail.enqueue(
        "registration_link",
        recipient=found[0].email,
        language=found[0].language,
        now=now,
        registration=found[0],
        link=made[0],
        values={
            "registrations": [
                {"registration_id": one.id, "link_id": link.id} for one, link in zip(found, made, strict=True)
            ]
        },
    )


def _find(token: str) -> Registration:
    link = links.find_any_link(token, "registration")
    if link is None or link.registration_id is None:
        raise NotFound("This link leads nowhere. Please check that it is complete.", code="link")
    registration = _read(link.registration_id)
    if registration is not None and registration.merged_into_id is not None:
        registration = _read(
            registration.merged_into_id
        )  # the same person: both links lead to the one that stays
    if registration is None or registration.erased_at is not None:
        raise Closed("What was kept about this registration has been erased on request.", code="gone")
    if link.revoked_at is not None:
        raise Closed("This link is not valid any more. Please ask for a new one.", code="gone")
    return registration


def _read(number: int) -> Registration | None:
    edition = joinedload(Registration.edition)
    return db.session.get(Registration, number, options=[edition], populate_existing=True)


def _locked(token: str) -> tuple[Registration, Edition]:
    """The registration, read again after its edition was locked."""
    edition = lock_edition(_find(token).edition_id)
    return _find(token), edition


def _record(
    registration: Registration,
    action: str,
    *,
    now: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        DELEGATE,
        action,
        now=now,
        subject_type="registration",
        subject_id=registration.id,
        edition_id=registration.edition_id,
        old=old,
        new=new,
    )


def _tell(registration: Registration, kind: str, *, now: datetime, recipient: str | None = None) -> None:
    mail.enqueue(
        kind,
        recipient=recipient or registration.email,
        language=registration.language,
        now=now,
        registration=registration,
        link=links.find_registration_links([registration.id]).get(registration.id),
    )


def _history_line(entry: AuditEntry) -> dict[str, Any]:
    """An entry without the names of those who work at the secretariat."""
    return {
        "at": _plain(entry.at),
        "by": entry.actor_kind,
        "action": entry.action,
        "reason": entry.reason,
        "old": {name: value for name, value in entry.old.items() if name not in _INTERNAL},
        "new": entry.new,
    }


def _check_in(one: CheckIn) -> dict[str, Any]:
    """A check-in without the names of those who work at the door."""
    return {
        "day": one.on.isoformat(),
        "at": _plain(one.at),
        "desk": one.desk,
        "undone_at": _plain(one.undone_at),
        "undone_reason": one.undone_reason,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, (str, int, float, bool, dict, list, type(None))) else str(value)
