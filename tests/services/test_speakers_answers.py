"""The letters to the organisers about what a speaker answers: whom they reach, when there is one, what they hold when sent."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import OutboxMessage, ProgrammeSpeaker
from eventapp.rules.access import Actor
from eventapp.services import mail_delivery, programme, speakers_answers, speakers_letters, speakers_own
from eventapp.services.mail_outgoing import gather
from eventapp.services.speakers_answers import GATHERED
from eventapp.services.speakers_letters import ACCEPTED
from eventapp.web.mail_render import render
from eventapp.web.transaction import writing
from tests.engines import ENGINE
from tests.factories.accounts import make_user
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.programme import link_of, make_place, make_session, make_speaker
from tests.services import racing

ORGANISER = Actor(kind="user", name="Omar", role="organiser", all_editions=True)
SOON = NOW + timedelta(minutes=1)
LATER = NOW + GATHERED


@pytest.fixture
def edition(ctx):
    return make_edition()


@pytest.fixture
def omar(edition):
    return make_user(editions=[edition], language="fr")


@pytest.fixture
def amina():
    return make_speaker(name="Amina Diop", honorific="Dr")


@pytest.fixture
def sessions(edition, amina):
    """Two sessions: one was accepted, of the other one the speaker was asked."""
    made = [make_session(edition, title={"en": title}) for title in ("Opening", "Closing")]
    for session, state in zip(made, ("accepted", "invited"), strict=True):
        make_place(session, amina, state)
    return made


def answer(speaker, session, word, now=NOW, reason=""):
    speakers_own.answer(link_of(speaker), session.public_id, word, reason=reason, now=now)
    db.session.flush()


def letters(kind="speaker_declined"):
    wanted = OutboxMessage.kind == kind
    return list(db.session.scalars(select(OutboxMessage).where(wanted).order_by(OutboxMessage.id)))


def text_of(message):
    return render(gather([message])[0], now=LATER).text


def test_every_organiser_of_the_edition_gets_one_in_their_language(edition, omar, amina, sessions):
    everywhere = make_user(language="ar")
    make_user(editions=[make_edition(ordinal=9)])
    make_user(is_active=False)
    for role in ("reader", "administrator", "focal_point"):
        make_user(role=role)
    answer(amina, sessions[0], "declined")
    assert [(one.recipient, one.language) for one in letters()] == [
        (omar.email, "fr"),
        (everywhere.email, "ar"),
    ]


def test_without_an_organiser_it_goes_to_the_administrators(edition, amina, sessions):
    administrator = make_user(role="administrator")
    answer(amina, sessions[0], "declined")
    assert [one.recipient for one in letters()] == [administrator.email]


def test_one_letter_for_each_change_and_none_for_each_click(edition, omar, amina, sessions):
    first, second = sessions
    answer(amina, second, "accepted")
    assert letters() == letters(ACCEPTED) == [], "what nobody had declined needs no letter"
    for _ in range(2):
        answer(amina, first, "declined", reason="I travel")
    answer(amina, second, "declined", SOON)
    answer(amina, first, "accepted", SOON)
    answer(amina, first, "declined", SOON, reason="I travel after all")
    (letter,) = letters()
    assert letter.next_attempt_at == LATER
    text = text_of(letter)
    for said in (omar.name, "Opening", "Closing", "Dr Amina Diop", "I travel after all"):
        assert said in text
    assert mail_delivery.lease_due(now=SOON, limit=9).numbers == ()
    assert mail_delivery.lease_due(now=LATER, limit=9).numbers == (letter.id,)
    answer(amina, first, "accepted", LATER)
    answer(amina, first, "declined", LATER)
    assert len(letters()) == 2, "what changes once the letter is on its way is told by the next"


def test_what_the_letter_says_is_asked_when_it_is_sent(edition, omar, amina, sessions):
    omar.language = "en"
    first, second = sessions
    for one in sessions:
        answer(amina, one, "declined", reason="I travel")
    answer(amina, second, "accepted")
    (letter,) = letters()
    text = text_of(letter)
    assert "Opening" in text and "had accepted until now" in text and "Closing" not in text
    assert "8 June 2027, 10:00–11:00 (UTC+3)" in text and "Reason: I travel" in text
    assert f"/dashboard/editions/8/programme/speakers/{amina.id}" in text
    programme.remove_speaker(ORGANISER, edition.ordinal, first.id, amina.id, now=NOW)
    assert mail_delivery.lease_due(now=LATER, limit=9).numbers == ()
    assert (letter.state, letter.last_error) == ("cancelled", "the speaker has another answer by now")


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "reader"}, {"editions": []}])
def test_nobody_gets_it_who_may_not_change_the_edition_any_more(edition, omar, amina, sessions, change):
    answer(amina, sessions[0], "declined")
    for name, value in change.items():
        setattr(omar, name, value)
    assert mail_delivery.lease_due(now=LATER, limit=9).numbers == ()


def test_a_speaker_who_is_forgotten_leaves_nothing_in_it(edition, omar, amina, sessions):
    answer(amina, sessions[0], "declined", reason="I travel")
    other = make_speaker(name="Bo")
    make_place(sessions[0], other)
    answer(other, sessions[0], "declined")
    mine, theirs = letters()
    assert speakers_letters.forget([amina.id], now=NOW) == [mine.public_id]
    db.session.expire_all()
    assert (mine.state, mine.values) == ("cancelled", {})
    assert (theirs.state, theirs.values["speaker"]) == ("waiting", other.id)


def test_the_desk_tells_nobody_what_it_has_written_itself(edition, omar, amina, sessions):
    programme.edit_place(
        ORGANISER, edition.ordinal, sessions[0].id, amina.id, function="speaker", state="declined", now=NOW
    )
    assert letters() == []


def sent(message):
    """What a letter told, once it has gone out."""
    text = text_of(message)
    assert message.id in mail_delivery.lease_due(now=message.next_attempt_at, limit=9).numbers
    message.state = "sent"
    db.session.flush()
    return text


def test_whoever_accepts_what_was_declined_is_told_of_once(edition, omar, amina, sessions):
    omar.language = "en"
    for one in sessions:
        answer(amina, one, "declined", reason="I travel")
    sent(letters()[0])
    for _ in range(2):
        answer(amina, sessions[0], "accepted", LATER)
    answer(amina, sessions[1], "accepted", LATER)
    (letter,) = letters(ACCEPTED)
    assert (letter.recipient, letter.next_attempt_at) == (omar.email, LATER + GATHERED)
    answer(amina, sessions[1], "declined", LATER)
    text = sent(letter)
    assert "Dr Amina Diop accepts after all" in render(gather([letter])[0], now=LATER).subject
    assert "Opening" in text and "8 June 2027, 10:00–11:00 (UTC+3)" in text and "Closing" not in text
    assert "I travel" not in text and f"/dashboard/editions/8/programme/speakers/{amina.id}" in text


def test_whoever_was_declined_by_the_desk_and_accepts_is_told_of(edition, omar, amina, sessions):
    first = sessions[0]
    programme.edit_place(
        ORGANISER, edition.ordinal, first.id, amina.id, function="speaker", state="declined", now=NOW
    )
    answer(amina, first, "accepted")
    assert len(letters(ACCEPTED)) == 1


def test_a_refusal_that_nobody_heard_of_needs_no_second_letter(edition, omar, amina, sessions):
    for word in ("declined", "accepted", "declined", "accepted"):
        answer(amina, sessions[0], word)
    assert letters(ACCEPTED) == []
    assert mail_delivery.lease_due(now=LATER, limit=9).numbers == ()


def test_what_the_organisers_believe_last_is_what_holds(edition, omar, amina, sessions):
    """The first acceptance was called off before it went out: the second one is told all the same."""
    first = sessions[0]
    answer(amina, first, "declined")
    sent(letters()[0])
    answer(amina, first, "accepted", LATER)
    (called_off,) = letters(ACCEPTED)
    answer(amina, first, "declined", LATER + timedelta(minutes=4))
    assert mail_delivery.lease_due(now=LATER + GATHERED, limit=9).numbers == ()
    assert called_off.state == "cancelled"
    answer(amina, first, "accepted", LATER + timedelta(minutes=6))
    told = letters(ACCEPTED)[-1]
    assert told is not called_off and "Opening" in sent(told)
    assert letters()[-1].state == "cancelled"


@pytest.mark.race
@pytest.mark.parametrize("is_locked", [False, True])
def test_two_sessions_declined_at_the_same_moment_make_one_letter(fresh_app, monkeypatch, is_locked):
    with fresh_app.app_context(), writing():
        edition, speaker = make_edition(), make_speaker()
        make_user()
        made = [make_session(edition) for _ in range(2)]
        for one in made:
            make_place(one, speaker)
        token, ids = link_of(speaker), [one.public_id for one in made]
    barrier, look = threading.Barrier(2), speakers_answers._list_waiting

    def meeting(kind, *more):
        found = look(kind, *more)
        if kind == "speaker_declined":
            racing.meet(barrier)
        return found

    monkeypatch.setattr(speakers_answers, "_list_waiting", meeting)
    monkeypatch.setattr(racing, "PATIENCE", 0.3)
    if not is_locked:
        monkeypatch.setattr(speakers_own, "lock_edition", lambda number: None)
        if ENGINE == "postgresql":
            racing.be_patient(monkeypatch)

    def work(number):
        with fresh_app.app_context(), writing():
            speakers_own.answer(token, ids[number], "declined", now=NOW)

    racing.together(2, work)
    with fresh_app.app_context():
        told = [sorted(one.values["sessions"]) for one in letters()]
        states = db.session.scalars(select(ProgrammeSpeaker.state)).all()
    assert states == ["declined", "declined"]
    # SQLite has one writer at a time, whoever locks what.
    assert [len(one) for one in told] == ([1, 1] if ENGINE == "postgresql" and not is_locked else [2])
