"""The people of one session: named, seated and let go by the secretariat, carried over by a merge, gone with an erasure."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventapp.errors import Conflict, Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import (
    AuditEntry,
    OutboxMessage,
    ProgrammeSpeaker,
    SessionInvitee,
    SessionSector,
    SessionSignUp,
)
from eventapp.rules.session_access import Visitor, may_come
from eventapp.services import (
    agenda,
    agenda_sign_up,
    mail_delivery,
    programme_conflicts,
    registrations_erase,
    session_access,
    session_carry,
    session_invited,
    session_letters,
    session_places,
    session_signed_up,
)
from eventapp.services.programme_lines import list_lines
from eventapp.services.session_access import Door
from eventapp.services.session_invited import Choice
from tests.engines import SECRET
from tests.factories.delegations import make_delegation
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.programme import make_room, make_speaker, publish
from tests.factories.registrations import make_registration
from tests.queries import counted_queries
from tests.services.test_agenda import person, seen, signed_up, state_of, talk
from tests.services.test_editions_manage import ORGANISER, READER

pytestmark = pytest.mark.usefixtures("ctx")


@pytest.fixture
def edition(ctx):
    return make_edition()


@pytest.fixture
def closed(edition):
    """A session for invited people with one seat, told as such."""
    session = talk(edition, "Few", access="invited", asks_sign_up=True, capacity=1)
    publish(edition)
    return session


def invite(session, *people, now=NOW):
    references = [one.reference for one in people]
    return session_invited.invite(ORGANISER, 8, session.id, references, now=now)


def letters(kind):
    return db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
    ).all()


def test_named_people_come_once_they_are_approved(edition, closed):
    (officer, link), (waits, waiting) = person(edition), person(edition, state="submitted")
    gone = make_registration(edition, state="rejected")
    done = invite(closed, officer, waits, gone)
    assert (done.added, done.there, [one.id for one in done.left]) == (2, 0, [gone.id])
    again = invite(closed, officer)
    assert (again.added, again.there) == (0, 1), "a second click adds nobody twice"
    assert (seen(link), seen(waiting)) == (["Few"], [])
    waits.state = "approved"
    db.session.flush()
    assert seen(waiting) == ["Few"]
    rows = session_invited.list_invited(closed.id)
    assert {one.registration.id for one in rows} == {officer.id, waits.id}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "session.invite")).one()
    assert entry.subject_type == "session", (
        "nothing of it stands in the history that the person can take along"
    )
    assert set(entry.new["references"]) == {officer.reference, waits.reference}


def test_who_may_not_name_people(edition, closed):
    officer, _link = person(edition)
    with pytest.raises(Refused):
        session_invited.invite(READER, 8, closed.id, [officer.reference], now=NOW)
    with pytest.raises(Refused):
        invite(closed)
    other = make_edition(ordinal=9)
    with pytest.raises(Refused):
        invite(closed, make_registration(other, state="approved"))
    with pytest.raises(NotFound):
        session_invited.invite(ORGANISER, 9, closed.id, [officer.reference], now=NOW)


def test_a_delegation_or_a_sector_at_once_as_it_was_looked_at(edition, closed):
    kenya = make_delegation(edition)
    members = [make_registration(edition, state="approved", delegation_id=kenya.id) for _ in range(2)]
    make_registration(edition, state="submitted", delegation_id=kenya.id)
    banker = make_registration(edition, state="approved", sector_code="PRV-FIN")
    invite(closed, members[0])

    def look(**wanted):
        choice = Choice(**wanted)
        return session_invited.preview_many(closed, choice), choice

    many, choice = look(delegation_id=kenya.id)
    assert ([one.id for one in many.added], many.there) == ([members[1].id], 1)
    late = make_registration(edition, state="approved", delegation_id=kenya.id)
    with pytest.raises(Conflict):
        session_invited.invite_many(ORGANISER, 8, closed.id, choice, digest=many.digest, now=NOW)
    many, _ = look(delegation_id=kenya.id)
    done = session_invited.invite_many(ORGANISER, 8, closed.id, choice, digest=many.digest, now=NOW)
    assert (done.added, done.there) == (2, 1) and late.id in {one.id for one in many.added}
    with pytest.raises(Refused):
        session_invited.invite_many(ORGANISER, 8, closed.id, choice, digest=many.digest, now=NOW)
    many, _ = look(sector="PRV")
    assert [one.id for one in many.added] == [banker.id], "a main sector has all below it"
    for position, state in enumerate(("accepted", "declined")):
        speaker = make_speaker(registration_id=make_registration(edition, state="approved").id)
        place = ProgrammeSpeaker(speaker_id=speaker.id, position=position, state=state)
        closed.speakers.append(place)
    db.session.flush()
    many, _ = look()
    assert [one.id for one in many.added] == [closed.speakers[0].speaker.registration_id]


def test_letters_are_written_once_and_to_those_who_may_come(edition):
    session = talk(edition, "Few", access="invited")
    officer, _link = person(edition, language="fr")
    waits, _ = person(edition, state="endorsed")
    invite(session, officer, waits)

    def write():
        return session_letters.write(ORGANISER, 8, session.id, now=NOW, secret=SECRET)

    with pytest.raises(Refused):
        write()  # nobody would find it on the agenda
    publish(edition)
    session.title = {"en": "A title that was not told"}
    assert (write(), write()) == (1, 0)
    (letter,) = letters("session_invited")
    assert (letter.registration_id, letter.values["session"]) == (officer.id, "Few")
    waits.state = "approved"
    assert write() == 1
    assert {one.registration_id for one in letters("session_invited")} == {officer.id, waits.id}


def test_a_letter_is_not_sent_once_the_registration_has_ended(edition, closed):
    officer, _link = person(edition)
    invite(closed, officer)
    session_letters.write(ORGANISER, 8, closed.id, now=NOW, secret=SECRET)
    officer.state = "cancelled"
    db.session.flush()
    assert mail_delivery.lease_due(now=NOW, limit=5).numbers == ()
    assert [one.state for one in letters("session_invited")] == ["cancelled"]


def test_taken_off_the_list_the_seat_goes_to_the_next(edition, closed, clock):
    (first, one), (second, two) = person(edition), person(edition)
    invite(closed, first, second)
    assert signed_up(one, closed, now=clock.move(minutes=1)) == "seat"
    assert signed_up(two, closed, now=clock.move(minutes=1)) == "waiting"
    session_letters.write(ORGANISER, 8, closed.id, now=clock(), secret=SECRET)
    invitee, _ = session_invited.get_invitee(closed, first.reference)
    outlook = session_invited.foresee(closed, invitee, first)
    assert (outlook.gives_up, outlook.next_up, outlook.is_told) == ("seat", second, True)
    done = session_invited.uninvite(ORGANISER, 8, closed.id, first.reference, now=clock())
    assert (done.gave_up, done.promoted, done.is_told) == (True, 1, True)
    assert seen(one) == [] and state_of(two, closed) == "seat"
    with pytest.raises(NotFound):
        signed_up(one, closed)
    theirs = {
        letter.kind: letter for letter in letters("session_invited") if letter.registration_id == first.id
    }
    assert theirs["session_invited"].state == "cancelled", "a letter that waits would tell of it"
    (told,) = letters("session_closed")
    assert told.registration_id == first.id and "Few" not in str(told.values)
    with pytest.raises(NotFound):
        session_invited.uninvite(ORGANISER, 8, closed.id, first.reference, now=clock())
    invite(closed, first, now=clock.move(minutes=1))
    assert session_letters.write(ORGANISER, 8, closed.id, now=clock(), secret=SECRET) == 1, "invited anew"


def test_a_seat_by_hand_past_the_limit_only_on_purpose(edition, clock):
    hall = make_room(edition, capacity=2)
    session = talk(edition, "Workshop", access="delegates", asks_sign_up=True, capacity=1, room_id=hall.id)
    publish(edition)
    (_, one), (second, two), (third, _three) = (person(edition) for _ in range(3))
    signed_up(one, session, now=clock.move(minutes=1))
    signed_up(two, session, now=clock.move(minutes=1))

    def give(who, despite=""):
        return session_signed_up.give_seat(
            ORGANISER, 8, session.id, who.reference, despite=despite, now=clock()
        )

    with pytest.raises(Refused) as full:
        give(second)
    assert full.value.code == "full"
    give(second, "full")
    with pytest.raises(Conflict):
        give(second, "full")
    with pytest.raises(Refused) as room:
        give(third, "full")
    assert room.value.code == "room", "the seats of the room are never passed"
    (letter,) = letters("session_seat")
    assert (letter.registration_id, letter.values["by"]) == (second.id, "hand")
    hall.capacity = None
    for who in (make_registration(edition), make_registration(edition, state="withdrawn")):
        with pytest.raises(Refused):
            give(who, "full")
    session.asks_sign_up = False
    with pytest.raises(Refused):
        give(third, "full")


def test_a_place_is_taken_back_with_a_reason(edition, clock):
    session = talk(edition, "Workshop", asks_sign_up=True, capacity=1)
    publish(edition)
    (first, one), (_, two) = person(edition), person(edition)
    signed_up(one, session, now=clock.move(minutes=1))
    signed_up(two, session, now=clock.move(minutes=1))

    def remove(reason):
        return session_signed_up.remove(ORGANISER, 8, session.id, first.reference, reason=reason, now=clock())

    with pytest.raises(Invalid):
        remove("")
    assert remove("One seat for each body.") == 1
    (letter,) = letters("session_removed")
    assert letter.values == {"session": "Workshop", "reason": "One seat for each body."}
    assert (state_of(one, session), state_of(two, session)) == ("withdrawn", "seat")
    with pytest.raises(Conflict):
        remove("Again.")


def tighten(edition, session, *, told=True):
    session.access, session.sectors = "sectors", [SessionSector(sector_code="LE")]
    session.title = {"en": "Police only"}
    db.session.flush()
    if told:
        publish(edition)


def test_a_session_that_is_closed_to_people_who_signed_up(edition, clock):
    session = talk(edition, "Open", access="delegates", asks_sign_up=True, capacity=2)
    publish(edition)
    people = {name: person(edition, sector_code=code) for name, code in SIGNED.items()}
    for _who, link in people.values():
        signed_up(link, session, now=clock.move(minutes=1))
    tighten(edition, session, told=False)
    sessions = list_lines(edition.id)

    def warned():
        found = programme_conflicts.list_conflicts(edition, sessions)
        return [one.need for one in found if one.what == "may_not_come"]

    assert warned() == [2]
    found = session_places.read(session)
    assert (len(found.barred), found.soon_barred) == (0, 2), "until it is published they may come"
    publish(edition)
    assert seen(people["banker"][1]) == []
    found = session_places.read(session)
    assert [one.registration.id for one in found.barred] == [people["banker"][0].id, people["lawyer"][0].id]
    assert [one.number for one in found.line] == [None, 1], "who may not come has no number in line"
    assert agenda_sign_up.list_unsettled(clock()) == []
    with pytest.raises(Conflict):
        session_signed_up.remove_barred(ORGANISER, 8, session.id, digest="other", now=clock())
    done = session_signed_up.remove_barred(ORGANISER, 8, session.id, digest=found.digest, now=clock())
    assert done == 2 and warned() == []
    assert "Police" not in str([one.values for one in letters("session_closed")])
    assert len(letters("session_closed")) == 2
    (seat,) = letters("session_seat")
    assert seat.registration_id == people["guard"][0].id and state_of(people["guard"][1], session) == "seat"


SIGNED = {"officer": "LE-POL", "banker": "PRV-FIN", "lawyer": "PRV-FIN", "guard": "LE-POL"}


def test_nobody_moves_up_to_what_is_closed_to_them(edition, clock):
    session = talk(edition, "Open", access="delegates", asks_sign_up=True, capacity=1)
    publish(edition)
    (_, one), (_, two) = person(edition), person(edition, sector_code="PRV-FIN")
    signed_up(one, session, now=clock.move(minutes=1))
    signed_up(two, session, now=clock.move(minutes=1))
    tighten(edition, session)
    agenda_sign_up.leave(one, session.public_id, now=clock())
    assert letters("session_seat") == [] and agenda_sign_up.list_unsettled(clock()) == []


def test_the_condition_says_what_the_rule_says(edition):
    session = talk(edition, "Few", access="invited")
    people = [
        make_registration(edition, state=state, sector_code=code)
        for state in ("approved", "submitted")
        for code in ("LE-POL", "LE", "PRV-FIN")
    ]
    db.session.add(SessionInvitee(programme_session_id=session.id, registration_id=people[0].id))
    db.session.flush()
    parents = agenda.list_parents()
    for access in ("all", "delegates", "sectors", "invited", "unheard-of"):
        for sectors in ((), ("LE",), ("LE-POL", "PRV-FIN")):
            door = Door(session_id=session.id, access=access, sectors=sectors)
            for one in people:
                visitor: Visitor = agenda.visitor_of(one)
                expected = may_come(
                    visitor, access=access, sectors=sectors, session=session.id, parents=parents
                )
                assert session_access.is_open_to(door, one) == expected, (access, sectors, one.sector_code)


def test_a_merge_keeps_the_better_place_and_the_invitation(edition, closed, clock):
    (kept, one), (gone, two) = person(edition), person(edition)
    third, three = person(edition)
    invite(closed, gone, third)
    session_letters.write(ORGANISER, 8, closed.id, now=clock(), secret=SECRET)
    open_ = talk(edition, "Open", asks_sign_up=True, capacity=2)
    publish(edition)
    signed_up(two, closed, now=clock.move(minutes=1))
    for link in (one, two, three):
        signed_up(link, open_, now=clock.move(minutes=1))
    gone.state, gone.merged_into_id = "merged", kept.id
    session_carry.take_over(ORGANISER, kept, gone, now=clock())
    assert (state_of(one, closed), state_of(one, open_)) == ("seat", "seat")
    assert state_of(three, open_) == "seat", "of two seats one is free again"
    left = db.session.scalars(select(SessionSignUp).where(SessionSignUp.registration_id == gone.id)).all()
    (invitee,) = (row.invitee for row in session_invited.list_invited(closed.id) if row.registration is kept)
    assert left == [] and invitee.told_at is not None


def test_an_erasure_takes_places_and_invitations_along(edition, closed, clock):
    (first, one), (second, two) = person(edition), person(edition)
    invite(closed, first, second)
    signed_up(one, closed, now=clock.move(minutes=1))
    signed_up(two, closed, now=clock.move(minutes=1))
    registrations_erase.erase(ORGANISER, 8, first.reference, typed=first.reference, now=clock())
    assert [row.registration.id for row in session_invited.list_invited(closed.id)] == [second.id]
    assert agenda_sign_up.list_unsettled(clock()) == [closed.id]


def test_the_questions_do_not_grow_with_the_people(edition):
    session = talk(edition, "Few", access="invited", asks_sign_up=True)
    publish(edition)

    def fill(count):
        for _ in range(count):
            one = make_registration(edition, state="approved")
            db.session.add_all(
                [
                    SessionInvitee(programme_session_id=session.id, registration_id=one.id, invited_at=NOW),
                    SessionSignUp(
                        programme_session_id=session.id,
                        registration_id=one.id,
                        state="seat",
                        since=NOW + timedelta(minutes=1),
                    ),
                ]
            )
        db.session.flush()
        db.session.expire_all()
        with counted_queries() as asked:
            assert session_places.read(session).seats
            assert session_invited.list_invited(session.id)
            assert session_places.summarise(list_lines(edition.id), session_places.count_places(edition.id))
        return len(asked)

    assert fill(2) == fill(6)
