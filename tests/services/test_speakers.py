"""Speakers: the private link, the answers, what is told no more, the public page, and letters about what is missing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventapp.errors import Closed, NotFound, Refused, Stale
from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage, PublishedSession, Upload
from eventapp.rules.access import Actor
from eventapp.services import (
    links,
    mail_delivery,
    programme,
    programme_publishing,
    reminders,
    speakers,
    speakers_held,
    speakers_links,
    speakers_own,
    speakers_public,
    uploads,
)
from eventapp.web.mail_render import MASK, render
from tests.engines import SECRET
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.programme import link_of, make_place, make_session, make_speaker, publish
from tests.factories.registrations import make_registration
from tests.factories.reminders import make_plan
from tests.queries import counted_queries

pytestmark = pytest.mark.usefixtures("ctx")
ORGANISER = Actor(kind="user", name="Omar", role="organiser", all_editions=True)
READER = Actor(kind="user", name="Rita", role="reader", all_editions=True)
OWN = {"honorific": "Ms", "name": "Amina Diop", "functional_title": "Judge", "organisation": "Court"}
PROFILE = OWN | {"language": "fr", "biography": {"en": "A life."}, "picture_id": None}


@pytest.fixture
def edition():
    return make_edition()


@pytest.fixture
def session(edition):
    return make_session(edition, title={"en": "Opening"})


@pytest.fixture
def amina():
    return make_speaker(name="Amina Diop", email="amina@court.example", language="fr")


def send(edition, speaker, who=ORGANISER, now=NOW):
    speakers_links.send_link(who, edition.ordinal, speaker.id, now=now, secret=SECRET)
    return links.token_of(speakers_links.find_link(speaker.id), SECRET)


def mails():
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def leads_in(token, now=NOW):
    return links.find_link(token, "speaker", now=now) is not None


def told(edition):
    rows = db.session.scalars(select(PublishedSession).where(PublishedSession.edition_id == edition.id))
    return {row.document["title"]["en"]: [one["name"] for one in row.document["people"]] for row in rows}


def test_a_link_is_sent_sent_again_and_ended(edition, amina):
    first = send(edition, amina)
    second = send(edition, amina)
    assert not leads_in(first) and leads_in(second)
    assert [(one.kind, one.state) for one in mails()] == [
        ("speaker_invitation", "cancelled"),
        ("speaker_invitation", "waiting"),
    ]
    assert not leads_in(second, NOW + timedelta(days=366))
    speakers_links.revoke(ORGANISER, edition.ordinal, amina.id, now=NOW)
    assert not leads_in(second) and {one.state for one in mails()} == {"cancelled"}


def test_who_may_send_it_and_where_to(edition, session, amina):
    with pytest.raises(Refused):
        send(edition, amina, READER)
    with pytest.raises(Refused):
        send(edition, make_speaker())
    other = make_edition(ordinal=9)
    make_place(make_session(other), amina)
    mine = Actor(kind="user", role="organiser", edition_ids=frozenset({edition.id}))
    with pytest.raises(NotFound):  # whoever speaks elsewhere alone is not told of
        send(edition, amina, mine)
    assert amina not in [one for one, _ in speakers.list_speakers(mine)]
    make_place(session, amina)
    assert [(one, count) for one, count in speakers.list_speakers(mine) if one is amina] == [(amina, 1)]
    with pytest.raises(Refused):
        send(edition, amina, mine)
    assert not mails()


def test_another_address_ends_the_link(edition, amina):
    token = send(edition, amina)
    values = {name: getattr(amina, name) for name in speakers.COLUMNS} | {"email": "new@court.example"}
    assert speakers.edit_speaker(ORGANISER, edition.ordinal, amina.id, values, version=1, now=NOW)
    assert not leads_in(token) and [one.state for one in mails()] == ["cancelled"]
    assert not speakers.edit_speaker(
        ORGANISER, edition.ordinal, amina.id, values | {"name": "A. Diop"}, version=2, now=NOW
    )


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_the_letters_hold_the_link_and_no_session(edition, session, language):
    speaker = make_speaker(honorific="Dr", name="Amina Diop", email="a@court.example", language=language)
    make_place(session, speaker)
    token = send(edition, speaker)
    write = {"now": NOW, "secret": SECRET}
    assert speakers_links.write_to_missing(ORGANISER, edition.ordinal, [speaker.id], **write) == 1
    for outgoing in mail_delivery.gather(mails()):
        letter = render(outgoing, now=NOW)
        assert f"/speaker/{token}" in letter.text and f"/speaker/{token}" in letter.html
        assert "Dr Amina Diop" in letter.text and "Opening" not in letter.text
        assert MASK in render(outgoing, now=NOW, masked=True).text
        assert token not in str(vars(outgoing.message))


def test_a_link_leads_to_the_own_sessions_alone(edition, session, amina):
    make_place(session, amina, function="chair")
    make_place(session, make_speaker(name="Somebody else"))
    make_place(make_session(edition), make_speaker())
    own = speakers_own.read(link_of(amina), now=NOW)
    (place,) = own.places
    assert (place.session.id, place.function, place.state, place.is_public) == (
        session.id,
        "chair",
        "invited",
        False,
    )
    assert own.missing(NOW) == ["answer", "consent", "biography", "picture"]
    publish(edition)
    assert speakers_own.read(link_of(amina), now=NOW).places[0].is_public


def test_every_link_that_leads_nowhere_is_answered_alike(edition, amina):
    token = send(edition, amina)
    speakers_links.revoke(ORGANISER, edition.ordinal, amina.id, now=NOW)
    said = set()
    for one in ("nobody", token, link_of(amina)):
        with pytest.raises(NotFound) as refused:
            speakers_own.read(one, now=NOW + timedelta(days=400))
        said.add((refused.value.text, refused.value.code))
    assert len(said) == 1


def test_the_own_profile(edition, session, amina):
    make_place(session, amina, "accepted")
    token = link_of(amina)
    speakers_own.edit(token, PROFILE, version=1, now=NOW)
    assert (amina.biography, amina.email, amina.version) == ({"en": "A life."}, "amina@court.example", 2)
    with pytest.raises(Stale):
        speakers_own.edit(token, PROFILE | {"name": "B"}, version=1, now=NOW)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "speaker.edit_own")).one()
    assert (entry.actor_kind, entry.actor_id, entry.edition_id) == ("speaker", amina.id, edition.id)


def test_whoever_declines_is_named_no_more_at_once_and_nothing_else_is_told(edition, session, amina):
    make_place(session, amina, "accepted")
    make_place(session, make_speaker(name="Bo"), "accepted")
    other = make_session(edition, title={"en": "Closing"})
    make_place(other, amina, "accepted")
    publish(edition)
    session.title = {"en": "A draft that nobody may see"}
    db.session.flush()
    token = link_of(amina)
    speakers_own.answer(token, session.public_id, "declined", reason="I travel", now=NOW)
    assert told(edition) == {"Opening": ["Bo"], "Closing": ["Amina Diop"]}
    row = db.session.scalars(select(PublishedSession).where(PublishedSession.session_id == session.id)).one()
    assert (row.sequence, row.changed_at) == (1, NOW)
    (change,) = programme_publishing.preview(edition).changes
    assert change.aspects == ["title"]
    place = speakers_own.read(token, now=NOW).places[0]
    assert (place.state, place.reason) == ("declined", "I travel")
    speakers_own.answer(token, session.public_id, "accepted", now=NOW)
    assert told(edition)["Opening"] == ["Bo"], "until the next publication"
    assert speakers_own.read(token, now=NOW).places[0].reason == ""


def test_declined_at_the_desk_is_declined_as_well(edition, session, amina):
    make_place(session, amina, "accepted")
    publish(edition)
    programme.edit_place(
        ORGANISER, edition.ordinal, session.id, amina.id, function="speaker", state="declined", now=NOW
    )
    assert told(edition) == {"Opening": []}


def test_answers_are_for_the_own_sessions_until_they_are_over(edition, session, amina):
    make_place(session, amina)
    token, other = link_of(amina), make_session(edition)
    make_place(other, make_speaker())
    with pytest.raises(NotFound):
        speakers_own.answer(token, other.public_id, "accepted", now=NOW)
    with pytest.raises(Closed):
        speakers_own.answer(token, session.public_id, "accepted", now=session.ends_at)
    speakers_own.answer(token, session.public_id, "accepted", now=NOW)
    (letter,) = [
        one for one in speakers_links.list_letters(ORGANISER, 8, now=NOW) if one.standing.speaker == amina
    ]
    assert (letter.standing.states, "answer" in letter.standing.missing) == (["accepted"], False)


def test_the_public_page_shows_who_agreed_with_open_sessions_alone(edition, session, amina):
    closed = make_session(edition, title={"en": "Secret"}, access="invited")
    hidden = make_speaker(name="Behind the door", agreed_at=NOW)
    silent = make_speaker(name="Silent")
    for one in (amina, silent):
        make_place(session, one, "accepted")
    for one in (amina, hidden):
        make_place(closed, one, "accepted")
    make_place(session, make_speaker(name="Only asked", agreed_at=NOW), "invited")
    publish(edition)
    token = link_of(amina)
    assert not speakers_public.list_profiles(edition) and not speakers_public.list_with_profiles()
    speakers_own.agree(token, agrees=True, now=NOW)
    (profile,) = speakers_public.list_profiles(edition)
    assert profile.person.name == "Amina Diop"
    assert [one.session.title["en"] for one in profile.parts] == ["Opening"]
    assert speakers_public.list_with_profiles() == {edition.id}
    speakers_own.agree(token, agrees=False, now=NOW)
    assert not speakers_public.list_profiles(edition)
    assert amina.consent_answered_at == NOW


def test_the_secretariat_takes_a_profile_off_but_never_puts_it_on(edition, amina):
    amina.agreed_at = NOW
    db.session.flush()
    speakers_public.withdraw(ORGANISER, edition.ordinal, amina.id, now=NOW)
    assert amina.agreed_at is None
    with pytest.raises(Refused):
        speakers_public.withdraw(ORGANISER, edition.ordinal, amina.id, now=NOW)
    assert "agreed_at" not in speakers.COLUMNS and "agreed_at" not in speakers_own.COLUMNS


def test_one_letter_to_everybody_of_whom_something_is_missing(edition, session, amina):
    never, ended, nowhere = (make_speaker(email=f"{one}@court.example") for one in ("n", "e", "x"))
    silent, done = make_speaker(), make_speaker(email="d@court.example", consent_answered_at=NOW)
    for one in (amina, never, ended, silent):
        make_place(session, one)
    make_place(session, done, "accepted")
    token = link_of(amina)
    send(edition, ended)
    speakers_links.revoke(ORGANISER, edition.ordinal, ended.id, now=NOW)
    found = {
        one.standing.speaker.id: (one.kind, one.why)
        for one in speakers_links.list_letters(ORGANISER, edition.ordinal, now=NOW)
    }
    assert found == {
        amina.id: ("reminder_speaker", ""),
        never.id: ("speaker_invitation", ""),
        ended.id: ("", "ended"),
        silent.id: ("", "address"),
    }
    seen = [*found, nowhere.id]
    write = {"now": NOW, "secret": SECRET}
    assert speakers_links.write_to_missing(ORGANISER, edition.ordinal, [amina.id], **write) == 1
    assert speakers_links.write_to_missing(ORGANISER, edition.ordinal, seen, **write) == 1
    assert speakers_links.write_to_missing(ORGANISER, edition.ordinal, seen, **write) == 0
    assert leads_in(token), "a reminder carries the link that there is"
    later = {"now": NOW + timedelta(days=1), "secret": SECRET}
    assert speakers_links.write_to_missing(ORGANISER, edition.ordinal, seen, **later) == 2
    with pytest.raises(Refused):
        speakers_links.write_to_missing(READER, edition.ordinal, seen, **write)


def test_the_schedule_reminds_whoever_was_not_written_to_by_hand_on_the_day(edition, session, amina):
    """The edition begins on 8 June 2027 in Nairobi: that is 55 days after the day of the clock."""
    other = make_speaker(email="b@court.example")
    for one in (amina, other, make_speaker(email="never@court.example")):
        make_place(session, one)
    for one in (amina, other):
        link_of(one)
    make_plan(edition, speaker=[55])
    speakers_links.write_to_missing(ORGANISER, edition.ordinal, [amina.id], now=NOW, secret=SECRET)
    (task,) = reminders.list_tasks(now=NOW)
    assert reminders.remind(task, now=NOW, secret=SECRET) == 1
    assert [one.recipient for one in mails()] == ["amina@court.example", "b@court.example"]
    assert mails()[1].values == {"missing": ["answer", "consent", "biography", "picture"]}
    lease = mail_delivery.lease_due(now=NOW, limit=9)
    assert len(lease.numbers) == 2
    outlook = reminders.list_outlook(ORGANISER, edition.ordinal, limit=5, now=NOW)
    assert outlook[-1].reminder == "speaker"


def test_the_questions_do_not_grow_with_the_speakers(edition, session):
    def ask():
        db.session.expire_all()
        with counted_queries() as found:
            speakers_links.list_letters(ORGANISER, edition.ordinal, now=NOW)
            speakers_public.list_profiles(edition)
        return len(found)

    make_place(session, make_speaker(agreed_at=NOW), "accepted")
    publish(edition)
    few = ask()
    for _ in range(4):
        make_place(make_session(edition), make_speaker(agreed_at=NOW, email="a@b.example"), "accepted")
    publish(edition)
    assert ask() == few


def test_a_registration_is_found_by_code_or_name(edition):
    first = make_registration(edition, given_name="Joy", family_name="Adeyemi")
    make_registration(edition, given_name="Joy", family_name="Okafor")
    assert speakers.find_registration(edition.id, f" {first.reference.lower()} ").id == first.id
    assert speakers.find_registration(edition.id, "adeyemi joy").id == first.id
    assert speakers.find_registration(edition.id, "  ") is None
    with pytest.raises(Refused) as several:
        speakers.find_registration(edition.id, "joy")
    assert first.reference in str(several.value.values)
    with pytest.raises(Refused):
        speakers.find_registration(make_edition(ordinal=9).id, first.reference)


def test_all_that_is_held_follows_the_registration_and_its_merge(edition, amina):
    first, second = make_registration(edition), make_registration(edition)
    amina.registration_id, amina.agreed_at = first.id, NOW
    db.session.flush()
    (held,) = speakers_held.list_held(first.id)
    assert (held["name"], held["email"], held["has_picture"]) == ("Amina Diop", amina.email, False)
    assert held["agreed_at"] == NOW.isoformat()
    speakers_held.hand_over(first.id, second.id)
    assert amina.registration_id == second.id and not speakers_held.list_held(first.id)


def test_a_picture_stays_as_long_as_somebody_has_it(tmp_path, amina):
    picture = Upload(sha256="a" * 64, media_type="image/webp", width=9, height=9, size=9, created_at=NOW)
    amina.picture = picture
    db.session.flush()
    (tmp_path / f"{'a' * 64}.webp").write_bytes(b"x")
    assert uploads.tidy(tmp_path) == 0
    amina.picture = None
    db.session.flush()
    assert uploads.tidy(tmp_path) == 1


def test_a_deleted_speaker_leaves_no_address_behind(edition, amina):
    send(edition, amina)
    speakers.delete_speaker(ORGANISER, edition.ordinal, amina.id, now=NOW)
    db.session.expire_all()
    assert [(one.recipient, one.state, one.link_id) for one in mails()] == [("erased", "cancelled", None)]
