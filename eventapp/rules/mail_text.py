"""An edition's own text of a message: plain text with words in braces, checked when it is saved, filled when it is sent.

Nothing of it is ever evaluated: a placeholder is looked up by its name, and what comes in its place is not looked at again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from eventapp.errors import DomainError, Invalid, Refused
from eventapp.rules.mail_letter import MailKind
from eventapp.rules.mail_placeholder import BLOCKS, NOT_IN_SUBJECT
from eventapp.rules.text import is_visible

LONGEST_SUBJECT: Final = 200
LONGEST_BODY: Final = 10_000
_PLACEHOLDER: Final = re.compile(r"\{([^{}\n]*)\}")
_LEFT_TO_RIGHT: Final = frozenset({"link", "page", "reference", "contact"})


@dataclass(frozen=True)
class MailWords:
    """Subject and body as somebody wrote them, with placeholders."""

    subject: str
    body: str


@dataclass(frozen=True)
class Run:
    """A piece of a line; `kind` is the placeholder it came from where a letter shows that in a way of its own."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Lines of a filled text; or the place of the block that the template sets."""

    lines: tuple[tuple[Run, ...], ...] = ()
    is_block: bool = False


def check_words(kind: MailKind, words: MailWords) -> None:
    """Refuse, at its field, what is empty, names a placeholder this kind does not know, or lacks one it needs."""
    problems: dict[str, DomainError] = {}
    if problem := _check_part(kind, words.subject) or _check_subject(words.subject):
        problems["subject"] = problem
    if problem := _check_part(kind, words.body) or _check_body(kind, words.body):
        problems["body"] = problem
    if problems:
        raise Invalid(problems)


def _check_part(kind: MailKind, text: str) -> Refused | None:
    if not is_visible(text):
        return Refused("Please answer this.", code="missing")
    for name in _PLACEHOLDER.findall(text):
        if name not in kind.placeholders:
            return Refused(
                "This message knows no placeholder %(name)s. Please choose one of the list below.",
                code="placeholder",
                name=braced(name),
            )
    if re.search("[{}]", _PLACEHOLDER.sub("", text)):
        return Refused(
            "There is a brace without its other half. Placeholders look like {edition}.", code="brace"
        )
    return None


def _check_subject(text: str) -> Refused | None:
    for name in _PLACEHOLDER.findall(text):
        if name in NOT_IN_SUBJECT:
            return Refused("%(name)s cannot stand in the subject.", code="placeholder", name=braced(name))
    return None


def _check_body(kind: MailKind, text: str) -> Refused | None:
    for name in kind.needed:
        if name not in _PLACEHOLDER.findall(text):
            return Refused(
                "%(name)s is missing. Without it the message lacks what the person needs.",
                code="needed",
                name=braced(name),
            )
    for name in BLOCKS:
        if any(braced(name) in one and one.strip() != braced(name) for one in _paragraphs(text)):
            return Refused(
                "%(name)s needs a paragraph of its own, with an empty line before and after it.",
                code="block",
                name=braced(name),
            )
    return None


def braced(name: str) -> str:
    """A placeholder as it is typed."""
    return "{" + name + "}"


def fill_subject(text: str, values: Mapping[str, str]) -> str:
    """The subject for one person, on one line whatever the values hold."""
    return " ".join(_PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text).split())


def fill_body(text: str, values: Mapping[str, str]) -> list[Paragraph]:
    """The body for one person.

    A line with a placeholder that is empty for this person is left out; without a link its whole paragraph is, since
    what stands round it speaks of it.
    """
    found = []
    for paragraph in _paragraphs(text):
        names = _PLACEHOLDER.findall(paragraph)
        if BLOCKS & set(names):
            found.append(Paragraph(is_block=True))
        elif "link" not in names or values.get("link"):
            lines = [line for one in paragraph.split("\n") for line in _fill_line(one, values)]
            if lines:
                found.append(Paragraph(tuple(lines)))
    return found


def _paragraphs(text: str) -> Sequence[str]:
    return [one for one in re.split(r"\n[ \t]*\n\s*", text.strip()) if one.strip()]


def _fill_line(line: str, values: Mapping[str, str]) -> list[tuple[Run, ...]]:
    """One line as typed; several where a value has several."""
    if not all(values.get(name) for name in _PLACEHOLDER.findall(line)):
        return []
    lines: list[list[Run]] = [[]]
    for index, part in enumerate(_PLACEHOLDER.split(line)):
        is_name = index % 2 == 1
        kind = part if is_name and part in _LEFT_TO_RIGHT else ""
        for number, text in enumerate((values[part] if is_name else part).split("\n")):
            if number:
                lines.append([])
            if text:
                lines[-1].append(Run(text, kind))
    return [tuple(one) for one in lines]
