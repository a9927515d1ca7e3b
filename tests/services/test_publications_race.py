"""Several clicks on "Publish" at the same moment: one publication for each preview, numbered without a gap."""

import uuid

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import AuditEntry, Publication
from eventapp.rules.access import Actor
from eventapp.rules.publication import Plan
from eventapp.services import publications
from eventapp.web.transaction import writing
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.services.racing import locks_off, together

ORGANISER = Actor(kind="user", id=1, name="Ada", role="organiser", all_editions=True)


@pytest.fixture
def app_with_people(fresh_app):
    with fresh_app.app_context():
        with writing():
            edition = make_edition()
            for country in ("KE", "NG", "FR"):
                for _ in range(4):
                    make_registration(edition, country_code=country)
        db.session.remove()
    return fresh_app


def publish_at_once(app, clock, nonces):
    """Each in a thread of its own; gives the number that was published, or the failure."""
    with app.app_context():
        seen = publications.preview(ORGANISER, 8, Plan(), now=clock())
        db.session.remove()

    def publish(one):
        with app.app_context():
            try:
                with writing():
                    made = publications.publish(
                        ORGANISER, 8, seen, digest=seen.digest, nonce=nonces[one], now=clock()
                    )
                    return made.number
            except Exception as failure:
                return failure
            finally:
                db.session.remove()

    return together(len(nonces), publish)


def numbers(app):
    with app.app_context():
        found = db.session.scalars(select(Publication.number).order_by(Publication.number)).all()
        written = db.session.scalars(
            select(AuditEntry.id).where(AuditEntry.action == "figures.publish")
        ).all()
        db.session.remove()
    assert len(written) == len(found)
    return found


@pytest.mark.race
def test_without_the_lock_the_constraint_still_keeps_it_one(app_with_people, clock, monkeypatch):
    with locks_off(app_with_people, monkeypatch):
        answers = publish_at_once(app_with_people, clock, [uuid.uuid4()] * 8)
    assert any(isinstance(one, Exception) for one in answers), "no race was shown"
    assert numbers(app_with_people) == [1]


@pytest.mark.race
def test_the_same_click_eight_times_is_one_publication(app_with_people, clock):
    assert publish_at_once(app_with_people, clock, [uuid.uuid4()] * 8) == [1] * 8
    assert numbers(app_with_people) == [1]


@pytest.mark.race
def test_two_organisers_at_once_are_told_to_look_again(app_with_people, clock):
    """The second preview did not know the first publication, so it is not published unseen."""
    answers = publish_at_once(app_with_people, clock, [uuid.uuid4(), uuid.uuid4()])
    assert [one for one in answers if not isinstance(one, Exception)] == [1]
    assert [one.text for one in answers if isinstance(one, Exception)] == [
        "The counts have changed since the preview. Please look at it again."
    ]
    assert numbers(app_with_people) == [1]
