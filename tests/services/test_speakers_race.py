"""Somebody declines while the programme is published: in the end the programme does not name the person."""

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from eventapp.extensions import db
from eventapp.models import Edition, PublishedSession
from eventapp.rules.access import COMMAND
from eventapp.services import programme_publishing, speakers_own
from eventapp.web.transaction import writing
from tests.engines import ENGINE
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.programme import link_of, make_place, make_session, make_speaker, publish
from tests.services.racing import together

pytestmark = pytest.mark.race
PAUSE = 0.5  # seconds that whoever publishes gives the other one between reading and writing


def prepare(app):
    """An edition whose published session has changed since; gives its ordinal, the session and the speaker's token."""
    with app.app_context(), writing():
        edition, speaker = make_edition(), make_speaker(name="Amina Diop")
        session = make_session(edition)
        make_place(session, speaker, "accepted")
        publish(edition)
        session.title = {"en": "Another title"}
        return edition.ordinal, session.public_id, link_of(speaker)


def race(app, monkeypatch) -> bool:
    """Whether the programme names the person after both have had their way."""
    ordinal, session, token = prepare(app)
    has_read, has_declined = threading.Event(), threading.Event()
    tell = programme_publishing._tell

    def pause(*args, **kwargs):
        has_read.set()
        has_declined.wait(PAUSE)
        tell(*args, **kwargs)

    monkeypatch.setattr(programme_publishing, "_tell", pause)

    def work(number):
        with app.app_context():
            if number:
                has_read.wait(10)
                with writing():
                    speakers_own.answer(token, session, "declined", now=NOW)
                has_declined.set()
                return
            edition = db.session.scalars(select(Edition).where(Edition.ordinal == ordinal)).one()
            digest = programme_publishing.preview(edition).digest
            with writing():
                programme_publishing.publish(COMMAND, ordinal, digest=digest, now=NOW)

    together(2, work)
    with app.app_context():
        row = db.session.scalars(select(PublishedSession)).one()
        assert row.document["title"] == {"en": "Another title"}
        return any(one["name"] == "Amina Diop" for one in row.document["people"])


def test_without_the_lock_they_stand_in_each_others_way(fresh_app, monkeypatch):
    """Each holds a row that the other one waits for. SQLite has one writer at a time, whoever locks what."""
    monkeypatch.setattr(speakers_own, "lock_edition", lambda number: None)
    if ENGINE == "postgresql":
        with pytest.raises(OperationalError, match="deadlock"):
            race(fresh_app, monkeypatch)
    else:
        assert not race(fresh_app, monkeypatch)


def test_with_it_whoever_has_declined_is_not_named(fresh_app, monkeypatch):
    assert not race(fresh_app, monkeypatch)
