"""What a list of people is compared with: registrations, bodies, countries and sectors, read in a handful of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select

from eventapp.extensions import db
from eventapp.models import Body, Country, Delegation, ImportJob, Registration
from eventapp.rules.import_row import Defaults, Held
from eventapp.rules.import_words import Lookup, Words, fold, index
from eventapp.rules.name import name_sort_key
from eventapp.rules.registration import OPEN_STATES
from eventapp.rules.registration_form import Choices, Details
from eventapp.rules.text import shown
from eventapp.rules.vocabulary import DELEGATE_ROLES
from eventapp.services.reference import KnownBody, load_reference

TOLD: Final = tuple(Details.__dataclass_fields__)  # what a person tells, by the columns of the table
_SAME: Final = (
    *("represents", "organisation", "honorific", "given_name", "family_name", "badge_name"),
    *("functional_title", "email", "phone", "language", "role", "dietary_needs", "accessibility_needs"),
)

Key = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Bodies:
    """Bodies by their names and acronyms in every language."""

    listed: Mapping[str, KnownBody]  # only names that mean one body
    names: Mapping[int, frozenset[str]]

    def find(self, typed: str) -> KnownBody | None:
        """The one listed body that was typed."""
        return self.listed.get(typed.casefold())


@dataclass(frozen=True, kw_only=True)
class Known:
    """Everything a list is compared with."""

    lookup: Lookup
    choices: Choices
    defaults: Defaults
    bodies: Bodies
    people: Sequence[Row[Any]]
    by_id: Mapping[str, Row[Any]]
    by_reference: Mapping[str, Row[Any]]
    by_key: Mapping[Key, Sequence[Row[Any]]]
    delegation: Delegation | None
    delegations: Mapping[tuple[str, Any], int]  # the represented bodies of the edition by country or body
    erased: frozenset[str]

    def body_of(self, details: Details, held: Row[Any] | None = None) -> KnownBody | None:
        """The known body of a person: what the secretariat linked stays while the organisation reads as before."""
        if held is not None and held.organisation == details.organisation:
            return KnownBody(held.body_id, held.body_kind) if held.body_id else None
        return self.bodies.find(details.organisation) if details.organisation else None

    def delegation_of(self, values: Mapping[str, Any]) -> int | None:
        """The represented body that somebody belongs to: by country for states, by known body for organisations."""
        if self.delegation is not None:
            return self.delegation.id
        of_country = values["represents"] == "country"
        key = (values["represents"], values["country_code"] if of_country else values["body_id"])
        return self.delegations.get(key)


def read_known(job: ImportJob, words: Words, *, now: datetime) -> Known:
    """Read what the job's list is compared with; a delegation's list is compared with its own people alone."""
    reference = load_reference(now.date())
    delegation = db.session.get(Delegation, job.delegation_id) if job.delegation_id else None
    people = _list_people(job)
    by_key: dict[Key, list[Row[Any]]] = defaultdict(list)
    for one in people:
        by_key[key_of(one)].append(one)
    return Known(
        lookup=Lookup(
            words=words,
            countries=_country_words(),
            sectors=_sector_words(reference.sectors.values(), reference.choices.sectors),
        ),
        choices=replace(reference.choices, roles=DELEGATE_ROLES),
        defaults=_defaults(job, delegation),
        bodies=_read_bodies(),
        people=people,
        by_id={str(one.public_id): one for one in people},
        by_reference={one.reference: one for one in people},
        by_key=by_key,
        delegation=delegation,
        delegations=_read_delegations(job.edition_id),
        erased=_list_erased(job),
    )


def key_of(person: Row[Any] | Details) -> Key:
    """What makes two entries the same person without a doubt: names, whom they represent, address."""
    return (name_sort_key(person.given_name, person.family_name), whom(person), person.email)


def whom(person: Row[Any] | Details) -> str:
    """One word for whom somebody represents."""
    if person.represents == "country":
        return f"country:{person.country_code}"
    return f"organisation:{fold(person.organisation)}"


def held_of(person: Row[Any], bodies: Bodies) -> Held:
    """A registration as a row of the list is compared with it."""
    answers = {name: [getattr(person, name)] for name in _SAME}
    answers["country"] = [person.country_code or ""]
    answers["seat_country"] = [person.seat_country_code or ""]
    answers["sector"] = [person.sector_code]
    answers["languages"] = list(person.languages)
    answers["listed"] = ["1" if person.is_listed else ""]
    return Held(
        answers=answers,
        counted_country=person.counted_country_code or "",
        body_names=bodies.names.get(person.body_id, frozenset()),
    )


def is_open(person: Row[Any]) -> bool:
    """Whether a registration stands: whoever withdrew, or was replaced, may come again."""
    return person.state in OPEN_STATES or person.state == "declined"


def _list_people(job: ImportJob) -> Sequence[Row[Any]]:
    columns = [getattr(Registration, name) for name in TOLD]
    more = (
        *(Registration.id, Registration.public_id, Registration.reference, Registration.state),
        *(Registration.version, Registration.body_id, Registration.body_kind, Registration.delegation_id),
        *(Registration.counted_country_code, Registration.country_basis),
    )
    wanted = [Registration.edition_id == job.edition_id, Registration.erased_at.is_(None)]
    if job.delegation_id is not None:
        wanted.append(Registration.delegation_id == job.delegation_id)
    return db.session.execute(select(*more, *columns).where(*wanted).order_by(Registration.id)).all()


def _list_erased(job: ImportJob) -> frozenset[str]:
    columns = select(Registration.public_id, Registration.reference)
    wanted = (Registration.edition_id == job.edition_id, Registration.erased_at.is_not(None))
    if job.delegation_id is not None:
        return frozenset()
    found = db.session.execute(columns.where(*wanted))
    return frozenset(word for number, reference in found for word in (str(number), reference))


def _read_delegations(edition_id: int) -> Mapping[tuple[str, Any], int]:
    columns = select(Delegation.id, Delegation.country_code, Delegation.body_id)
    found = db.session.execute(columns.where(Delegation.edition_id == edition_id))
    return {
        ("country", country) if country else ("organisation", body): number for number, country, body in found
    }


def _defaults(job: ImportJob, delegation: Delegation | None) -> Defaults:
    if delegation is None:
        return Defaults(language=job.language)
    if delegation.country_code:
        return Defaults(language=job.language, represents="country", country=delegation.country_code)
    assert delegation.body is not None
    name = str(shown(delegation.body.names, job.language)) or delegation.body.acronym
    return Defaults(language=job.language, represents="organisation", organisation=name)


def _country_words() -> dict[str, str]:
    """Codes first: NA is Namibia, whatever else the two letters may be in some language."""
    rows = db.session.execute(select(Country.code, Country.alpha3, Country.names)).all()
    named = index((name, code) for code, _, names in rows for name in names.values())
    return (
        named | {fold(alpha3): code for code, alpha3, _ in rows} | {fold(code): code for code, _, _ in rows}
    )


def _sector_words(sectors: Iterable[Any], choosable: frozenset[str]) -> dict[str, str]:
    """Names of what may be chosen before those of a whole group; codes before any name."""
    listed = list(sectors)
    groups = index((name, one.code) for one in listed for name in one.names.values())
    deepest = index(
        (name, one.code) for one in listed if one.code in choosable for name in one.names.values()
    )
    return groups | deepest | {fold(one.code): one.code for one in listed}


def _read_bodies() -> Bodies:
    names: dict[int, frozenset[str]] = {}
    found: dict[str, set[KnownBody]] = defaultdict(set)
    columns = select(Body.id, Body.kind, Body.names, Body.acronym, Body.is_listed).order_by(Body.id)
    for number, kind, texts, acronym, is_listed in db.session.execute(columns):
        names[number] = frozenset(text.casefold() for text in (*texts.values(), acronym) if text)
        for text in names[number] if is_listed else ():
            found[text].add(KnownBody(number, kind))
    listed = {text: next(iter(bodies)) for text, bodies in found.items() if len(bodies) == 1}
    return Bodies(listed=listed, names=names)
