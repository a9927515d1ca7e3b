from datetime import timedelta

import pytest
from sqlalchemy import select

from eventapp.errors import Conflict, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, ProgrammePublication, ProgrammeSpeaker, PublishedSession
from eventapp.rules.access import Actor
from eventapp.services import programme, programme_public, programme_publishing
from eventapp.services.programme_lines import list_lines
from tests.factories.editions import make_edition
from tests.factories.programme import make_body, make_room, make_session, make_speaker, publish
from tests.queries import counted_queries

ORGANISER = Actor(kind="user", name="Ada", role="organiser", all_editions=True)
READER = Actor(kind="user", name="Rae", role="reader", all_editions=True)


@pytest.fixture
def edition(ctx):
    return make_edition()


def told(edition):
    return [one.title["en"] for one in programme_public.list_sessions(edition.id)]


def publish_now(edition, clock, actor=ORGANISER):
    digest = programme_publishing.preview(edition).digest
    return programme_publishing.publish(actor, edition.ordinal, digest=digest, now=clock())


def test_a_draft_is_nobodys_business(edition, clock):
    make_session(edition, title={"en": "Opening"})
    assert told(edition) == []
    assert [one.what for one in programme_publishing.preview(edition).changes] == ["added"]
    first = publish_now(edition, clock)
    assert (first.number, first.published_by) == (1, "Ada")
    assert told(edition) == ["Opening"]
    assert programme_publishing.count_changes(edition, list_lines(edition.id)) == 0
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "programme.publish")).one()
    assert entry.new == {"number": 1, "changes": 1}


def test_a_change_waits_for_the_next_publication(edition, clock):
    session = make_session(edition, title={"en": "Opening"}, room_id=make_room(edition).id)
    publish_now(edition, clock)
    session.title = {"en": "Opening ceremony"}
    session.room_id = None
    db.session.flush()
    db.session.expire(session)
    assert told(edition) == ["Opening"]
    (change,) = programme_publishing.preview(edition).changes
    assert (change.what, change.aspects) == ("changed", ["title", "room"])
    publish_now(edition, clock)
    row = db.session.scalars(select(PublishedSession)).one()
    assert (told(edition), row.sequence, row.document["room"]) == (["Opening ceremony"], 1, None)


def test_what_was_taken_out_stays_as_cancelled(edition, clock):
    session = make_session(edition, title={"en": "Opening"})
    key = session.public_id
    publish_now(edition, clock)
    programme.delete(ORGANISER, edition.ordinal, session.id, now=clock())
    assert told(edition) == ["Opening"], "until it is published"
    publish_now(edition, clock)
    row = db.session.scalars(select(PublishedSession)).one()
    assert (told(edition), row.public_id, row.session_id) == ([], key, None)
    assert row.cancelled_at == clock() and row.sequence == 1


@pytest.mark.parametrize("access", ["delegates", "sectors", "invited"])
def test_a_closed_session_is_told_to_nobody(edition, clock, access):
    session = make_session(edition, title={"en": "Secret"}, access=access)
    make_session(edition, title={"en": "Open"})
    publish_now(edition, clock)
    assert told(edition) == ["Open"]
    session.access = "all"
    db.session.flush()
    publish_now(edition, clock)
    assert sorted(told(edition)) == ["Open", "Secret"]


def test_only_people_who_have_accepted_are_named(edition, clock):
    session = make_session(edition)
    for place, state in enumerate(("invited", "accepted", "declined")):
        speaker = make_speaker(name=state, body_id=make_body().id)
        session.speakers.append(ProgrammeSpeaker(speaker_id=speaker.id, position=place, state=state))
    db.session.flush()
    publish_now(edition, clock)
    (shown,) = programme_public.list_sessions(edition.id)
    assert [one.name for one in shown.people] == ["accepted"]
    assert shown.people[0].body["names"]["en"].startswith("Ministry")


def test_what_was_looked_at_is_what_is_published(edition, clock):
    make_session(edition)
    digest = programme_publishing.preview(edition).digest
    make_session(edition)
    with pytest.raises(Conflict):
        programme_publishing.publish(ORGANISER, edition.ordinal, digest=digest, now=clock())
    assert told(edition) == []


def test_nothing_changed_and_a_reader_are_refused(edition, clock):
    make_session(edition)
    with pytest.raises(Refused):
        publish_now(edition, clock, READER)
    publish_now(edition, clock)
    with pytest.raises(Refused):
        publish_now(edition, clock)
    assert len(db.session.scalars(select(ProgrammePublication)).all()) == 1


def test_the_questions_do_not_grow_with_the_sessions(edition, clock):
    for number in range(3):
        make_session(edition, starts_at=clock() + timedelta(hours=number))
    publish(edition)
    db.session.expire_all()
    with counted_queries() as few:
        programme_publishing.preview(edition)
        programme_public.list_days(edition)
    for number in range(9):
        make_session(edition, starts_at=clock() + timedelta(hours=number))
    publish(edition)
    db.session.expire_all()
    with counted_queries() as many:
        programme_publishing.preview(edition)
        programme_public.list_days(edition)
    assert len(many) == len(few)
