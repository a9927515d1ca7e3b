"""Answers as they were sent, given back as they were typed, and checked by the rules; one list for form and change."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

from flask import request
from markupsafe import Markup

from eventapp.adapters.addresses import checked_email
from eventapp.errors import Invalid
from eventapp.models import Registration
from eventapp.rules.registration_form import FIELDS, Answers, Details, read_details
from eventapp.rules.text import without_hidden
from eventapp.rules.vocabulary import PUBLIC_ROLES
from eventapp.web.errors import error_text
from eventapp.web.labels import label
from eventapp.web.locale import LANGUAGE_NAMES, language
from eventapp.web.options import chosen, options, reference, with_held
from eventapp.web.typed import translate, translate_plural

Errors = Mapping[str, str]
# Bytes that are no UTF-8, lone surrogates among them, arrive as they were percent-encoded; no name is written so.
_UNREADABLE = re.compile("(?:%[89A-F][0-9A-F])+")


def sent_answers() -> dict[str, Sequence[str]]:
    """What was sent for the fields of the form; letters go in the language of the page unless told otherwise."""
    answers: dict[str, Sequence[str]] = {
        name: [_UNREADABLE.sub("\ufffd", value) for value in request.form.getlist(name)] for name in FIELDS
    }
    if not answers["language"]:
        answers["language"] = [language()]
    return answers


def check(
    answers: Answers,
    *,
    held: Registration | None = None,
    roles: Sequence[str] = PUBLIC_ROLES,
    agreement: bool = True,
) -> tuple[Details | None, Errors]:
    """The checked details, or the refusals by field in the reader's language.

    `held` is what somebody told before: its role, country and sector stay theirs even if the public form does not offer
    them; then the notice was agreed to before as well. `agreement` is False where somebody else fills in the form.
    """
    choices = replace(reference().choices, roles=roles)
    if held is not None:
        choices = replace(choices, roles=tuple(dict.fromkeys((*roles, held.role)))).with_held(
            (held.country_code, held.seat_country_code), held.sector_code
        )
    try:
        return read_details(answers, choices, checked_email, agreement=agreement and held is None), {}
    except Invalid as refusal:
        return None, {name: error_text(problem) for name, problem in refusal.problems.items()}


def answers_of(registration: Registration) -> dict[str, Sequence[str]]:
    """What was told before, as the form would send it."""
    single = {
        "represents": registration.represents,
        "country": registration.country_code,
        "organisation": registration.organisation,
        "seat_country": registration.seat_country_code,
        "sector": registration.sector_code,
        "listed": "1" if registration.is_listed else "",
    }
    plain = FIELDS[FIELDS.index("honorific") : FIELDS.index("privacy")]
    single |= {name: getattr(registration, name) for name in plain if name != "languages"}
    answers: dict[str, Sequence[str]] = {name: [value] for name, value in single.items() if value}
    answers["languages"] = registration.languages
    return answers


class Given:
    """Gives a template back what was typed, without characters that no page can hold."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def __getitem__(self, name: str) -> str:
        sent = self._answers.get(name, ())
        return without_hidden(sent[0]) if sent else ""

    def several(self, name: str) -> list[str]:
        """All values of a field of several answers."""
        return [without_hidden(value) for value in self._answers.get(name, ())]


def hidden_fields(answers: Answers) -> Markup:
    """Every answer as a hidden field, to be carried by the page."""
    field = Markup('<input type="hidden" name="{0}" value="{1}">\n')
    pairs = ((name, without_hidden(value)) for name, values in answers.items() for value in values)
    return Markup("").join(field.format(*pair) for pair in pairs)


def field_lists(given: Given, held: Registration | None = None) -> Mapping[str, Markup]:
    """The long lists with what was chosen marked; what somebody holds already stands in them in any case."""
    ready = options()
    countries = seats = ready.countries
    sectors = ready.sectors
    if held is not None:
        known = reference()
        names = {code: entry.names for code, entry in known.sectors.items()}
        countries = with_held(countries, held.country_code, known.countries)
        seats = with_held(seats, held.seat_country_code, known.countries)
        sectors = with_held(sectors, held.sector_code, names)
    return {
        "countries": chosen(countries, given["country"]),
        "seats": chosen(seats, given["seat_country"]),
        "sectors": chosen(sectors, given["sector"]),
        "bodies": ready.bodies,
    }


@cache
def combobox_words(code: str) -> Mapping[str, str]:
    """What the searchable list says in a language: one wording for each kind of number that it knows."""
    words = {"data-combobox": "", "data-none": translate("Nothing fits")}
    for kind, sample in {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}.items():
        words[f"data-count-{kind}"] = translate_plural(
            "%(found)s fits", "%(found)s fit", sample, found="{count}"
        )
    del code  # it is the key under which the wording is kept
    return words


def role_choices(held: str | None) -> list[tuple[str, str]]:
    """The roles of the public form, and before them the one that the secretariat gave."""
    words = PUBLIC_ROLES if held is None else tuple(dict.fromkeys((held, *PUBLIC_ROLES)))
    return [(word, label("role", word)) for word in words]


def form_context(
    answers: Answers,
    errors: Errors,
    general: Sequence[str],
    *,
    held: Registration | None = None,
    roles: Sequence[str] | None = None,
) -> dict[str, Any]:
    """What the fields need to show themselves; `roles` are offered in place of those of the public form."""
    given, held_role = Given(answers), held.role if held else None
    if roles is None:
        offered = role_choices(held_role if held_role not in PUBLIC_ROLES else None)
    else:
        offered = [(word, label("role", word)) for word in roles]
    return {
        "given": given,
        "errors": errors,
        "general": general,
        "lists": field_lists(given, held),
        "letters": list(LANGUAGE_NAMES.items()),
        "roles": offered,
        "combobox": combobox_words(language()),
    }


def sent_nonce() -> UUID | None:
    """The nonce of the review page, if it is one."""
    try:
        return UUID(request.form.get("nonce", ""))
    except ValueError:
        return None


def sent_number(name: str) -> int | None:
    """A small number that a hidden field carries."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
