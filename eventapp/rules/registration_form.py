"""What a delegate tells us: unchecked answers as they were sent go in, checked details or a refusal per field come out."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from eventapp.errors import DomainError, Invalid, Refused
from eventapp.rules.text import clean_line, clean_prose, is_visible, without_hidden
from eventapp.rules.vocabulary import LANGUAGES, PUBLIC_ROLES, REPRESENTS

FIELDS: Final = (
    "represents",
    "country",
    "organisation",
    "seat_country",
    "sector",
    "honorific",
    "given_name",
    "family_name",
    "badge_name",
    "functional_title",
    "email",
    "phone",
    "language",
    "role",
    "languages",
    "dietary_needs",
    "accessibility_needs",
    "privacy",
    "listed",
)
INTERNATIONAL: Final = "IGO"
_PHONE = re.compile(r"\+?[0-9 ()./x-]{5,60}", re.IGNORECASE)

Answers = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What may be chosen now."""

    countries: frozenset[str]
    sectors: frozenset[str]  # of the deepest level: what people are counted by
    sector_groups: frozenset[str] = frozenset()
    international: frozenset[str] = frozenset()  # casefolded names of known international organizations
    roles: Sequence[str] = PUBLIC_ROLES

    def with_held(self, countries: Iterable[str | None], sector: str) -> "Choices":
        """The same for somebody who chose before: what they hold stays theirs, even if it is offered to nobody now."""
        held = {code for code in countries if code}
        return replace(self, countries=self.countries | held, sectors=self.sectors | {sector})


@dataclass(frozen=True, kw_only=True)
class Details:
    """Checked answers. Whoever holds this need not look at the characters, lengths and choices again."""

    represents: str
    country_code: str | None
    organisation: str
    seat_country_code: str | None
    sector_code: str
    honorific: str
    given_name: str
    family_name: str
    badge_name: str
    functional_title: str
    email: str
    phone: str
    language: str
    role: str
    languages: tuple[str, ...]
    dietary_needs: str
    accessibility_needs: str
    is_listed: bool


def read_details(
    answers: Answers, choices: Choices, check_email: Callable[[str], str], *, agreement: bool = True
) -> Details:
    """Check everything a delegate answered; raises Invalid with one refusal per field, in the order of the form.

    `check_email` normalises an address or refuses it; `agreement` is False where the privacy notice was agreed before.
    """
    reader = _Reader(answers)
    represents = reader.choice(
        "represents", REPRESENTS, Refused("Choose whether a country or an organisation is represented.")
    )
    country = _country(reader, choices) if represents == "country" else None
    organisation = _organisation(reader, represents)
    sector = _sector(reader, choices)
    seat = _seat(reader, choices, sector, organisation) if represents == "organisation" else None
    details = Details(
        represents=represents,
        country_code=country,
        organisation=organisation,
        seat_country_code=seat,
        sector_code=sector,
        honorific=reader.line("honorific", limit=100),
        given_name=reader.needed("given_name", Refused("Enter the given names.")),
        family_name=reader.needed("family_name", Refused("Enter the family name.")),
        badge_name=reader.line("badge_name"),
        functional_title=reader.needed("functional_title", Refused("Enter the post.")),
        email=_email(reader, check_email),
        phone=_phone(reader),
        language=_language(reader),
        role=reader.choice("role", choices.roles, Refused("Choose the role in the delegation.")),
        languages=_languages(reader),
        dietary_needs=reader.prose("dietary_needs"),
        accessibility_needs=reader.prose("accessibility_needs"),
        is_listed=reader.ticked("listed"),
    )
    if agreement and not reader.ticked("privacy"):
        reader.refuse("privacy", Refused("Confirm that you have read the privacy notice."))
    reader.finish()
    return details


