"""Represented bodies of the demonstration: quotas, focal points, credentials, and people who are endorsed or declined."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, func, insert, select, update

from eventapp.extensions import db
from eventapp.models import AuditEntry, Body, Country, Delegation, Edition, FocalPoint, Registration
from eventapp.rules.body import sort_name
from eventapp.rules.vocabulary import HOLDING_STATES
from eventapp.services import delegations_assign, links, quotas

SEED: Final = 80
_CREDENTIALS: Final = {"missing": 30, "copy": 30, "original": 15, "accepted": 20, "deficient": 5}
_MEMBERSHIPS: Final = {"member": 60, "observer": 15, "neither": 10, "": 15}
_DECISIONS: Final = {"endorsed": 40, "declined": 8, "": 52}
_LINKS: Final = 3  # focal points whose link was sent


def make(edition: Edition, data: Mapping[str, Any], *, now: datetime, secret: str) -> None:
    """Write them for everybody who represents a country, and for the organisations that are known; nothing is sent.

    The capacity becomes what is held by then, so that somebody may stand on the waiting list.
    """
    chance = random.Random(SEED)  # noqa: S311 - made-up people, always the same
    opened = edition.registration_opens_at or now
    made = _represented(chance, edition, opened)
    db.session.add_all(made)
    db.session.flush()
    delegations_assign.adopt(edition.id)
    _note_making(edition, made, opened)
    speaking = list(_focal_points(chance, made, data["names"]["en"], opened))
    db.session.add_all(speaking)
    db.session.flush()
    for one in speaking[:_LINKS]:
        links.make_link("focal_point", secret=secret, now=now, focal_point_id=one.id)
    _endorse(chance, edition, {one.delegation_id: one for one in speaking}, data["reasons"], now)
    _set_quotas(chance, edition, made)
    edition.capacity = quotas.count_held(edition)
    db.session.flush()


def _pick(chance: random.Random, weights: Mapping[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _represented(chance: random.Random, edition: Edition, at: datetime) -> list[Delegation]:
    """One for each country and known organisation that somebody represents, in the order of their codes and names."""
    people = (Registration.edition_id == edition.id, Registration.represents == "country")
    codes = select(Registration.country_code).where(*people)
    countries = db.session.scalars(select(Country).where(Country.code.in_(codes)).order_by(Country.code))
    others = (Registration.edition_id == edition.id, Registration.represents == "organisation")
    ids = select(Registration.body_id).where(*others, Registration.body_id.is_not(None))
    bodies = db.session.scalars(select(Body).where(Body.id.in_(ids)).order_by(Body.sort_name, Body.id))
    found: list[tuple[Country | Body, dict[str, Any]]] = [
        (
            one,
            {"country_code": one.code, "kind": "state", "membership": _pick(chance, _MEMBERSHIPS)},
        )
        for one in countries
    ]
    found += [(one, {"body_id": one.id, "kind": one.kind}) for one in bodies]
    return [_row(chance, edition, named, values, at) for named, values in found]


def _row(
    chance: random.Random, edition: Edition, named: Country | Body, values: dict[str, Any], at: datetime
) -> Delegation:
    state = _pick(chance, _CREDENTIALS)
    return Delegation(
        edition_id=edition.id,
        sort_name=sort_name(named.names),
        credentials=state,
        credentials_note="The signature is missing." if state == "deficient" else "",
        stands_apart=values.get("country_code") == edition.country_code,
        created_at=at,
        **values,
    )


def _note_making(edition: Edition, made: Sequence[Delegation], at: datetime) -> None:
    """The first row of the history of each."""
    common = {"at": at, "actor_kind": "user", "actor_id": None, "actor_name": "Demonstration organiser"}
    common |= {"action": "delegation.create", "subject_type": "delegation", "edition_id": edition.id}
    common |= {"reason": "", "old": {}}
    rows = [common | {"subject_id": one.id, "new": {"kind": one.kind}} for one in made]
    db.session.execute(insert(AuditEntry), rows)


def _focal_points(
    chance: random.Random, made: Sequence[Delegation], names: Mapping[str, Sequence[str]], at: datetime
) -> Iterator[FocalPoint]:
    """Most have one, some nobody; every address is one that cannot exist."""
    for number, one in enumerate(made, 1):
        if chance.random() < 0.15:
            continue
        yield FocalPoint(
            delegation_id=one.id,
            name=f"{chance.choice(names['given'])} {chance.choice(names['family'])}",
            email=f"focal.point{number}@ministry.example",
            language=chance.choice(["en", "en", "fr", "es", "ar"]),
            created_at=at,
        )


def _endorse(
    chance: random.Random,
    edition: Edition,
    speaking: Mapping[int, FocalPoint],
    reasons: Mapping[str, str],
    now: datetime,
) -> None:
    """Some of those who wait have been endorsed or declined by their focal point, each with the row of the history."""
    wanted = (
        Registration.edition_id == edition.id,
        Registration.state == "submitted",
        Registration.delegation_id.in_(list(speaking)),
    )
    columns = (Registration.id, Registration.delegation_id, Registration.submitted_at)
    history = []
    for row in db.session.execute(select(*columns).where(*wanted).order_by(Registration.id)).all():
        state = _pick(chance, _DECISIONS)
        at = min(row.submitted_at + timedelta(hours=chance.randint(3, 90)), now)
        if not state:
            continue
        reason = reasons["declined"] if state == "declined" else ""
        values = {"state": state, "decided_at": at, "reason": reason}
        values["endorsed_at"] = at if state == "endorsed" else None
        db.session.execute(update(Registration).where(Registration.id == row.id).values(**values))
        history.append(_entry(edition, speaking[row.delegation_id], row, state, reason, at))
    db.session.execute(insert(AuditEntry), sorted(history, key=lambda entry: entry["at"]))
    db.session.expire_all()


def _entry(  # noqa: PLR0917 - one row of a table
    edition: Edition, by: FocalPoint, row: Row[Any], state: str, reason: str, at: datetime
) -> dict[str, Any]:
    return {
        "at": at,
        "actor_kind": "focal_point",
        "actor_id": by.id,
        "actor_name": by.name,
        "action": "registration.endorse" if state == "endorsed" else "registration.decline",
        "subject_type": "registration",
        "subject_id": row.id,
        "edition_id": edition.id,
        "reason": reason,
        "old": {"state": "submitted"},
        "new": {"state": state},
    }


def _set_quotas(chance: random.Random, edition: Edition, made: Sequence[Delegation]) -> None:
    """A few places more than are held; here and there none, or one too few; the host's many."""
    held: Counter[int] = Counter()
    wanted = (Registration.edition_id == edition.id, Registration.state.in_(HOLDING_STATES))
    query = select(Registration.delegation_id, func.count()).where(*wanted)
    for number, people in db.session.execute(query.group_by(Registration.delegation_id)):
        held[number] = people
    for one in made:
        luck, people = chance.random(), held[one.id]
        if one.stands_apart:
            one.quota = people + 20
        elif luck < 0.12 and people > 1:
            one.quota = people - 1
        elif luck < 0.9:
            one.quota = people + chance.randint(0, 4)
