"""600 delegates of the demonstration, all made up, always the same: put together from lists by a fixed seed."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select

from eventapp.extensions import db
from eventapp.models import AuditEntry, Body, Edition, OutboxMessage, Registration
from eventapp.rules.counting import counted_country, counted_day
from eventapp.rules.name import name_sort_key
from eventapp.rules.reference_code import make_reference
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import links

COUNT: Final = 600
SEED: Final = 8
MAILS: Final = 12
_MAIL_OF_STATE: Final = {
    "submitted": "registration_received",
    "approved": "registration_approved",
    "waitlisted": "registration_waitlisted",
}
_DECISIONS: Final = {
    "approved": "registration.approve",
    "waitlisted": "registration.waitlist",
    "rejected": "registration.reject",
    "withdrawn": "registration.withdraw",
    "cancelled": "registration.cancel",
}
_ROLES: Final = {"delegate": 70, "adviser": 14, "expert": 11, "observer": 5}
MOST_NAMES: Final = 50  # tries for a name that nobody has
_AS_BEFORE: Final = (
    *("represents", "country_code", "seat_country_code", "organisation", "body_id", "body_kind"),
    *("sector_code", "counted_country_code", "country_basis", "functional_title", "phone", "language"),
)
_STATE_SECTORS: Final = ("LE", "PUB")


def make(
    edition: Edition,
    data: Mapping[str, Any],
    *,
    bodies: Mapping[str, Body],
    notice_id: int,
    now: datetime,
    secret: str,
) -> None:
    """Write the delegates, the history of each and a few letters that count as kept; nothing is sent."""
    chance = random.Random(SEED)  # noqa: S311 - made-up people, always the same
    rows = list(_delegates(chance, edition, data, bodies, now))
    _register_again(rows)
    db.session.execute(insert(Registration), [row | {"privacy_notice_id": notice_id} for row in rows])
    numbers = {
        reference: number
        for number, reference in db.session.execute(
            select(Registration.id, Registration.reference).where(Registration.edition_id == edition.id)
        )
    }
    db.session.execute(insert(AuditEntry), list(_history(rows, numbers)))
    _letters(rows[-MAILS:], numbers, secret)


def _delegates(
    chance: random.Random,
    edition: Edition,
    data: Mapping[str, Any],
    bodies: Mapping[str, Body],
    now: datetime,
) -> Iterator[dict[str, Any]]:
    countries = _weighted_countries(chance, data["pools"])
    taken: set[str] = set()
    named: set[tuple[str, str]] = set()
    for moment in _moments(edition, now):
        sector = _pick(chance, data["sectors"])
        pool, country = chance.choices(list(countries), list(countries.values()))[0]
        state = _pick(chance, data["states"])
        reference = make_reference(chance.choice)
        while reference in taken:
            reference = make_reference(chance.choice)
        taken.add(reference)
        decided = min(moment + timedelta(hours=chance.randint(5, 200)), now)
        yield {
            **_person(chance, data, pool, len(taken), named),
            **_post(chance, data, sector, country, bodies),
            "edition_id": edition.id,
            "reference": reference,
            "state": state,
            "reason": data["reasons"].get(state, ""),
            "role": _pick(chance, _ROLES),
            "is_listed": chance.random() < 0.7,
            "submitted_at": moment,
            "received_on": counted_day(moment, edition.time_zone),
            "waitlisted_at": decided if state == "waitlisted" else None,
            "decided_at": None if state == "submitted" else decided,
        }


def _weighted_countries(
    chance: random.Random, pools: Mapping[str, Sequence[str]]
) -> Mapping[tuple[str, str], float]:
    """(names' pool, country) -> weight: a few send many, many send a few; the host country sends the most."""
    places = [(pool, country) for pool, countries in sorted(pools.items()) for country in countries]
    chance.shuffle(places)
    weights = {place: 1 / (rank + 6) for rank, place in enumerate(places)}
    weights["en", "KE"] = 0.3
    return weights


def _moments(edition: Edition, now: datetime) -> list[datetime]:
    """When they came in, between the opening and now, by day and more and more of them.

    With a seed of its own: whatever the hour of the day, the people stay the same.
    """
    chance = random.Random(SEED)  # noqa: S311
    opened = edition.registration_opens_at
    assert opened is not None
    length = (now - opened).total_seconds()
    found: list[datetime] = []
    while len(found) < COUNT:
        moment = opened + timedelta(seconds=int(length * chance.random() ** 0.7))
        if 5 <= moment.hour <= 20 or chance.random() < 0.15:
            found.append(moment)
    return sorted(found)


def _pick(chance: random.Random, weights: Mapping[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _register_again(rows: list[dict[str, Any]]) -> None:
    """A few people came a second time, with their names the other way round."""
    for again, before in ((-8, 60), (-45, 210), (-110, 330)):
        first, second = rows[before], rows[again]
        second |= {name: first[name] for name in _AS_BEFORE}
        second |= {"given_name": first["family_name"], "family_name": first["given_name"]}
        second["sort_name"] = name_sort_key(second["given_name"], second["family_name"])


def _person(
    chance: random.Random,
    data: Mapping[str, Any],
    pool: str,
    number: int,
    named: set[tuple[str, str]],
) -> dict[str, Any]:
    script = "ar-latin" if pool == "ar" and chance.random() < 0.5 else pool
    names = data["names"][script]
    given, family = chance.choice(names["given"]), chance.choice(names["family"])
    other = random.Random(number)  # noqa: S311 - beside the first one, so that everything else stays as it is
    for _ in range(MOST_NAMES):
        if (given, family) not in named:
            break
        given, family = other.choice(names["given"]), other.choice(names["family"])
    named.add((given, family))
    language = pool if pool in ("fr", "es", "ar") else "en"
    return {
        "honorific": chance.choice(["", "", "Ms", "Mr", "Dr", "Col."]) if script != "ar" else "",
        "given_name": given,
        "family_name": family,
        "badge_name": "",
        "sort_name": name_sort_key(given, family),
        "email": f"delegate{number}@example.org",
        "phone": "" if chance.random() < 0.4 else f"+999 555 {number:04}",
        "language": language,
        "languages": sorted({language, chance.choice(["en", "en", "fr", "es"])}, key=LANGUAGES.index),
        "dietary_needs": chance.choice(["Vegetarian", "Halal", "No nuts"]) if chance.random() < 0.1 else "",
        "accessibility_needs": "Step-free access" if chance.random() < 0.02 else "",
    }


def _post(
    chance: random.Random, data: Mapping[str, Any], sector: str, country: str, bodies: Mapping[str, Body]
) -> dict[str, Any]:
    upper = sector.partition("-")[0]
    for_state = upper in _STATE_SECTORS
    organisation = chance.choice(data["organisations"]["state" if for_state else upper])
    body = bodies.get(organisation) if not for_state or country == "KE" else None
    values: dict[str, Any] = {
        "represents": "country" if for_state else "organisation",
        "country_code": country if for_state else None,
        "seat_country_code": None if for_state or upper == "IGO" else country,
        "sector_code": sector,
        "body_kind": body.kind if body else None,
    }
    counted = counted_country(**values)
    return values | {
        "functional_title": chance.choice(data["titles"][upper]),
        "organisation": organisation,
        "body_id": body.id if body else None,
        "counted_country_code": counted.code,
        "country_basis": counted.basis,
    }


def _history(rows: Sequence[Mapping[str, Any]], numbers: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """What the audit list would hold: each submission and each decision, in the order of time."""
    entries: list[dict[str, Any]] = []
    for row in rows:
        common = {"subject_type": "registration", "subject_id": numbers[row["reference"]]}
        common |= {"edition_id": row["edition_id"], "actor_id": None}
        entries.append(
            common
            | {"at": row["submitted_at"], "actor_kind": "delegate", "actor_name": ""}
            | {"action": "registration.submit", "reason": "", "old": {}, "new": {"state": "submitted"}}
        )
        if row["state"] != "submitted":
            by_person = row["state"] == "withdrawn"
            entries.append(
                common
                | {"at": row["decided_at"], "actor_kind": "delegate" if by_person else "user"}
                | {"actor_name": "" if by_person else "Demonstration organiser"}
                | {"action": _DECISIONS[row["state"]], "reason": row["reason"]}
                | {"old": {"state": "submitted"}, "new": {"state": row["state"]}}
            )
    return iter(sorted(entries, key=lambda one: one["at"]))


def _letters(rows: Sequence[Mapping[str, Any]], numbers: Mapping[str, int], secret: str) -> None:
    for row in rows:
        if row["state"] not in _MAIL_OF_STATE:
            continue
        at = row["decided_at"] or row["submitted_at"]
        number = numbers[row["reference"]]
        link = links.make_link("registration", secret=secret, now=at, registration_id=number)
        db.session.add(
            OutboxMessage(
                kind=_MAIL_OF_STATE[row["state"]],
                language=row["language"],
                recipient=row["email"],
                registration_id=number,
                link_id=link.id,
                edition_id=row["edition_id"],
                state="kept",
                attempts=1,
                created_at=at,
                next_attempt_at=at,
                sent_at=at,
            )
        )
    db.session.flush()
