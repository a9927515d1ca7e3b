"""Registrations for tests: a Kenyan police officer unless told otherwise."""

import itertools

from eventapp.extensions import db
from eventapp.models import Edition, Registration
from eventapp.rules.counting import counted_country, counted_day
from eventapp.rules.text import sort_key
from tests.factories.editions import CLOCK_STANDS_AT

_numbers = itertools.count(1)
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def _reference(number: int) -> str:
    letters = ""
    for _ in range(8):
        number, rest = divmod(number, len(_ALPHABET))
        letters = _ALPHABET[rest] + letters
    return f"{letters[:4]}-{letters[4:]}"


def build_registration(edition: Edition, **overrides) -> Registration:
    """A registration that is not saved yet; counted country, sort name and times follow from the rest."""
    number = next(_numbers)
    values = {
        "edition_id": edition.id,
        "reference": _reference(number),
        "state": "submitted",
        "given_name": "Joy",
        "family_name": f"Adeyemi {number}",
        "email": f"delegate{number}@police.example",
        "functional_title": "Head of unit",
        "represents": "country",
        "country_code": "KE",
        "organisation": "",
        "seat_country_code": None,
        "body_kind": None,
        "sector_code": "LE-POL",
        "role": "delegate",
        "language": "en",
        "languages": ["en"],
        "submitted_at": CLOCK_STANDS_AT,
        **overrides,
    }
    if values["represents"] == "organisation" and "country_code" not in overrides:
        values["country_code"] = None
    counted = counted_country(
        represents=values["represents"],
        country_code=values["country_code"],
        seat_country_code=values["seat_country_code"],
        sector_code=values["sector_code"],
        body_kind=values["body_kind"],
    )
    values.setdefault("counted_country_code", counted.code)
    values.setdefault("country_basis", counted.basis)
    values.setdefault("sort_name", sort_key(values["family_name"], values["given_name"]))
    values.setdefault("received_on", counted_day(values["submitted_at"], edition.time_zone))
    if values["state"] == "waitlisted":
        values.setdefault("waitlisted_at", values["submitted_at"])
    return Registration(**values)


def make_registration(edition: Edition, **overrides) -> Registration:
    """A saved registration."""
    registration = build_registration(edition, **overrides)
    db.session.add(registration)
    db.session.flush()
    return registration
