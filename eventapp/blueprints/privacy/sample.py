"""A plain text to start a privacy notice from. It says what this software does and leaves open what only its owner knows."""

from collections.abc import Mapping
from typing import Final

from eventapp.errors import message
from eventapp.rules.keeping import NEEDS_DAYS, RECORD_MONTHS
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.web.typed import speaking, translate

PARAGRAPHS: Final = (
    message("DRAFT: to be checked and completed by whoever is responsible for data protection."),
    message(
        "Who is responsible: [name and address of the organisation, and how to reach its data protection officer]."
    ),
    message(
        "What we ask for: your name, e-mail address, telephone number and function, whom you represent, your sector and "
        "role, the languages you work in, and, if you tell us, dietary and accessibility needs."
    ),
    message(
        "What for: to decide on your registration, to write to you about it, to prepare the conference and to publish "
        "numbers of participants that name nobody. Your name stands in the list of participants only if you agreed."
    ),
    message("On what legal ground: [to be completed]."),
    message("Who sees it: the secretariat of the conference and [host, service providers: to be completed]."),
    message(
        "How long we keep it: your dietary and accessibility needs until %(needs_days)s days after the conference has ended, "
        "everything else that says who you are until %(record_months)s months after it. From then on we keep only what is "
        "needed for counting: edition, sector, role, badge category, represented country or kind of body, state and "
        "attendance, with their times and the reference of the registration. Of speakers we keep what the programme prints: "
        "name, post and body."
    ),
    message(
        "Your rights: with your private link you can see, correct and download your data and withdraw your registration "
        "at any time. You can ask the secretariat to erase your data, and you can complain to [supervisory authority]."
    ),
    message(
        "This site sets no cookies for advertising or measurement, only those that keep forms safe and organisers signed in."
    ),
)


def is_unfinished(texts: Mapping[str, str]) -> bool:
    """Whether places of the sample that are to be filled in still stand in a text."""
    samples = sample_texts()
    first_lines = (text.split("\n\n")[0] for text in samples.values())
    whole = "\n\n".join(texts.values())
    return "[" in whole or any(line in whole for line in first_lines)


def sample_texts() -> dict[str, str]:
    """The text in every language, with the lengths that an edition has where nobody sets others."""
    lengths = {"needs_days": NEEDS_DAYS, "record_months": RECORD_MONTHS}
    found = {}
    for code in LANGUAGES:
        with speaking(code):
            found[code] = "\n\n".join(translate(paragraph, **lengths) for paragraph in PARAGRAPHS)
    return found
