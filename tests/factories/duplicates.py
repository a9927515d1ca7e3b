"""Possible duplicates for tests: found by the search that the worker makes."""

from eventapp.adapters.likeness import describe, search
from eventapp.extensions import db
from eventapp.models import DuplicatePair, Edition, Registration
from eventapp.services import duplicates_search
from tests.factories.editions import CLOCK_STANDS_AT
from tests.factories.registrations import make_registration


def make_twice(edition: Edition, **overrides) -> tuple[Registration, Registration]:
    """One person who registered twice, the second time in another order and spelling."""
    one = {"given_name": "Mohammed", "family_name": "Al-Farsi", "email": "m.alfarsi@ministry.example"}
    other = {"given_name": "Alfarsi", "family_name": "Muhammad", "email": "alfarsi@ministry.example"}
    first, second = overrides.pop("first", {}), overrides.pop("second", {})
    return (
        make_registration(edition, **(one | overrides | first)),
        make_registration(edition, **(other | overrides | second)),
    )


def make_pair(first: Registration, second: Registration, **overrides) -> DuplicatePair:
    """A saved pair that waits for somebody to look at it."""
    one, other = sorted((first, second), key=lambda registration: registration.id)
    names = [f"{each.given_name}\n{each.family_name}" for each in (one, other)]
    values = {
        "score": 85,
        "reasons": ["order", "spelling", "body"],
        "names": duplicates_search.names_hash(*names),
        "found_at": CLOCK_STANDS_AT,
        **overrides,
    }
    pair = DuplicatePair(edition_id=one.edition_id, first_id=one.id, second_id=other.id, **values)
    db.session.add(pair)
    db.session.flush()
    return pair


def compared(task) -> list:
    """The pairs that a search finds, without a process of its own."""
    people = (
        describe(key, given_name=given, family_name=family, email=email, phone=phone, body=body)
        for key, given, family, email, phone, body in duplicates_search._people(task.edition_id)
    )
    return [pair for step in search(people, task.only) for pair in step.found]


def search_all(clock) -> bool:
    """What the worker does, in this transaction: every search that waits. Tells whether there was one."""
    found = False
    while (task := duplicates_search.lease_next(now=clock())) is not None:
        duplicates_search.finish(task, compared(task), now=clock())
        found = True
    return found