class _Reader:
    """Takes one answer after the other and remembers what does not hold."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._problems: dict[str, DomainError] = {}

    def refuse(self, name: str, problem: DomainError) -> None:
        """Keep the first refusal of a field."""
        self._problems.setdefault(name, problem)

    def raw(self, name: str) -> str:
        """The one value sent for a field; a second one is refused, since nobody can say which is meant."""
        sent = self._answers.get(name, ())
        if len(sent) > 1:
            self.refuse(name, Refused("This answer was sent twice. Give it once.", code="twice"))
        return sent[0] if sent else ""

    def line(self, name: str, *, limit: int = 300) -> str:
        """One line of text, or nothing."""
        return self._clean(name, lambda value: clean_line(value, limit=limit))

    def prose(self, name: str) -> str:
        """Several lines of text, or nothing."""
        return self._clean(name, lambda value: clean_prose(value, limit=2000))

    def needed(self, name: str, missing: Refused) -> str:
        """One line of text that must be there."""
        value = self.line(name)
        if not is_visible(value):
            self.refuse(name, missing)
        return value

    def choice(self, name: str, allowed: Sequence[str], missing: Refused) -> str:
        """One of the allowed words."""
        value = self.raw(name)
        if value not in allowed:
            self.refuse(name, missing)
            return ""
        return value

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return self.raw(name).strip().lower() not in ("", "0", "no", "off", "false")

    def several(self, name: str) -> Sequence[str]:
        """All values sent for a field of several answers."""
        return self._answers.get(name, ())

    def finish(self) -> None:
        """Refuse if anything did not hold."""
        if self._problems:
            places = {name: place for place, name in enumerate(FIELDS)}
            raise Invalid(dict(sorted(self._problems.items(), key=lambda item: places[item[0]])))

    def _clean(self, name: str, clean: Callable[[str], str]) -> str:
        try:
            return clean(self.raw(name))
        except DomainError as problem:
            self.refuse(name, problem)
            return ""


def _organisation(reader: _Reader, represents: str) -> str:
    """The organisation represented, or the ministry or service of a country's delegate if it was told."""
    if represents == "organisation":
        return reader.needed("organisation", Refused("Enter the organisation that is represented."))
    return reader.line("organisation")


def _country(reader: _Reader, choices: Choices) -> str | None:
    code = reader.raw("country")
    if not code:
        reader.refuse("country", Refused("Choose the country or territory that is represented."))
    elif code not in choices.countries:
        reader.refuse("country", Refused("Choose a country or territory from the list."))
    return code or None


def _seat(reader: _Reader, choices: Choices, sector: str, organisation: str) -> str | None:
    """The seat of an organisation; international organizations have no country, so none is kept."""
    code = reader.raw("seat_country")
    if sector == INTERNATIONAL or organisation.casefold() in choices.international:
        return None
    if not code:
        reader.refuse("seat_country", Refused("Choose the country in which the organisation has its seat."))
    elif code not in choices.countries:
        reader.refuse("seat_country", Refused("Choose a country or territory from the list."))
    return code or None


def _sector(reader: _Reader, choices: Choices) -> str:
    code = reader.raw("sector")
    if code in choices.sectors:
        return code
    if not code:
        reader.refuse("sector", Refused("Choose the sector of the post."))
    elif code in choices.sector_groups:
        reader.refuse("sector", Refused("Choose what the post is within this sector."))
    else:
        reader.refuse("sector", Refused("Choose a sector from the list."))
    return ""


def _email(reader: _Reader, check_email: Callable[[str], str]) -> str:
    value = reader.needed("email", Refused("Enter the e-mail address."))
    if not value:
        return ""
    try:
        return check_email(value)
    except DomainError as problem:
        reader.refuse("email", problem)
        return ""


def _phone(reader: _Reader) -> str:
    """A telephone number in Western digits, whatever digits and invisible marks were typed."""
    typed = without_hidden(reader.raw("phone"))
    value = "".join(_western(letter) for letter in " ".join(typed.split()))
    if value and not _PHONE.fullmatch(value):
        reader.refuse(
            "phone", Refused("Enter a telephone number with the country code, such as +254 20 123 4567.")
        )
        return ""
    return value


def _western(letter: str) -> str:
    return str(unicodedata.decimal(letter)) if letter.isdecimal() else letter


def _language(reader: _Reader) -> str:
    return reader.choice("language", LANGUAGES, Refused("Choose the language of letters."))


def _languages(reader: _Reader) -> tuple[str, ...]:
    sent = reader.several("languages")
    if not set(sent) <= set(LANGUAGES):
        reader.refuse("languages", Refused("Choose languages from the list."))
    return tuple(code for code in LANGUAGES if code in sent)
