"""The wording for the kinds of personal data that are held, and for when each of them goes."""

from collections.abc import Mapping
from typing import Final

from eventapp.errors import message

PRIVACY_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "held": {
        "registrations": message("People who registered"),
        "focal_points": message("Focal points"),
        "invitations": message("People who were invited to a delegation"),
        "credentials": message("Papers of credentials"),
        "speakers": message("Speakers of the programme"),
        "letters": message("Letters with an address"),
        "imports": message("Lists of people that wait to be imported"),
        "accounts": message("Accounts"),
    },
    "held_until": {
        "registrations": message("When you erase a person, on the page of the registration"),
        "focal_points": message("When the focal point is removed from the delegation"),
        "invitations": message(
            "By itself, 30 days after the invitation was used, taken back or has run out; at once with the person who came by it"
        ),
        "credentials": message("When the paper is removed, or the delegation"),
        "speakers": message("When the speaker is removed from the programme"),
        "letters": message("With the person they were written to"),
        "imports": message("By itself, a day after they were brought"),
        "accounts": message("A closed account keeps the name, since the audit list names who did what"),
    },
}
