"""A message of the secretariat to many people: subject and text in up to four languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from eventapp.errors import DomainError, Invalid, Refused
from eventapp.rules.text import clean_line, clean_prose, shown
from eventapp.rules.vocabulary import LANGUAGES

LONGEST_SUBJECT = 200
LONGEST_TEXT = 10_000


@dataclass(frozen=True)
class OrganiserMessage:
    """Checked texts; a language stands in both or in neither."""

    subjects: Mapping[str, str]
    texts: Mapping[str, str]

    def language_for(self, language: str) -> str:
        """The language in which somebody gets it: their own, else English, else the first there is."""
        return shown(self.texts, language).language


def read_message(answers: Mapping[str, str]) -> OrganiserMessage:
    """Check `subject_en`, `text_en` and so on; refuses a message without any text, and half a language."""
    subjects, texts = {}, {}
    problems: dict[str, DomainError] = {}
    for language in LANGUAGES:
        subject_name, text_name = f"subject_{language}", f"text_{language}"
        try:
            subject = clean_line(answers.get(subject_name, ""), limit=LONGEST_SUBJECT)
        except DomainError as problem:
            problems[subject_name], subject = problem, "-"
        try:
            text = clean_prose(answers.get(text_name, ""), limit=LONGEST_TEXT)
        except DomainError as problem:
            problems[text_name], text = problem, "-"
        if text and not subject:
            problems[subject_name] = Refused("Write a subject in this language too.")
        if subject and not text:
            problems[text_name] = Refused("Write the message in this language too.")
        if subject and text:
            subjects[language], texts[language] = subject, text
    if not problems and not texts:
        problems = {
            "subject_en": Refused("Write a subject."),
            "text_en": Refused("Write the message in at least one language."),
        }
    if problems:
        raise Invalid(problems)
    return OrganiserMessage(subjects, texts)
