"""Where a registration stands, in words that anybody understands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.lists import format_list

from eventapp.blueprints.registrations.vouching import (
    endorsed_line,
    is_asked_first,
    received_line,
    received_next,
)
from eventapp.rules.quota import WHOLE
from eventapp.rules.registration import may_change, may_withdraw
from eventapp.services.editions import window_of
from eventapp.services.registrations_own import Own
from eventapp.web.filters import babel_locale, dates, day, moment, zone_offset
from eventapp.web.quota_words import QuotaWords
from eventapp.web.typed import translate, translate_of


@dataclass(frozen=True)
class Status:
    """One line that says it, one that says what follows from it, and the reason if somebody gave one."""

    line: str
    next: str
    reason: str = ""


@dataclass(frozen=True)
class Step:
    """One point on the way: done, here or todo."""

    kind: str
    title: str
    text: str


def may_be_changed(own: Own, now: datetime) -> bool:
    """Whether the page offers a change."""
    return may_change(own.registration.state, window_of(own.edition), now)


def may_be_withdrawn(own: Own) -> bool:
    """Whether the page offers to withdraw."""
    return may_withdraw(own.registration.state, window_of(own.edition))


def status_of(own: Own) -> Status:
    """The state in plain words."""
    registration = own.registration
    reason = registration.reason
    match registration.state:
        case "submitted":
            return Status(
                received_line(own),
                received_next(own),
            )
        case "endorsed":
            return Status(
                endorsed_line(own),
                translate("You do not need to do anything. You are told by e-mail."),
                reason,
            )
        case "approved":
            return Status(
                translate("Your registration is approved. You have a place."),
                translate("If you cannot come, please withdraw: your place goes to the next in line."),
                reason,
            )
        case "waitlisted":
            return Status(
                translate("You are on the waiting list."),
                _in_line(own),
                reason,
            )
    return _closed_status(own, registration.state, reason)


def _position(own: Own) -> int:
    """The number in line that stands furthest back: no place comes before that."""
    return max((place.number for place in own.in_line), default=1)


def _in_line(own: Own) -> str:
    """Which number in line for what; of an edition with one limit only, the number alone."""
    if all(place.which in (None, WHOLE) for place in own.in_line):
        return translate(
            "You are number %(position)s in line. When a place comes free, you are told by e-mail.",
            position=_position(own),
        )
    words = QuotaWords.of_places([own.in_line])
    lines = [words.your_line(place) for place in own.in_line]
    return " ".join([*lines, translate("When a place comes free, you are told by e-mail.")])


def _closed_status(own: Own, state: str, reason: str) -> Status:
    """A registration that is not open any more."""
    match state:
        case "declined" | "replaced":
            return _ended_by_body(own, reason)
        case "rejected":
            return Status(
                translate("Your registration was not accepted."),
                translate("If you have questions, please write to the secretariat."),
                reason,
            )
        case "withdrawn" if own.decider == "focal_point":
            return _ended_by_body(own, reason)
        case "withdrawn":
            return Status(
                translate("You have withdrawn your registration."),
                translate("This page stays until your data are erased."),
            )
    return Status(
        translate("The secretariat has cancelled your registration."),
        translate("If you have questions, please write to the secretariat."),
        reason,
    )


def _ended_by_body(own: Own, reason: str) -> Status:
    """What the represented body, or the secretariat in its place, has ended."""
    if own.decider == "user":
        return Status(
            translate("The secretariat has not endorsed you in place of your delegation."),
            translate("If you have questions, please write to the secretariat."),
            reason,
        )
    mistaken = translate("If this is a mistake, please write to those who speak for your delegation.")
    match own.registration.state:
        case "replaced":  # without a reason: what stands there is one of an earlier decision
            return Status(translate("Your delegation has given your place to somebody else."), mistaken)
        case "withdrawn":
            return Status(translate("Your delegation has withdrawn your registration."), mistaken, reason)
    return Status(translate("The body you represent has not endorsed you."), mistaken, reason)


def came_on(own: Own) -> str:
    """The days on which the person was checked in, in one sentence; nothing before."""
    if not own.days:
        return ""
    days = format_list([day(one) for one in own.days], locale=babel_locale())
    return translate("You were checked in on %(days)s.", days=days)


def steps_of(own: Own) -> Sequence[Step]:
    """Received, endorsed where a body was asked, decided, conference; what has not come yet is marked so."""
    registration, edition = own.registration, own.edition
    steps = [Step("done", translate("Received"), _when(registration.submitted_at, edition.time_zone))]
    if registration.endorsed_at and registration.state != "declined":
        at = _when(registration.endorsed_at, edition.time_zone)
        steps.append(Step("done", translate_of("registration", "Endorsed"), at))
    conference = Step(
        "todo", translate("Conference"), dates(edition.starts_on, edition.ends_on, edition.date_precision)
    )
    match registration.state:
        case "submitted" if is_asked_first(own):
            here = Step("here", translate("Endorsement of your delegation"), translate("not made yet"))
            return [*steps, here, Step("todo", translate("Decision of the secretariat"), ""), conference]
        case "submitted" | "endorsed":
            here = Step("here", translate("Decision of the secretariat"), translate("not made yet"))
            return [*steps, here, conference]
        case "waitlisted":
            here = Step(
                "here",
                translate("On the waiting list"),
                translate("number %(position)s in line", position=_position(own)),
            )
            return [*steps, here, Step("todo", translate("A place"), ""), conference]
    last = _last_step(own)
    return [*steps, last, conference] if registration.state == "approved" else [*steps, last]


def _last_step(own: Own) -> Step:
    """The decision that was made."""
    registration = own.registration
    at = _when(registration.decided_at, own.edition.time_zone) if registration.decided_at else ""
    match registration.state:
        case "approved":
            return Step("done", translate_of("registration", "Approved"), at)
        case "declined":
            return Step("here", translate_of("registration", "Not endorsed"), at)
        case "replaced":
            return Step("here", translate_of("registration", "Replaced by somebody else"), at)
        case "rejected":
            return Step("here", translate_of("registration", "Not accepted"), at)
        case "withdrawn":
            return Step("here", translate_of("registration", "Withdrawn"), at)
    return Step("here", translate("Cancelled by the secretariat"), at)


def _when(at: datetime, zone: str) -> str:
    return translate("%(moment)s (%(zone)s)", moment=moment(at, zone), zone=zone_offset(at, zone))
