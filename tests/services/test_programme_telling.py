"""Whom a publication concerns, that each gets one letter, and what stands in it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventapp.errors import Conflict, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import (
    AuditEntry,
    OutboxMessage,
    ProgrammeSpeaker,
    SessionInvitee,
    SessionSector,
    SessionSignUp,
)
from eventapp.services import (
    agenda,
    mail_delivery,
    programme,
    programme_publishing,
    programme_telling,
    session_carry,
)
from eventapp.web import mail_render
from tests.engines import SECRET
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.programme import make_room, make_session, make_speaker
from tests.factories.registrations import make_registration
from tests.queries import counted_queries
from tests.services.test_programme_publishing import ORGANISER, READER, publish_now


@pytest.fixture
def edition(ctx):
    return make_edition(title={"en": "Eighth Global Conference"})


def make_delegate(edition, *sessions, part="noted", **values):
    """Somebody approved who has these sessions on the agenda, or is invited to them."""
    person = make_registration(edition, **{"state": "approved", "sector_code": "NGO", **values})
    for session in sessions:
        if part == "invited":
            db.session.add(SessionInvitee(programme_session_id=session.id, registration_id=person.id))
        else:
            db.session.add(
                SessionSignUp(
                    programme_session_id=session.id,
                    registration_id=person.id,
                    state=part,
                    since=CLOCK_STANDS_AT,
                )
            )
    db.session.flush()
    return person


def add_speaker(session, state="accepted", **values):
    speaker = make_speaker(**values)
    session.speakers.append(ProgrammeSpeaker(speaker_id=speaker.id, position=0, state=state))
    db.session.flush()
    return speaker


def move(*sessions, hours=1):
    for one in sessions:
        one.starts_at, one.ends_at = (at + timedelta(hours=hours) for at in (one.starts_at, one.ends_at))
    db.session.flush()


def tell_now(edition, clock, actor=ORGANISER):
    number = publish_now(edition, clock).number
    return programme_telling.tell(actor, edition.ordinal, number, now=clock(), secret=SECRET)


def look_at_last(edition, clock):
    last = programme_publishing.find_last(edition.id)
    return programme_telling.look_at(edition, last, now=clock())


def recipients():
    query = select(OutboxMessage.recipient).where(OutboxMessage.kind == programme_telling.KIND)
    return sorted(db.session.scalars(query))


def letter_to(person):
    return render(person).text


def render(person):
    message = db.session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == person.email)).one()
    (outgoing,) = mail_delivery.gather([message])
    return mail_render.render(outgoing, now=CLOCK_STANDS_AT, masked=True)


def test_everybody_concerned_gets_one_letter(edition, clock):
    first, second, other = (make_session(edition) for _ in range(3))
    both = make_delegate(edition, first, second)
    one = make_delegate(edition, second, part="waiting")
    make_delegate(edition, other)
    make_delegate(edition, first, state="withdrawn")
    make_delegate(edition, first, part="withdrawn")
    chair = add_speaker(first, email="chair@example.org", state="invited")
    add_speaker(first, email="declined@example.org", state="declined")
    add_speaker(second, email="", state="accepted")
    linked = make_delegate(edition, second)
    add_speaker(first, email="other@example.org", registration_id=linked.id)
    publish_now(edition, clock)
    move(first, second)
    preview = programme_publishing.preview(edition)
    assert programme_telling.look_ahead(edition, preview.changes, now=clock()).people == 4
    assert tell_now(edition, clock) == 4
    assert recipients() == sorted([both.email, one.email, "chair@example.org", linked.email])
    publication = programme_publishing.find_last(edition.id)
    assert (publication.told_at, publication.told_by, publication.told_people) == (clock(), "Ada", 4)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "programme.tell")).one()
    assert entry.new == {"number": 2, "recipients": 4}
    text = letter_to(both)
    assert (
        text.count("Time: 8 June 2027, 11:00–12:00 (UTC+3); until now: 8 June 2027, 10:00–11:00 (UTC+3)") == 2
    )
    assert "/registrations/" in text and "/agenda" in text
    assert f"Dear {chair.name}" in letter_to(chair)
    assert "/editions/8/programme" in letter_to(chair)
    assert "agenda:" not in letter_to(chair)


def test_what_people_wrote_is_no_markup(edition, clock):
    session = make_session(edition, title={"en": "Data <b>"}, room_id=make_room(edition).id)
    person = make_delegate(edition, session, language="ar")
    publish_now(edition, clock)
    session.title, session.room_id = {"en": "Data & <i>"}, None
    db.session.flush()
    db.session.expire(session)
    assert tell_now(edition, clock) == 1
    letter = render(person)
    assert "العنوان: Data & <i>؛ حتى الآن: Data <b>" in letter.text
    assert "<strong><bdi>Data &amp; &lt;i&gt;</bdi></strong>" in letter.html
    assert "<bdi>Data &lt;b&gt;</bdi>" in letter.html and "<bdi>Main hall</bdi>" in letter.html


def test_nobody_is_told_twice(edition, clock):
    session = make_session(edition)
    make_delegate(edition, session)
    publish_now(edition, clock)
    assert look_at_last(edition, clock).people == 0, "it is new"
    move(session)
    with pytest.raises(Refused):
        tell_now(edition, clock, READER)
    assert programme_telling.tell(ORGANISER, edition.ordinal, 2, now=clock(), secret=SECRET) == 1
    with pytest.raises(Conflict):
        programme_telling.tell(ORGANISER, edition.ordinal, 2, now=clock(), secret=SECRET)
    with pytest.raises(NotFound):
        programme_telling.tell(ORGANISER, edition.ordinal, 3, now=clock(), secret=SECRET)
    assert len(recipients()) == 1


def test_where_nobody_is_concerned_nothing_is_noted(edition, clock):
    make_session(edition)
    assert tell_now(edition, clock) == 0
    assert programme_publishing.find_last(edition.id).told_at is None


@pytest.mark.parametrize(("state", "people"), [("postponed", 1), ("cancelled", 0), ("archived", 0)])
def test_nobody_is_on_the_way_to_an_edition_that_does_not_take_place(edition, clock, state, people):
    session = make_session(edition)
    make_delegate(edition, session)
    publish_now(edition, clock)
    move(session)
    edition.state = state
    assert tell_now(edition, clock) == people
    last = programme_publishing.find_last(edition.id)
    assert not programme_telling.is_owed(edition, last, now=clock())


def test_what_was_changed_again_since_is_not_told_any_more(edition, clock):
    first, second = (make_session(edition) for _ in range(2))
    person = make_delegate(edition, first, second)
    publish_now(edition, clock)
    move(first, second)
    publish_now(edition, clock)
    move(first)
    publish_now(edition, clock)
    assert programme_telling.tell(ORGANISER, edition.ordinal, 2, now=clock(), secret=SECRET) == 1
    text = letter_to(person)
    assert second.title["en"] in text and first.title["en"] not in text


def test_whoever_came_later_has_seen_it_as_it_is(edition, clock):
    session = make_session(edition)
    publish_now(edition, clock)
    move(session)
    publish_now(edition, clock)
    clock.move(minutes=5)
    late = make_delegate(edition, session)
    sign_up = db.session.scalars(select(SessionSignUp)).one()
    sign_up.since = clock()
    db.session.flush()
    assert look_at_last(edition, clock).people == 0
    sign_up.state = "seat"  # may have been in the line before
    db.session.flush()
    assert programme_telling.tell(ORGANISER, edition.ordinal, 2, now=clock(), secret=SECRET) == 1
    assert recipients() == [late.email]


def test_a_deleted_session_is_told_to_those_it_concerned(edition, clock):
    session = make_session(edition, title={"en": "Opening"}, room_id=make_room(edition).id)
    guests = make_session(edition, title={"en": "Round table"}, access="invited")
    person = make_delegate(edition, session)
    guest = make_delegate(edition, guests, part="invited")
    add_speaker(session, email="chair@example.org")
    db.session.expire_all()
    publish_now(edition, clock)
    for one in (session, guests):
        programme.delete(ORGANISER, edition.ordinal, one.id, now=clock())
    unpublished = make_session(edition)
    make_delegate(edition, unpublished)
    programme.delete(ORGANISER, edition.ordinal, unpublished.id, now=clock())
    assert tell_now(edition, clock) == 3
    assert recipients() == sorted([person.email, guest.email, "chair@example.org"])
    text = letter_to(person)
    assert "Opening\nThis session does not take place." in text
    assert "Time, until now: 8 June 2027, 10:00–11:00 (UTC+3)\nRoom, until now: Main hall" in text
    assert "Round table" in letter_to(guest)
    (entry,) = agenda.list_calendar(person)
    assert entry.session.is_cancelled and entry.session.title == {"en": "Opening"}


def test_a_new_round_table_is_told_by_its_invitations(edition, clock):
    """Two letters about one thing would be one too many; whoever has it on the agenda is told of the change."""
    new = make_session(edition, title={"en": "Round table"}, access="invited")
    narrowed = make_session(edition, title={"en": "Coffee"})
    make_delegate(edition, new, narrowed, part="invited")
    guest = make_delegate(edition, narrowed, part="invited")
    db.session.add(
        SessionSignUp(
            programme_session_id=narrowed.id,
            registration_id=guest.id,
            state="noted",
            since=CLOCK_STANDS_AT,
        )
    )
    add_speaker(new, email="chair@example.org")
    db.session.expire_all()
    programme_publishing.publish_first(edition, now=clock())
    narrowed.access = "invited"
    last = make_session(edition, access="invited")
    make_delegate(edition, last, part="invited")
    db.session.flush()
    assert tell_now(edition, clock) == 1
    assert "Who may come: Invited people only; until now: Open to all" in letter_to(guest)
    assert programme_telling.tell(ORGANISER, edition.ordinal, 1, now=clock(), secret=SECRET) == 1
    assert recipients() == sorted(["chair@example.org", guest.email])


def test_whom_a_deleted_session_concerned_is_merged_and_forgotten(edition, clock):
    session = make_session(edition)
    gone, erased = (make_delegate(edition, session) for _ in range(2))
    kept = make_delegate(edition)
    publish_now(edition, clock)
    programme.delete(ORGANISER, edition.ordinal, session.id, now=clock())
    session_carry.take_over(ORGANISER, kept, gone, now=clock())
    session_carry.forget([erased.id])
    assert tell_now(edition, clock) == 1
    assert recipients() == [kept.email]


def test_whoever_may_not_come_any_more_learns_nothing_new(edition, clock):
    session = make_session(edition, title={"en": "Data and evidence"})
    outsider, police = make_delegate(edition, session), make_delegate(edition, session, sector_code="LE-POL")
    publish_now(edition, clock)
    session.access, session.title, session.room_id = "sectors", {"en": "Operation X"}, make_room(edition).id
    session.sectors = [SessionSector(sector_code="LE")]
    move(session)
    db.session.expire(session)
    assert tell_now(edition, clock) == 2
    text = letter_to(outsider)
    assert "Data and evidence\nThis session is no longer open to you." in text
    assert not any(word in text for word in ("Operation X", "11:00", "Main hall"))
    text = letter_to(police)
    assert "Title: Operation X; until now: Data and evidence" in text
    assert "Who may come: Chosen sectors only; until now: Open to all" in text


def test_what_holds_when_it_is_sent_decides(edition, clock):
    """A letter waits for a mail server; whoever has withdrawn or lost the invitation meanwhile learns nothing."""
    session = make_session(edition, title={"en": "Round table"}, access="invited")
    guest, other = (make_delegate(edition, session, part="invited") for _ in range(2))
    publish_now(edition, clock)
    move(session)
    assert tell_now(edition, clock) == 2
    invitation = db.session.get(SessionInvitee, (session.id, guest.id))
    db.session.delete(invitation)
    other.state = "withdrawn"
    db.session.flush()
    assert "Round table" not in letter_to(guest) + letter_to(other)
    assert mail_delivery.lease_due(now=clock(), limit=9).numbers == ()
    states = set(db.session.execute(select(OutboxMessage.state, OutboxMessage.last_error)).tuples())
    assert states == {("cancelled", "nothing of it concerns the person any more")}


def test_letters_are_written_in_a_few_statements(edition, clock):
    def measure(count):
        session = make_session(edition)
        for _ in range(count):
            make_delegate(edition, session)
        publish_now(edition, clock)
        move(session)
        number = publish_now(edition, clock).number
        db.session.expire_all()
        with counted_queries() as found:
            programme_telling.tell(ORGANISER, edition.ordinal, number, now=clock(), secret=SECRET)
        numbers = tuple(db.session.scalars(select(OutboxMessage.id)))
        lease = mail_delivery.Lease(numbers, clock())
        db.session.expire_all()
        with counted_queries() as read:
            mail_delivery.list_leased(lease)
        return len(found), len(read)

    few, many = measure(2), measure(30)
    assert few == many
