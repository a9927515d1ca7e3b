"""Many write at once under quotas of the edition, of bodies, sectors and badge categories: all of them hold together."""

import threading

import pytest

from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.models import Quota, Registration
from eventapp.services import quotas, quotas_manage, registrations_decide
from eventapp.web.transaction import writing
from tests.factories.delegations import make_delegation
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.quotas import make_quota
from tests.factories.registrations import make_registration
from tests.services.racing import in_processes, locks_off, meet, together
from tests.services.racing_quotas import (
    NGO,
    ORGANISER,
    check_quotas,
    decide,
    endorse,
    mix,
    mix_in_process,
    register,
    the_edition,
    withdraw,
)
from tests.services.test_capacity_race import Meeting, at_once, states

pytestmark = pytest.mark.race
CLIENTS = 8


def prepare(app, make):
    with app.app_context():
        with writing():
            made = make()
        db.session.remove()
    return made


def refusable(job):
    """Run it; gives the code of what it was refused with."""

    def run():
        try:
            job()
        except Refused as refusal:  # before anything was written
            return refusal.code
        return None

    return run


def sums(app):
    """Quota -> approved and endorsed, by its code."""
    with app.app_context():
        found = quotas.read_sums(the_edition())
        return {which.code or "edition": (one.approved, one.endorsed) for which, one in found.items()}


def endorse_at_once(app, monkeypatch):
    """Eight focal points and three places of one body."""

    def make():
        edition = make_edition(approval="two_steps")
        kenya = make_delegation(edition, quota=3)
        return [make_registration(edition, delegation_id=kenya.id).id for _ in range(CLIENTS)]

    people = prepare(app, make)
    Meeting(monkeypatch, CLIENTS).after(quotas, "read_room")
    return at_once(app, [refusable(lambda one=one: endorse(one)) for one in people])


def test_without_the_locks_a_body_endorses_more_than_its_quota(fresh_app, monkeypatch):
    with locks_off(fresh_app, monkeypatch):
        endorse_at_once(fresh_app, monkeypatch)
    assert states(fresh_app)["endorsed"] > 3


def test_eight_endorse_the_last_three_places_of_a_body(fresh_app, monkeypatch):
    answers = endorse_at_once(fresh_app, monkeypatch)
    assert states(fresh_app) == {"endorsed": 3, "submitted": 5}
    assert sorted(answers, key=str) == [None] * 3 + ["quota_full"] * 5


def approve_at_once(app, monkeypatch):
    """Eight organisers approve one each, where a body has 2 places, a category 3, a sector 4 and the edition 5."""

    def make():
        edition = make_edition(capacity=5)
        kenya = make_delegation(edition, quota=2)
        make_quota(edition, "badge_category", "civil_society", 3)
        make_quota(edition, "sector", "LE-POL", 4)
        officers = [make_registration(edition, delegation_id=kenya.id).id for _ in range(3)]
        helpers = [make_registration(edition, **NGO, body_kind="ngo").id for _ in range(5)]
        return officers + helpers

    people = prepare(app, make)
    Meeting(monkeypatch, CLIENTS).after(registrations_decide, "read_room")
    return at_once(app, [lambda one=one: decide("approved", one) for one in people])


def test_without_the_locks_every_quota_is_overbooked(fresh_app, monkeypatch):
    with locks_off(fresh_app, monkeypatch):
        approve_at_once(fresh_app, monkeypatch)
    found = sums(fresh_app)
    assert found["edition"][0] > 5 and found["civil_society"][0] > 3


def test_eight_approve_under_four_quotas(fresh_app, monkeypatch):
    outcomes = approve_at_once(fresh_app, monkeypatch)
    assert states(fresh_app) == {"approved": 5, "submitted": 3}
    assert sums(fresh_app) == {"edition": (5, 0), "1": (2, 0), "civil_society": (3, 0), "LE-POL": (2, 0)}
    assert sum(len(one.plan.reached) for one in outcomes) == 5
    assert sum(len(one.plan.full) for one in outcomes) == 3


