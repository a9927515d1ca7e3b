"""A delegate's own agenda: what is open to whom, seats and lines of sessions, and the secret calendar."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from eventapp.errors import Closed, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage, SessionInvitee, SessionSector, SessionSignUp
from eventapp.rules.access import SYSTEM
from eventapp.services import agenda, agenda_calendar, agenda_sign_up, links, programme, registrations_own
from tests.engines import SECRET
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.programme import make_room, make_session, publish
from tests.factories.registrations import make_registration
from tests.queries import counted_queries
from tests.services.test_editions_manage import ORGANISER

pytestmark = pytest.mark.usefixtures("ctx")
START = datetime(2027, 6, 8, 7, 0, tzinfo=UTC)


@pytest.fixture
def edition(ctx):
    return make_edition()


def person(edition, **values):
    """Somebody with a private link; approved unless told otherwise."""
    made = make_registration(edition, **{"state": "approved", **values})
    link = links.make_link("registration", secret=SECRET, now=NOW, registration_id=made.id)
    return made, links.token_of(link, SECRET)


def talk(edition, title, **values):
    return make_session(edition, title={"en": title}, **values)


def seen(token):
    return [item.session.title["en"] for item in agenda.read(token).items]


def state_of(token, session):
    found = {item.session.id: item for item in agenda.read(token).items}
    return found[str(session.public_id)].state


def signed_up(token, session, now=NOW):
    return agenda_sign_up.sign_up(token, session.public_id, now=now)


def test_each_sees_what_is_open_to_them_and_nothing_else(edition):
    police = talk(edition, "Police", access="sectors")
    police.sectors = [SessionSector(sector_code="LE")]
    closed = talk(edition, "Few", access="invited")
    talk(edition, "Delegates", access="delegates")
    talk(edition, "Everybody")
    publish(edition)
    talk(edition, "Draft")
    officer, officer_link = person(edition, sector_code="LE-POL")
    _banker, banker_link = person(edition, sector_code="PRV-FIN")
    _waits, waiting_link = person(edition, sector_code="LE-POL", state="submitted")
    db.session.add(SessionInvitee(programme_session_id=closed.id, registration_id=officer.id))
    db.session.flush()
    assert set(seen(officer_link)) == {"Police", "Few", "Delegates", "Everybody"}
    assert set(seen(banker_link)) == {"Delegates", "Everybody"}
    assert seen(waiting_link) == ["Everybody"]
    for link in (banker_link, waiting_link):
        for session in (police, closed):
            with pytest.raises(NotFound):
                signed_up(link, session)


def test_seats_then_the_line_and_the_first_in_it_moves_up(edition, clock):
    session = talk(edition, "Workshop", asks_sign_up=True, room_id=make_room(edition, capacity=2).id)
    publish(edition)
    people = [person(edition) for _ in range(4)]
    for number, (_one, link) in enumerate(people):
        state = signed_up(link, session, now=clock.move(minutes=1))
        assert state == ("seat" if number < 2 else "waiting")
    assert signed_up(people[0][1], session) == "seat", "a second press changes nothing"
    places = [agenda.read(link).items[0].place for _one, link in people]
    assert places == [None, None, 1, 2]
    agenda_sign_up.leave(people[0][1], session.public_id, now=clock())
    assert [state_of(link, session) for _one, link in people] == ["withdrawn", "seat", "seat", "waiting"]
    letter = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "session_seat")).one()
    assert (letter.registration_id, letter.values) == (people[2][0].id, {"session": "Workshop"})
    assert signed_up(people[0][1], session, now=clock.move(minutes=1)) == "waiting", (
        "who left stands at the end of the line"
    )
    assert agenda.read(people[0][1]).items[0].place == 2
    actions = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.startswith("session."))
    ).all()
    assert sorted(actions) == sorted(["session.sign_up"] * 5 + ["session.leave", "session.seat"])


def test_the_own_limit_and_the_rooms_seats_hold_together(edition):
    session = talk(
        edition, "Workshop", asks_sign_up=True, capacity=3, room_id=make_room(edition, capacity=1).id
    )
    publish(edition)
    assert [signed_up(person(edition)[1], session) for _ in range(2)] == ["seat", "waiting"]


def test_a_registration_that_ends_frees_the_seat_for_the_worker_to_give(edition, clock):
    session = talk(edition, "Workshop", asks_sign_up=True, capacity=1)
    publish(edition)
    (_first, one), (second, two), (_third, three) = (person(edition) for _ in range(3))
    for link in (one, two, three):
        signed_up(link, session, now=clock.move(minutes=1))
    assert agenda_sign_up.list_unsettled(clock()) == []
    second.state = "cancelled"  # who stands in line and is not approved any more gets nothing
    registrations_own.withdraw(one, now=clock())
    assert agenda_sign_up.list_unsettled(clock()) == [session.id]
    assert agenda_sign_up.settle_one(session.id, actor=SYSTEM, now=clock()) == 1
    assert state_of(three, session) == "seat"
    assert agenda_sign_up.list_unsettled(clock()) == []
    session.asks_sign_up = False
    db.session.flush()
    assert agenda_sign_up.settle_one(session.id, actor=SYSTEM, now=clock()) == 0


def test_what_is_refused(edition):
    session = talk(edition, "Workshop", asks_sign_up=True)
    plain = talk(edition, "Panel")
    publish(edition)
    _waits, waiting = person(edition, state="submitted")
    with pytest.raises(Refused):
        signed_up(waiting, session)
    assert signed_up(waiting, plain) == "noted"
    _gone, withdrawn = person(edition, state="withdrawn")
    with pytest.raises(NotFound):
        signed_up(withdrawn, plain)
    with pytest.raises(Closed):
        signed_up(person(edition)[1], plain, now=session.ends_at)
    with pytest.raises(NotFound):
        signed_up(person(make_edition(ordinal=9))[1], plain)
    with pytest.raises(NotFound):
        agenda.read("nonsense")
    programme.delete(ORGANISER, edition.ordinal, plain.id, now=NOW)
    with pytest.raises(NotFound):
        signed_up(person(edition)[1], plain)


def test_clashes_are_told_of_what_was_chosen(edition):
    first = talk(edition, "First", starts_at=START)
    second = talk(edition, "Second", starts_at=START + timedelta(minutes=30))
    talk(edition, "Third", starts_at=START + timedelta(hours=3))
    publish(edition)
    _one, link = person(edition)
    signed_up(link, first)

    def clashes():
        return {
            item.session.title["en"]: [other.title["en"] for other in item.clashes]
            for item in agenda.read(link).items
        }

    assert clashes() == {"First": [], "Second": ["First"], "Third": []}
    signed_up(link, second)
    assert clashes() == {"First": ["Second"], "Second": ["First"], "Third": []}


def test_the_calendar_follows_what_is_published(edition, clock):
    session = talk(edition, "Panel")
    police = talk(edition, "Police", access="sectors")
    police.sectors = [SessionSector(sector_code="LE")]
    publish(edition)
    officer, link = person(edition, sector_code="LE-POL")
    signed_up(link, session)
    signed_up(link, police)
    made = agenda_calendar.renew(link, now=clock(), secret=SECRET)
    address = links.token_of(made, SECRET)

    def told():
        registration, sessions = agenda_calendar.read(address)
        assert registration is officer
        return {one.session.title["en"]: (one.session.sequence, one.session.is_cancelled) for one in sessions}

    assert told() == {"Panel": (0, False), "Police": (0, False)}
    session.starts_at -= timedelta(minutes=15)
    publish(edition)
    assert told()["Panel"] == (1, False)
    officer.sector_code = "PRV-FIN"  # who may not come any more learns no more of it
    db.session.flush()
    assert set(told()) == {"Panel"}
    again = agenda_calendar.renew(link, now=clock(), secret=SECRET)
    with pytest.raises(Closed):
        agenda_calendar.read(address)
    address = links.token_of(again, SECRET)
    agenda_sign_up.leave(link, session.public_id, now=clock())
    assert told() == {}
    agenda_calendar.revoke(link, now=clock())
    for token in (address, link, "nonsense"):
        with pytest.raises((Closed, NotFound)):
            agenda_calendar.read(token)
    assert agenda_calendar.find_link(officer) is None


def test_the_questions_do_not_grow_with_the_sessions(edition):
    _one, link = person(edition)

    def fill(count):
        for _ in range(count):
            session = talk(edition, "Talk", asks_sign_up=True, capacity=5)
            db.session.add(
                SessionSignUp(
                    programme_session_id=session.id,
                    registration_id=person(edition)[0].id,
                    state="seat",
                    since=NOW,
                )
            )
        db.session.flush()
        publish(edition)
        db.session.expire_all()
        with counted_queries() as asked:
            agenda.read(link)
        return len(asked)

    assert fill(2) == fill(9)


def test_what_somebody_waits_for_is_tentative_and_counts_nobody_who_may_not_come(edition, clock):
    session = talk(edition, "Workshop", access="delegates", asks_sign_up=True, capacity=1)
    publish(edition)
    (_, one), (_, two), (last, three) = (
        person(edition, sector_code=code) for code in ("LE-POL", "PRV-FIN", "LE-POL")
    )
    for link in (one, two, three):
        signed_up(link, session, now=clock.move(minutes=1))
    assert agenda.read(three).items[0].place == 2
    session.access, session.sectors = "sectors", [SessionSector(sector_code="LE")]
    publish(edition)
    assert agenda.read(three).items[0].place == 1
    (entry,) = agenda.list_calendar(last)
    assert (entry.state, entry.since) == ("waiting", clock())
    session.asks_sign_up = False
    publish(edition)
    assert state_of(three, session) == "noted", "there is no line any more"


def test_who_noted_a_session_that_asks_for_signing_up_now_can_sign_up(edition):
    session = talk(edition, "Panel")
    publish(edition)
    _who, link = person(edition)
    assert signed_up(link, session) == "noted"
    session.asks_sign_up = True
    publish(edition)
    assert agenda.read(link).items[0].wants_sign_up(NOW)
    assert [signed_up(link, session), signed_up(link, session)] == ["seat", "seat"]


def test_nothing_is_left_of_the_agenda_of_a_registration_that_has_ended(edition, clock):
    session, plain = talk(edition, "Workshop", asks_sign_up=True), talk(edition, "Panel")
    publish(edition)
    who, link = person(edition)
    for one in (session, plain):
        signed_up(link, one)
    registrations_own.withdraw(link, now=clock())
    assert [item.state for item in agenda.read(link).items] == ["", ""]
    assert agenda.list_calendar(who) == []


@pytest.mark.parametrize("ends", ["over", "cancelled"])
def test_nobody_moves_up_in_what_is_over_or_does_not_take_place(edition, clock, ends):
    session = talk(edition, "Workshop", asks_sign_up=True, capacity=1)
    publish(edition)
    (_, one), (_, two) = person(edition), person(edition)
    for link in (one, two):
        signed_up(link, session, now=clock.move(minutes=1))
    now = clock()
    if ends == "over":
        now = session.ends_at
    else:
        edition.state = "cancelled"
        db.session.flush()
        with pytest.raises(Closed):
            signed_up(person(edition)[1], session)
    agenda_sign_up.leave(one, session.public_id, now=now)
    assert agenda_sign_up.list_unsettled(now) == []
    assert agenda_sign_up.settle_one(session.id, actor=SYSTEM, now=now) == 0
    assert state_of(two, session) == "waiting"
    assert not db.session.scalars(select(OutboxMessage.id).where(OutboxMessage.kind == "session_seat")).all()
