"""Focal points decide at the same moment: never more endorsed than the body has places, and the other one is told."""

import contextlib
import dataclasses
import threading
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from eventapp.errors import DomainError, Refused
from eventapp.extensions import db
from eventapp.models import OutboxMessage, Registration
from eventapp.rules.access import DELEGATE
from eventapp.rules.registration_form import Details
from eventapp.services import endorsements, links, workspace, workspace_invitations, workspace_members
from eventapp.web.transaction import writing
from tests.factories.workspaces import make_workspace
from tests.services.racing import locks_off, meet
from tests.services.test_decide_race import at_once

pytestmark = pytest.mark.race
CLIENTS = 8
SECRET = "secret"
DETAILS = Details(
    represents="country",
    country_code="KE",
    organisation="",
    seat_country_code=None,
    sector_code="LE-POL",
    honorific="",
    given_name="Joy",
    family_name="Wanjiru",
    badge_name="",
    functional_title="Officer",
    email="joy@police.example",
    phone="",
    language="en",
    role="delegate",
    languages=(),
    dietary_needs="",
    accessibility_needs="",
    is_listed=False,
)


def prepare(app, people=0, **values):
    with app.app_context():
        with writing():
            made = make_workspace(**values)
            ids = [made.add().id for _ in range(people)]
        db.session.remove()
    return made.token, ids


@contextlib.contextmanager
def meeting(monkeypatch, module):
    """Let all clients meet right after they have counted the places, as far as the locks let them."""
    barrier, count = threading.Barrier(CLIENTS), workspace.count_places

    def counted(delegation, edition):
        tally = count(delegation, edition)
        meet(barrier)
        return tally

    monkeypatch.setattr(module, "count_places", counted)
    yield
    monkeypatch.setattr(module, "count_places", count)


def endorse(token, ids, clock):
    seen = dict.fromkeys(ids, "submitted")

    def job():
        place = workspace.enter(token, DELEGATE, now=clock())
        nonce = uuid4()
        return endorsements.decide(
            place, "endorsed", seen, reason="", nonce=nonce, now=clock(), secret=SECRET
        )

    return job


def register(token, number, clock):
    details = dataclasses.replace(DETAILS, family_name=f"N{number}")

    def job():
        place = workspace.enter(token, DELEGATE, now=clock())
        return workspace_members.register(place, details, nonce=uuid4(), now=clock(), secret=SECRET)

    return job


def count(app, model, *conditions):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def endorsed(app):
    return count(app, Registration, Registration.state == "endorsed")


def test_without_the_lock_the_last_place_is_given_several_times(fresh_app, clock, monkeypatch):
    token, ids = prepare(fresh_app, CLIENTS, quota=1)
    with meeting(monkeypatch, endorsements), locks_off(fresh_app, monkeypatch):
        at_once(fresh_app, [endorse(token, [one], clock) for one in ids])
    assert endorsed(fresh_app) > 1


def test_the_last_place_is_given_once_and_the_others_are_told(fresh_app, clock):
    token, ids = prepare(fresh_app, CLIENTS, quota=1)
    answers = at_once(fresh_app, [endorse(token, [one], clock) for one in ids])
    assert not [one for one in answers if isinstance(one, Exception)]
    assert sorted(len(one.plan.reached) for one in answers) == [0] * 7 + [1]
    assert [why for one in answers for why in one.plan.left.values()] == ["full"] * 7
    assert endorsed(fresh_app) == 1
    assert count(fresh_app, OutboxMessage) == 1


def test_two_who_endorse_the_same_person_endorse_once(fresh_app, clock):
    token, ids = prepare(fresh_app, 1, quota=5)
    answers = at_once(fresh_app, [endorse(token, ids, clock) for _ in range(CLIENTS)])
    assert not [one for one in answers if isinstance(one, Exception)]
    assert [why for one in answers for why in one.plan.left.values()] == ["changed"] * 7
    assert count(fresh_app, OutboxMessage) == 1


def test_without_the_lock_more_are_registered_than_there_are_places(fresh_app, clock, monkeypatch):
    token, _ = prepare(fresh_app, quota=1)
    with meeting(monkeypatch, workspace_members), locks_off(fresh_app, monkeypatch):
        at_once(fresh_app, [register(token, number, clock) for number in range(CLIENTS)])
    assert endorsed(fresh_app) > 1


def test_the_last_place_is_registered_for_once(fresh_app, clock):
    token, _ = prepare(fresh_app, quota=1)
    answers = at_once(fresh_app, [register(token, number, clock) for number in range(CLIENTS)])
    refusals = [one for one in answers if isinstance(one, Exception)]
    assert len(refusals) == 7
    assert all(isinstance(one, Refused) and one.code == "quota_full" for one in refusals)
    assert endorsed(fresh_app) == 1


def invite(app, token, clock):
    with app.app_context():
        with writing():
            place = workspace.enter(token, DELEGATE, now=clock())
            made = workspace_invitations.invite(
                place,
                email="x@example.org",
                name="",
                language="en",
                role="delegate",
                now=clock(),
                secret=SECRET,
            )
            link = links.make_link(
                "delegation_invitation", secret=SECRET, now=clock(), delegation_invitation_id=made.id
            )
            found = links.token_of(link, SECRET)
        db.session.remove()
    return found


def test_an_invitation_sent_eight_times_at_once_is_used_once(fresh_app, clock):
    token, _ = prepare(fresh_app, quota=5)
    invitation = invite(fresh_app, token, clock)

    def accept(number):
        details = dataclasses.replace(DETAILS, family_name=f"N{number}")
        return lambda: workspace_invitations.accept(
            invitation, details, nonce=uuid4(), notice_id=None, now=clock(), secret=SECRET
        )

    answers = at_once(fresh_app, [accept(number) for number in range(CLIENTS)])
    refusals = [one for one in answers if isinstance(one, Exception)]
    assert len(refusals) == 7
    assert all(isinstance(one, DomainError) and one.code == "used" for one in refusals), refusals
    assert endorsed(fresh_app) == 1
