"""The kinds of mail about a body that vouches: what its focal points or the secretariat in its place do, and what they are told."""

from typing import Final

from eventapp.errors import message
from eventapp.rules.mail_letter import COMMON, MailKind

_BODY: Final = (*COMMON, "delegation")
_DELEGATION: Final = (
    "greeting",
    "name",
    "delegation",
    "edition",
    "dates",
    "place",
    "facts",
    "link",
    "contact",
)
_LEFT: Final = tuple("people" if one == "facts" else one for one in (*_DELEGATION, "places"))
OF_DELEGATIONS: Final = (
    MailKind(
        word="registration_endorsed_for",
        says=message("To the person, when the secretariat endorses in place of the represented body."),
        placeholders=(*_BODY, "reason"),
        template="registration_endorsed",
        values={"by": "secretariat"},
    ),
    MailKind(
        word="registration_declined_for",
        says=message(
            "To the person, when the secretariat does not endorse in place of the represented body."
        ),
        placeholders=(*_BODY, "reason"),
        needed=("reason", "link"),
        template="registration_declined",
        values={"by": "secretariat"},
    ),
    MailKind(
        word="registration_endorsed",
        says=message("To the person, when the represented body endorses a registration."),
        placeholders=(*_BODY, "reason"),
    ),
    MailKind(
        word="registration_declined",
        says=message("To the person, when the represented body does not endorse a registration."),
        placeholders=(*_BODY, "reason"),
        needed=("reason", "link"),
    ),
    MailKind(
        word="registration_replaced",
        says=message("To the person, when the delegation gives the place to somebody else."),
        placeholders=_BODY,
    ),
    MailKind(
        word="registration_by_delegation",
        says=message("To the person, when the delegation registers somebody or an invitation is accepted."),
        placeholders=(*_BODY, "state_note"),
    ),
    MailKind(
        word="registration_withdrawn_for",
        says=message("To the person, when the delegation withdraws a registration."),
        placeholders=(*_BODY, "reason"),
    ),
    MailKind(
        word="delegation_invitation",
        says=message("To somebody whom a focal point invites to register."),
        placeholders=(*_DELEGATION, "inviter"),
        to="invited",
    ),
    MailKind(
        word="endorsement_wanted",
        says=message("To a focal point, when somebody waits for an endorsement; once a day at most."),
        placeholders=_DELEGATION,
        to="focal_point",
    ),
    MailKind(
        word="delegation_decided",
        says=message("To focal points, when the secretariat decides about people of their delegation."),
        fixed=message("It lists the people of a delegation."),
    ),
    MailKind(
        word="delegation_withdrawn",
        says=message("To focal points, when somebody of their delegation withdraws with the private link."),
        placeholders=_LEFT,
        needed=("people", "places", "link"),
        block="people",
        template="delegation_left",
        values={"by": "person"},
        to="focal_point",
    ),
    MailKind(
        word="delegation_cancelled",
        says=message("To focal points, when the secretariat cancels registrations of their delegation."),
        placeholders=(*_LEFT, "reason"),
        needed=("people", "places", "link"),
        block="people",
        template="delegation_left",
        values={"by": "secretariat"},
        to="focal_point",
    ),
)
