"""The wording for the kinds of personal data that are held, and for when each of them goes."""

from collections.abc import Mapping
from typing import Final

from eventapp.errors import message

PRIVACY_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "held": {
        "needs": message("Dietary and accessibility needs of people"),
        "registrations": message("People who registered"),
        "focal_points": message("Focal points"),
        "invitations": message("People who were invited to a delegation"),
        "credentials": message("Papers of credentials"),
        "speakers": message("Profiles of speakers"),
        "names": message("Speakers of the programme"),
        "letters": message("Letters with an address"),
        "imports": message("Lists of people that wait to be imported"),
        "accounts": message("Accounts"),
    },
    # Of what follows the clocks of an edition, its own dates are shown (web/keeping_words).
    "held_until": {
        "invitations": message(
            "By itself, 30 days after the invitation was used, taken back or has run out; at once with the person who came by it"
        ),
        "names": message(
            "What the programme prints stays: name, post and body. Whoever is in no session stays until the speaker is deleted"
        ),
        "letters": message(
            "Letters to accounts stay with the audit list; those of an edition go with what it keeps"
        ),
        "imports": message("By itself, a day after they were brought"),
        "accounts": message("A closed account keeps the name, since the audit list names who did what"),
    },
}