def everything_at_once(app, monkeypatch):
    """Three are endorsed for one place of their body, three officers come for two of their sector, one helper comes, one goes."""

    def make():
        edition = make_edition(approval="open", capacity=7)
        kenya = make_delegation(edition, quota=2)
        make_quota(edition, "sector", "LE-POL", 4)
        make_registration(edition, state="approved", delegation_id=kenya.id, **NGO)
        leaving = make_registration(edition, state="approved", sector_code="PUB-MIN").id
        for _ in range(2):
            make_registration(edition, state="approved")
        return leaving, [make_registration(edition, delegation_id=kenya.id, **NGO).id for _ in range(3)]

    leaving, theirs = prepare(app, make)
    Meeting(monkeypatch, CLIENTS - 1).after(quotas, "read_room")  # whoever leaves finds nobody in line
    jobs = [
        *(refusable(lambda one=one: endorse(one)) for one in theirs),
        *(lambda number=number: register(f"N{number}") for number in range(3)),
        lambda: register("Helper", **NGO),
        lambda: withdraw(leaving),
    ]
    return at_once(app, jobs)


def test_without_the_locks_bodies_and_sectors_are_overbooked(fresh_app, monkeypatch):
    with locks_off(fresh_app, monkeypatch):
        everything_at_once(fresh_app, monkeypatch)
    found = sums(fresh_app)
    assert sum(found["1"]) > 2 and found["LE-POL"][0] > 4


def test_endorsing_coming_and_leaving_at_once(fresh_app, monkeypatch):
    everything_at_once(fresh_app, monkeypatch)
    assert states(fresh_app) == {
        "approved": 6,
        "endorsed": 1,
        "submitted": 2,
        "waitlisted": 1,
        "withdrawn": 1,
    }
    assert sums(fresh_app) == {"edition": (6, 1), "1": (1, 1), "LE-POL": (4, 0)}
    with fresh_app.app_context():
        check_quotas()


def raise_while_seven_come(app, monkeypatch):
    """The quota is raised after seven have looked; they arrive after the line has been read, as far as the locks let them."""

    def make():
        edition = make_edition(approval="open", capacity=50)
        quota = make_quota(edition, "sector", "LE-POL", 2)
        for state in ("approved", "approved", "waitlisted", "waitlisted"):
            make_registration(edition, state=state)
        return quota.id

    quota_id = prepare(app, make)
    looked, read = threading.Barrier(CLIENTS), threading.Barrier(CLIENTS)
    read_room, mine = quotas.read_room, threading.local()

    def answer(edition):
        room, mine.calls = read_room(edition), getattr(mine, "calls", 0) + 1
        if mine.calls == 1:
            if not getattr(mine, "raises", False):
                meet(looked)
            meet(read)
        return room

    def set_places():
        mine.raises = True
        ordinal, version = the_edition().ordinal, db.session.get(Quota, quota_id).version
        meet(looked)
        return quotas_manage.change(ORGANISER, ordinal, quota_id, 6, version=version, now=NOW)

    monkeypatch.setattr(quotas, "read_room", answer)
    at_once(app, [set_places, *(lambda number=number: register(f"N{number}") for number in range(7))])


def test_without_the_locks_people_wait_beside_the_places_of_a_raised_quota(fresh_app, monkeypatch):
    with locks_off(fresh_app, monkeypatch):
        raise_while_seven_come(fresh_app, monkeypatch)
    assert states(fresh_app)["approved"] < 6


def test_a_quota_is_raised_while_seven_come(fresh_app, monkeypatch):
    raise_while_seven_come(fresh_app, monkeypatch)
    assert states(fresh_app) == {"approved": 6, "waitlisted": 5}


def a_busy_edition():
    """Full nearly everywhere, with people of every kind in every state."""
    edition = make_edition(approval="open", capacity=20)
    bodies = [make_delegation(edition, country_code=code, quota=4).id for code in ("KE", "NO")]
    make_quota(edition, "sector", "LE-POL", 12)
    make_quota(edition, "badge_category", "civil_society", 5)
    for number in range(60):
        more = {"delegation_id": bodies[number % 2]} if number % 3 else {}
        kind = {} if number % 4 else {**NGO, "body_kind": "ngo"}
        make_registration(edition, **more, **kind)


def test_eight_writers_for_longer(fresh_app):
    prepare(fresh_app, a_busy_edition)
    done = together(CLIENTS, lambda number: mix(fresh_app, number, 12), timeout=120)
    assert sum(done) > 20
    with fresh_app.app_context():
        check_quotas()
        assert db.session.query(Registration).filter_by(state="approved").count() > 0


def test_four_processes_at_once(fresh_app):
    prepare(fresh_app, a_busy_edition)
    settings = fresh_app.config["SETTINGS"]
    place = (settings.database_url, str(settings.instance))
    answers = in_processes(mix_in_process, [(*place, number, 8) for number in range(4)], timeout=120)
    assert [word for word, _ in answers] == ["done"] * 4, answers
    assert sum(count for _, count in answers) > 20
    with fresh_app.app_context():
        check_quotas()
