"""Whatever is asked, the service's numbers are those of a plain count in Python over the rows."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import CheckIn, Registration
from eventapp.rules.measure import MEASURES
from eventapp.rules.vocabulary import DELEGATE_ROLES, LANGUAGES, REGISTERED_STATES, REGISTRATION_STATES
from eventapp.services import badges, statistics
from eventapp.services.statistics_reference import get_reference
from tests.factories.editions import make_edition
from tests.factories.programme import make_body
from tests.factories.registrations import build_registration

pytestmark = pytest.mark.usefixtures("ctx")
PLAIN = (
    "sector",
    "main_sector",
    "country",
    "country_basis",
    "region",
    "subregion",
    "un_regional_groups",
    "body_kind",
    "body",
    "role",
    "badge_category",
    "language",
    "day",
    "state",
)
COUNTRIES = ("NA", "NO", "KE", "FR", "GL", "TW", "BR")
SECTORS = ("LE-POL", "LE-BRD", "PUB-MIN", "NGO", "IGO", "PRV-FIN")
QUESTIONS = st.tuples(
    st.lists(st.sampled_from(PLAIN), min_size=1, max_size=2, unique=True),
    st.none() | st.sampled_from(PLAIN),  # half of the questions ask about everybody
    st.booleans(),
)


def draw_people(chance: random.Random, count: int):
    """Whoever they are: small lists shrunk by hypothesis would hold one kind of person most of the time."""
    return [
        (
            chance.choice(REGISTRATION_STATES),
            chance.choice(COUNTRIES),
            chance.choice(SECTORS),
            chance.choice(DELEGATE_ROLES),
            chance.choice(LANGUAGES),
            chance.choice((None, "ngo", "company", "international_organization")),
            chance.choice((0, 1, 2, 35)),  # days back
            chance.choice(((), (8,), (9,), (8, 9))),  # days of June on which the person came
            chance.random() < 0.5,  # linked to the known body
        )
        for _ in range(count)
    ]


def code_of(one: Registration, name: str) -> str:
    """The code of a registration in a dimension, written down anew and not taken from the service."""
    reference = get_reference()
    country = one.counted_country_code or ""
    match name:
        case "sector":
            return one.sector_code
        case "main_sector":
            return one.sector_code.split("-")[0]
        case "country":
            return country
        case "country_basis":
            return one.country_basis
        case "region":
            return reference.m49.upper.get(country, "unassigned") if country else ""
        case "subregion":
            upper = reference.m49.upper.get(country, "unassigned")
            return reference.m49.lower.get(country, upper) if country else ""
        case "un_regional_groups":
            return reference.schemes[name].upper.get(country, "unassigned") if country else ""
        case "body_kind":
            return "state" if one.represents == "country" else one.body_kind or ""
        case "body":
            return str(one.body_id or "")
        case "badge_category":
            kind = "state" if one.represents == "country" else one.body_kind
            for rule in badges.list_rules():
                fits_sector = rule.sector in (None, one.sector_code, one.sector_code.split("-")[0])
                if rule.body_kind in (None, kind) and fits_sector and rule.role in (None, one.role):
                    return rule.category
            return ""
        case "day":
            return one.submitted_at.astimezone(UTC).date().isoformat()  # the edition stands in UTC
    return getattr(one, name)


def is_of(one: Registration, came: bool, measure: str) -> bool:
    return {
        "received": True,
        "registered": one.state in REGISTERED_STATES,
        "endorsed": one.state == "endorsed",
        "approved": one.state == "approved",
        "checked_in": came,
        "no_show": one.state == "approved" and not came,
    }[measure]


@given(
    seed=st.integers(0, 2**32),
    count=st.integers(0, 40),
    questions=st.lists(QUESTIONS, min_size=4, max_size=8),
)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_question_is_a_plain_count(clock, seed, count, questions):
    with db.session.begin_nested() as inner:
        edition = make_edition(country_code="KE", time_zone="UTC", state="held")
        made, came_on = make_people(edition, draw_people(random.Random(seed), count))
        rows = [one for one in made if one.state != "merged"]  # the same person counts under another one
        for by, filtered, with_host in questions:
            where = {filtered: [code_of(rows[0], filtered)]} if filtered and rows else {}
            found = statistics.count(edition, statistics.ask(by, where, with_host=with_host), now=clock())
            wanted = [
                one
                for one in rows
                if all(code_of(one, name) in codes for name, codes in where.items())
                and (with_host or one.counted_country_code != "KE")
            ]
            check(found, wanted, by, came_on)
        days = statistics.count(edition, statistics.ask(["check_in_day"]), now=clock())
        assert {day: numbers.checked_in for (day,), numbers in days.by("check_in_day").items()} == Counter(
            date(2027, 6, day).isoformat() for one in rows for day in came_on[one.id]
        )
        assert days.total.checked_in == sum(bool(came_on[one.id]) for one in rows)
        inner.rollback()


def check(found, wanted, by, came_on):
    tallies = found.by(*by)
    for measure in MEASURES:
        plain = Counter(
            tuple(code_of(one, name) for name in by)
            for one in wanted
            if is_of(one, bool(came_on[one.id]), measure)
        )
        assert {key: numbers.of(measure) for key, numbers in tallies.items() if numbers.of(measure)} == plain
        assert found.total.of(measure) == plain.total()


def make_people(edition, people):
    body = make_body(kind="ngo")
    made, days = [], []
    for state, country, sector, role, language, kind, back, came, is_linked in people:
        is_state = sector.startswith(("LE", "PUB"))
        made.append(
            build_registration(
                edition,
                state=state,
                represents="country" if is_state else "organisation",
                country_code=country if is_state else None,
                seat_country_code=None if is_state else country,
                sector_code=sector,
                role=role,
                language=language,
                body_kind=None if is_state else kind,
                body_id=body.id if is_linked else None,
                submitted_at=datetime(2027, 4, 14, 23, 30, tzinfo=UTC) - timedelta(days=back),
                is_checked_in=bool(came),
            )
        )
        days.append(came)
    db.session.add_all(made)
    db.session.flush()
    for one, came in zip(made, days, strict=True):
        for day in came:
            at = datetime(2027, 6, day, 9, tzinfo=UTC)
            db.session.add(CheckIn(edition_id=edition.id, registration_id=one.id, on=at.date(), at=at))
    db.session.flush()
    rows = db.session.scalars(select(Registration).where(Registration.edition_id == edition.id)).all()
    return rows, {one.id: came for one, came in zip(made, days, strict=True)}
