"""The one list of the kinds of mail: who gets them and when, and what an edition's own text of a kind may name.

A new kind gets its line here, one about a body that vouches in mail_kind_delegations: a house test names the kinds of templates/mail that have none.
"""

from collections.abc import Mapping
from typing import Any, Final

from eventapp.errors import NotFound, message
from eventapp.rules.mail_kind_delegations import OF_DELEGATIONS
from eventapp.rules.mail_letter import COMMON, MailKind

_REMINDER: Final = (
    *("greeting", "name", "delegation", "edition", "dates", "place", "facts"),
    *("link", "closes", "contact"),
)
_REASON: Final = (*COMMON, "reason")
_DELEGATION: Final = tuple(one for one in _REMINDER if one != "closes")
_SPEAKER: Final = tuple(one for one in _DELEGATION if one != "delegation")
_SECRETARIAT: Final = ("greeting", "name", "edition", "dates", "place", "page")
_LISTED: Final = (
    MailKind(
        word="registration_received",
        says=message("To the person, when a registration comes in and waits for a decision."),
        placeholders=(*COMMON, "late_note", "step_note"),
    ),
    MailKind(
        word="registration_approved",
        says=message("To the person, when a registration is approved."),
        placeholders=_REASON,
    ),
    MailKind(
        word="registration_waitlisted",
        says=message("To the person, when a registration is put on the waiting list."),
        placeholders=_REASON,
    ),
    MailKind(
        word="registration_promoted",
        says=message("To the next in line, when a place becomes free."),
    ),
    MailKind(
        word="registration_rejected",
        says=message("To the person, when the secretariat does not accept a registration."),
        placeholders=_REASON,
        needed=("reason", "link"),
    ),
    MailKind(
        word="registration_cancelled",
        says=message("To the person, when the secretariat cancels a registration."),
        placeholders=_REASON,
        needed=("reason", "link"),
    ),
    MailKind(
        word="registration_changed",
        says=message(
            "To the person, when details of the registration were changed; also to an address of before."
        ),
    ),
    MailKind(
        word="registration_merged",
        says=message("To the person at every known address, when two registrations are merged."),
        placeholders=(*COMMON, "merged"),
    ),
    MailKind(
        word="registration_withdrawn",
        says=message("To the person, when somebody withdraws with the private link."),
    ),
    MailKind(
        word="registration_link",
        says=message("To the person, when the private link was asked for again."),
        placeholders=tuple("links" if one == "facts" else one for one in COMMON),
        needed=("links", "link"),
        block="links",
    ),
    *OF_DELEGATIONS,
    MailKind(
        word="edition_postponed",
        says=message("To everybody who is registered, when the edition is postponed."),
        placeholders=(*COMMON, "notice"),
        needed=("notice", "link"),
        template="edition_notice",
        values={"state": "postponed"},
    ),
    MailKind(
        word="edition_cancelled",
        says=message("To everybody who is registered, when the edition is cancelled."),
        placeholders=(*COMMON, "notice"),
        needed=("notice", "link"),
        template="edition_notice",
        values={"state": "cancelled"},
    ),
    MailKind(
        word="reminder_endorsement",
        says=message("To focal points for whose endorsement people wait, on the days that the edition sets."),
        placeholders=(*_REMINDER, "waiting"),
        to="focal_point",
    ),
    MailKind(
        word="reminder_credentials",
        says=message(
            "To focal points of delegations without credentials, on the days that the edition sets."
        ),
        placeholders=_REMINDER,
        to="focal_point",
    ),
    MailKind(
        word="reminder_invitation",
        says=message(
            "To people who were invited to a delegation and have not registered, on the days that the edition sets."
        ),
        placeholders=_REMINDER,
        to="invited",
    ),
    MailKind(
        word="reminder_waiting",
        says=message(
            "To delegates who wait for the endorsement of their body, on the days that the edition sets."
        ),
        placeholders=(*COMMON, "delegation", "closes"),
    ),
    MailKind(
        word="focal_point_link",
        says=message("To a focal point, with the personal link."),
        placeholders=_DELEGATION,
        to="focal_point",
    ),
    MailKind(
        word="session_seat_given",
        says=message("To somebody whom the secretariat gives a seat in a session by hand."),
        placeholders=(*COMMON, "session"),
        template="session_seat",
        values={"by": "hand"},
    ),
    MailKind(
        word="speaker_invitation",
        says=message("To somebody who is asked to speak, with the private link."),
        placeholders=_SPEAKER,
        to="speaker",
    ),
    MailKind(
        word="reminder_speaker",
        says=message(
            "To speakers of whom something is missing: on the days that the edition sets, and by hand."
        ),
        placeholders=(*_SPEAKER, "missing"),
        needed=("missing", "link"),
        to="speaker",
    ),
    MailKind(
        word="speaker_declined",
        says=message(
            "To the organisers of the edition, when a speaker declines a session or takes an acceptance back."
        ),
        placeholders=(*_SECRETARIAT, "speaker", "sessions"),
        needed=("sessions", "page"),
        block="sessions",
        to="organiser",
    ),
    MailKind(
        word="speaker_accepted",
        says=message("To the organisers of the edition, when a speaker accepts a session that was declined."),
        placeholders=(*_SECRETARIAT, "speaker", "sessions"),
        needed=("sessions", "page"),
        block="sessions",
        to="organiser",
    ),
    MailKind(
        word="session_seat",
        says=message("To somebody on the waiting list of a session, when a seat comes free."),
        placeholders=(*COMMON, "session"),
    ),
    MailKind(
        word="programme_changed",
        says=message(
            "To those concerned, when the secretariat tells what a publication of the programme changed."
        ),
        placeholders=tuple("changes" if one == "facts" else one for one in COMMON),
        needed=("changes", "link"),
        block="changes",
    ),
    MailKind(
        word="session_invited",
        says=message("To somebody who is invited to a closed session, once they may come."),
        placeholders=(*COMMON, "session"),
        needed=("session", "link"),
    ),
    MailKind(
        word="session_removed",
        says=message("To somebody whose place in a session the secretariat takes back."),
        placeholders=(*COMMON, "session", "reason"),
        needed=("reason", "link"),
    ),
    MailKind(
        word="session_closed",
        says=message("To somebody to whom a session of the agenda is not open any more; it cannot be named."),
    ),
    MailKind(
        word="organiser_message",
        says=message("To everybody a list shows, when the secretariat writes to them."),
        fixed=message("It is written anew each time."),
    ),
    MailKind(
        word="invitation",
        says=message("To somebody of the secretariat, when an administrator invites them to an account."),
        fixed=message("It belongs to no edition."),
    ),
    MailKind(
        word="password_reset",
        says=message("To somebody of the secretariat who asks for a new password."),
        fixed=message("It belongs to no edition."),
    ),
)
KINDS: Final[Mapping[str, MailKind]] = {kind.word: kind for kind in _LISTED}
# Letters to the secretariat lead to a page of the dashboard, which asks to sign in, and not to a private link.
TO_SECRETARIAT: Final = frozenset(kind.outbox_kind for kind in _LISTED if kind.to == "organiser")


def get_editable(word: str) -> MailKind:
    """A kind whose text an edition may write itself; raises NotFound for every other word."""
    kind = KINDS.get(word)
    if kind is None or not kind.is_editable:
        raise NotFound("There is no such kind of message.")
    return kind


def word_of(outbox_kind: str, values: Mapping[str, Any]) -> str:
    """The word under which an edition's own text of a message is kept."""
    for kind in _LISTED:
        if kind.outbox_kind == outbox_kind and kind.values.items() <= values.items():
            return kind.word
    return outbox_kind
