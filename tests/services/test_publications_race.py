"""Several clicks on "Publish" at the same moment: one publication for each preview, numbered without a gap."""

import threading
import uuid

import pytest
from sqlalchemy import select

from eventapp.errors import Conflict, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, Publication, RegionScheme
from eventapp.rules.access import Actor
from eventapp.rules.publication import Plan
from eventapp.services import publications, regions, regions_manage
from eventapp.web.transaction import writing
from tests.engines import ENGINE
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.services.racing import locks_off, together

BOSS = Actor(kind="user", id=2, name="Joy", role="administrator", all_editions=True)
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


def publish_while_the_scheme_is_removed(app, clock, *, patience=1.5):
    """The scheme is removed once the figures are published but before that is committed; gives what came of the removal."""
    with app.app_context():
        seen = publications.preview(ORGANISER, 8, Plan(scheme="un_regional_groups"), now=clock())
        db.session.remove()
    is_published, answers = threading.Event(), []

    def remove():
        is_published.wait(10)
        with app.app_context():
            try:
                with writing():
                    regions_manage.remove_scheme(BOSS, "un_regional_groups", now=clock())
            except Refused as refusal:
                answers.append(refusal)
            finally:
                db.session.remove()

    remover = threading.Thread(target=remove)
    remover.start()
    with app.app_context():
        with writing():
            publications.publish(ORGANISER, 8, seen, digest=seen.digest, nonce=uuid.uuid4(), now=clock())
            is_published.set()
            remover.join(patience)  # as long as it waits for us
        db.session.remove()
    remover.join(10)
    assert not remover.is_alive()
    with app.app_context():
        is_kept = db.session.get(RegionScheme, "un_regional_groups") is not None
        db.session.remove()
    return is_kept, answers


@pytest.mark.race
def test_without_the_lock_a_scheme_goes_while_figures_are_published_by_it(
    app_with_people, clock, monkeypatch
):
    monkeypatch.setattr(regions, "lock_scheme", lambda code: db.session.get(RegionScheme, code))
    patience = 20 if ENGINE == "postgresql" else 1.5
    is_kept, answers = publish_while_the_scheme_is_removed(app_with_people, clock, patience=patience)
    # SQLite needs no lock on a row: there a writing transaction holds the whole database.
    assert is_kept == bool(answers) == (ENGINE == "sqlite")


@pytest.mark.race
def test_a_scheme_stays_while_figures_are_published_by_it(app_with_people, clock):
    is_kept, (refusal,) = publish_while_the_scheme_is_removed(app_with_people, clock)
    assert is_kept and refusal.values["editions"] == "8"
    assert numbers(app_with_people) == [1]


def test_a_scheme_that_went_after_the_preview_publishes_nothing(app_with_people, clock):
    with app_with_people.app_context():
        seen = publications.preview(ORGANISER, 8, Plan(scheme="un_regional_groups"), now=clock())
        with writing():
            regions_manage.remove_scheme(BOSS, "un_regional_groups", now=clock())
        with pytest.raises(Conflict), writing():
            publications.publish(ORGANISER, 8, seen, digest=seen.digest, nonce=uuid.uuid4(), now=clock())
        db.session.remove()
    assert numbers(app_with_people) == []
