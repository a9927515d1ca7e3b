"""A speaker's profile and answers: what is still missing, and until when somebody may say yes or no to a session."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from eventapp.errors import Closed, Refused

# In the order in which people are asked for them.
PARTS: Final = ("answer", "consent", "biography", "picture")
ANSWERS: Final = ("accepted", "declined")
LONGEST_REASON: Final = 2000


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What of a speaker decides whether something is missing; `states` are those of the sessions that are still to come."""

    states: Collection[str]
    has_biography: bool
    has_picture: bool
    has_agreed: bool
    has_answered_consent: bool


def find_missing(profile: Profile) -> list[str]:
    """What a speaker still owes, in the order of PARTS; nothing of whoever is in no session, or comes to none.

    Biography and picture are for the public page alone: nobody who said no to it is asked for them.
    """
    if not any(state != "declined" for state in profile.states):
        return []
    wants_page = profile.has_agreed or not profile.has_answered_consent
    owed = {
        "answer": "invited" in profile.states,
        "consent": not profile.has_answered_consent,
        "biography": wants_page and not profile.has_biography,
        "picture": wants_page and not profile.has_picture,
    }
    return [part for part in PARTS if owed[part]]


def check_answer(answer: str, *, ends_at: datetime, now: datetime) -> None:
    """Refuse a word that is no answer, and any answer once the session is over."""
    if answer not in ANSWERS:
        raise Refused("Please say whether you accept or decline.", code="answer")
    if ends_at <= now:
        raise Closed("This session is over. Nothing can be answered any more.", code="over")


def without_person(people: list[dict[str, object]], public_id: str) -> list[dict[str, object]]:
    """The people of a published session but one."""
    return [one for one in people if one["id"] != public_id]
