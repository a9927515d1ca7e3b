"""Two organisers merge the same pair at the same moment, or the delegate changes the registration meanwhile."""

from collections import Counter

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from eventapp.errors import Conflict, Refused, Stale
from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage, Registration
from eventapp.rules.duplicate_merge import CHOICES
from eventapp.rules.registration_form import Details
from eventapp.services import duplicates, duplicates_search, links, registrations_own
from eventapp.services.duplicates_merge import merge
from eventapp.services.registrations import values_of
from eventapp.web.transaction import writing
from tests.engines import SECRET
from tests.factories.duplicates import make_pair, make_twice
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.services.racing import locks_off
from tests.services.test_capacity_race import Meeting
from tests.services.test_decide_race import ORGANISER, at_once

pytestmark = pytest.mark.race
CLIENTS = 8


def prepare(app):
    with app.app_context():
        with writing():
            edition = make_edition()
            first, second = make_twice(edition, state="approved")
            link = links.make_link("registration", secret=SECRET, now=NOW, registration_id=second.id)
            found = edition.ordinal, make_pair(first, second).id, links.token_of(link, SECRET)
        db.session.remove()
    return found


def merging(ordinal, pair_id, stays):
    """One organiser keeps the one, the next the other."""
    return lambda: merge(
        ORGANISER,
        ordinal,
        pair_id,
        stays=stays,
        choices=dict.fromkeys(CHOICES, stays),
        seen=(1, 1),
        now=NOW,
        secret=SECRET,
    )


def all_merge(app, monkeypatch):
    """Everybody has read the pair before anybody writes, as far as the lock lets them."""
    ordinal, pair_id, _ = prepare(app)
    Meeting(monkeypatch, CLIENTS).after(duplicates, "get_to_decide")
    jobs = [merging(ordinal, pair_id, ("first", "second")[one % 2]) for one in range(CLIENTS)]
    return at_once(app, jobs)


def look(app):
    """States, merge rows of the history, letters."""
    with app.app_context():
        states = sorted(db.session.scalars(select(Registration.state)))
        rows = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "registration.merge")
        letters = select(func.count()).select_from(OutboxMessage)
        return states, db.session.scalar(rows), db.session.scalar(letters)


def test_without_the_lock_somebody_is_lost(fresh_app, monkeypatch):
    with locks_off(fresh_app, monkeypatch):
        answers = all_merge(fresh_app, monkeypatch)
    broken = [
        one for one in answers if isinstance(one, Exception) and not isinstance(one, Conflict | Refused)
    ]
    assert broken or look(fresh_app)[1] > 2, "nobody met anybody"
    assert all("locked" in str(one) or isinstance(one, StaleDataError) for one in broken), broken


def test_of_eight_at_once_one_merges_and_the_others_are_told(fresh_app, monkeypatch):
    answers = all_merge(fresh_app, monkeypatch)
    told = Counter(type(one).__name__ for one in answers if isinstance(one, Exception))
    assert told == {"Conflict": CLIENTS - 1}, answers
    assert look(fresh_app) == (["approved", "merged"], 2, 2)


def test_the_delegate_changes_while_it_is_merged(fresh_app):
    """Whoever is second is told, and nothing of what the first one wrote is lost."""
    ordinal, pair_id, token = prepare(fresh_app)

    def change():
        own = registrations_own.get_own(token).registration
        details = Details(**(values_of(own) | {"phone": "+255 700 000 999"}))
        return registrations_own.change(token, details, version=1, now=NOW, secret=SECRET)

    answers = at_once(fresh_app, [merging(ordinal, pair_id, "first"), change])
    assert [type(one) for one in answers if isinstance(one, Exception)] == [Stale]
    with fresh_app.app_context():
        phones = set(db.session.scalars(select(Registration.phone)))
    has_merged = look(fresh_app)[0] == ["approved", "merged"]
    assert has_merged != ("+255 700 000 999" in phones)


def test_several_workers_search_once(fresh_app):
    with fresh_app.app_context():
        with writing():
            make_twice(make_edition())
        db.session.remove()
    answers = at_once(fresh_app, [lambda: duplicates_search.lease_next(now=NOW)] * CLIENTS)
    assert not [one for one in answers if isinstance(one, Exception)]
    assert len([one for one in answers if one is not None]) == 1
