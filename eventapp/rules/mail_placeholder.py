"""What an edition's own text of a mail may name in braces, and what each of these words stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from eventapp.errors import message


@dataclass(frozen=True)
class Placeholder:
    """What a word in braces stands for; `sample` is what a preview puts there where the invented person has nothing."""

    says: str
    sample: str = ""


# Each is read in web/mail_placeholders; one that is not named there is taken from the values of the message.
PLACEHOLDERS: Final[Mapping[str, Placeholder]] = {
    "greeting": Placeholder(
        message("The first line: “Dear” with the name, or “Good day” where no name is known.")
    ),
    "name": Placeholder(message("The person's name, with the form of address.")),
    "edition": Placeholder(message("The title of the edition.")),
    "dates": Placeholder(
        message("The days of the edition; empty while they are not known, or if it does not take place.")
    ),
    "place": Placeholder(message("Venue, city and country, as far as they are known.")),
    "reference": Placeholder(message("The reference code of the registration.")),
    "facts": Placeholder(
        message("Reference code, conference, dates and place, as a small table. A paragraph of its own.")
    ),
    "links": Placeholder(
        message("Each registration of the person with its private link. A paragraph of its own.")
    ),
    "link": Placeholder(
        message("The address of the person's private page. The page shows the registration.")
    ),
    "until": Placeholder(message("Until when the registration can be changed; empty once that has passed.")),
    "contact": Placeholder(message("The edition's e-mail address for questions.")),
    "reason": Placeholder(
        message("The reason of the decision, as it was given; empty if none was given."),
        message("The hall holds 300 people, and all places are taken."),
    ),
    "merged": Placeholder(
        message("The reference code of the registration that was merged into this one."), "K7PQ-2MXA"
    ),
    "late_note": Placeholder(
        message("A sentence for whoever registered after the closing date; empty for everybody else.")
    ),
    "state_note": Placeholder(
        message(
            "A sentence on where the registration stands: a place, the waiting list, or with the secretariat."
        )
    ),
    "delegation": Placeholder(message("The name of the delegation: its country or body.")),
    "waiting": Placeholder(message("How many people wait for the endorsement of the focal point."), "3"),
    "closes": Placeholder(
        message("Until when it can be done: the closing of registration, or the day for endorsements.")
    ),
    "page": Placeholder(
        message("The address of the page in the dashboard that it is about; whoever opens it signs in.")
    ),
    "speaker": Placeholder(message("The name of the speaker, with the form of address."), "Amina Diop"),
    "sessions": Placeholder(
        message("Each session that the speaker answers, with time and reason. A paragraph of its own.")
    ),
    "people": Placeholder(
        message("Each person with role and reference code, and the conference. A paragraph of its own.")
    ),
    "places": Placeholder(
        message(
            "How many places the delegation has, and how many of them are taken, when the message is sent."
        )
    ),
    "inviter": Placeholder(message("The name of the focal point who invites."), "Amina Diop"),
    "step_note": Placeholder(
        message("Who decides next: the secretariat, or the represented body first."),
    ),
    "missing": Placeholder(
        message("What is still missing of a speaker: the answer, the biography, the picture."),
        message("your answer, a picture"),
    ),
    "session": Placeholder(message("The title of the session."), message("Data and digital evidence")),
    "changes": Placeholder(
        message("Each session that concerns the person, as it was and as it is. A paragraph of its own.")
    ),
    "notice": Placeholder(
        message("The notice that the secretariat wrote for the edition."),
        message("The new date is not known yet."),
    ),
}
# More than a line: a paragraph of their own.
BLOCKS: Final = frozenset({"facts", "links", "changes", "sessions", "people"})
# What must not stand in a subject: blocks, and the link, which would be readable in every list of messages.
NOT_IN_SUBJECT: Final = BLOCKS | {"link", "page", "greeting", "notice"}
