"""The form of the secretariat: adds a person on their behalf, or corrects what somebody told us."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventapp.adapters.addresses import checked_email
from eventapp.blueprints.registrations_desk.answers import (
    kept,
    lists,
    problems_of,
    read_nonce,
    read_number,
)
from eventapp.blueprints.registrations_desk.base import blueprint
from eventapp.blueprints.registrations_desk.presenting import secret
from eventapp.errors import Conflict, DomainError, Invalid, Stale
from eventapp.models import Edition, Registration
from eventapp.rules.registration_form import Details, read_details
from eventapp.rules.vocabulary import DELEGATE_ROLES
from eventapp.services import registrations_enter, registrations_list, versions
from eventapp.services.editions import get_edition_to_edit
from eventapp.web import clock
from eventapp.web.changes import Change
from eventapp.web.csrf import check_token, checks_csrf
from eventapp.web.errors import error_text
from eventapp.web.labels import LABELS
from eventapp.web.locale import language
from eventapp.web.options import chosen, options, with_held
from eventapp.web.options import reference as lists_of_reference
from eventapp.web.registration_words import RegistrationWords
from eventapp.web.sign_in import actor
from eventapp.web.transaction import writing
from eventapp.web.typed import translate

Answers = Mapping[str, Sequence[str]]
_COLUMNS = {"country": "country_code", "seat_country": "seat_country_code", "sector": "sector_code"}
_SAME = (
    *("represents", "organisation", "honorific", "given_name", "family_name", "badge_name"),
    *("functional_title", "email", "phone", "language", "role", "dietary_needs", "accessibility_needs"),
)


@blueprint.get("/add")
def add(ordinal: int) -> str:
    edition = get_edition_to_edit(actor(), ordinal)
    return _form(edition, {"language": [language()], "role": ["delegate"], "represents": ["country"]})


@blueprint.post("/add")
@checks_csrf
def enter(ordinal: int) -> Response | tuple[str, int]:
    edition = get_edition_to_edit(actor(), ordinal)
    try:
        details = _details()
        nonce = read_nonce(request.form.get("nonce", ""))
    except DomainError as problem:
        return _again(edition, problem)
    who, now, key = actor(), clock.now(), secret()
    try:
        with writing():
            made = registrations_enter.enter(who, ordinal, details, nonce=nonce, now=now, secret=key)
            code = made.registration.reference
    except (Conflict, Invalid) as problem:
        return _again(get_edition_to_edit(who, ordinal), problem)
    flash(translate("The person was added and is told by mail."), "good")
    return redirect(url_for("registrations_desk.show", ordinal=ordinal, reference=code), code=303)


@blueprint.get("/<reference>/correct")
def edit(ordinal: int, reference: str) -> str | Response:
    edition = get_edition_to_edit(actor(), ordinal)
    registration = registrations_list.get_registration(edition, reference)
    if registration.erased_at:
        return redirect(url_for("registrations_desk.show", ordinal=ordinal, reference=reference), code=303)
    return _form(edition, _answers_of(registration), registration=registration)


@blueprint.post("/<reference>/correct")
@checks_csrf
def correct(ordinal: int, reference: str) -> Response | tuple[str, int]:
    edition = get_edition_to_edit(actor(), ordinal)
    registration = registrations_list.get_registration(edition, reference)
    try:
        details = _details(registration)
        nonce = read_nonce(request.form.get("nonce", ""))
    except DomainError as problem:
        return _again(edition, problem, registration)
    try:
        _write_correction(ordinal, reference, details, nonce)
    except Stale:
        return _changed_meanwhile(ordinal, reference)
    except (Conflict, Invalid) as problem:
        edition = get_edition_to_edit(actor(), ordinal)
        return _again(edition, problem, registrations_list.get_registration(edition, reference))
    flash(translate("The registration was corrected."), "good")
    return redirect(url_for("registrations_desk.show", ordinal=ordinal, reference=reference), code=303)


def _version() -> int:
    return read_number(request.form.get("version", ""))


def _changed_meanwhile(ordinal: int, reference: str) -> tuple[str, int]:
    """The form as it was typed, with what somebody else has changed; saving again goes over it."""
    edition = get_edition_to_edit(actor(), ordinal)
    registration = registrations_list.get_registration(edition, reference)
    entries = versions.list_since(registration, _version())
    changes = RegistrationWords().list_changes(entries, LABELS["registration_field"])
    return _form(edition, kept(request.form), registration=registration, changes=changes), 409


def _write_correction(ordinal: int, reference: str, details: Details, nonce: Any) -> None:
    who, now, key = actor(), clock.now(), secret()
    version, tell = _version(), request.form.get("tell") == "1"
    with writing():
        registrations_enter.correct(
            who,
            ordinal,
            reference,
            details,
            version=version,
            tell=tell,
            now=now,
            secret=key,
            nonce=nonce,
        )


def _details(held: Registration | None = None) -> Details:
    """The same checks as on the public form, with every role; the person agrees to the notice themselves."""
    check_token()
    choices = replace(lists_of_reference().choices, roles=DELEGATE_ROLES)
    if held is not None:
        choices = choices.with_held((held.country_code, held.seat_country_code), held.sector_code)
    return read_details(lists(request.form), choices, checked_email, agreement=False)


def _again(
    edition: Edition, problem: DomainError, registration: Registration | None = None
) -> tuple[str, int]:
    errors, general = problems_of(problem)
    if isinstance(problem, Conflict):
        errors, general = {}, [error_text(problem)]
    page = _form(edition, kept(request.form), registration=registration, errors=errors, general=general)
    return page, 409 if isinstance(problem, Conflict) else 422


def _form(
    edition: Edition,
    answers: Answers,
    *,
    registration: Registration | None = None,
    errors: Mapping[str, str] | None = None,
    general: Sequence[str] = (),
    changes: Sequence[Change] | None = None,
) -> str:
    given = {name: values[0] for name, values in answers.items() if values}
    ready, known = options(), lists_of_reference()
    countries = seats = ready.countries
    sectors = ready.sectors
    if registration is not None:
        names = {code: entry.names for code, entry in known.sectors.items()}
        countries = with_held(countries, registration.country_code, known.countries)
        seats = with_held(seats, registration.seat_country_code, known.countries)
        sectors = with_held(sectors, registration.sector_code, names)
    return render_template(
        "registrations_desk/form.html",
        edition=edition,
        registration=registration,
        given=given,
        languages_given=answers.get("languages", ()),
        countries=chosen(countries, given.get("country")),
        seats=chosen(seats, given.get("seat_country")),
        sectors=chosen(sectors, given.get("sector")),
        bodies=ready.bodies,
        nonce=uuid4(),
        errors=errors or {},
        general=general,
        changes=changes,
    )


def _answers_of(registration: Registration) -> Answers:
    """What was told before, as the form would send it."""
    single = {name: getattr(registration, name) for name in _SAME}
    single |= {name: getattr(registration, column) or "" for name, column in _COLUMNS.items()}
    single["listed"] = "1" if registration.is_listed else ""
    return {name: [value] for name, value in single.items() if value} | {"languages": registration.languages}
