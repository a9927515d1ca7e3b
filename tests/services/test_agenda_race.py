"""The last seats of a session, wanted by eight at once and given up by others meanwhile: the lock off first, then on."""

import threading
from uuid import UUID

import pytest
from sqlalchemy import func, select

from eventapp.errors import NotFound
from eventapp.extensions import db
from eventapp.models import ProgrammeSession, SessionInvitee, SessionSignUp
from eventapp.services import agenda_sign_up, links, session_access, session_invited
from eventapp.web.transaction import writing
from tests.engines import SECRET
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.factories.editions import make_edition
from tests.factories.programme import make_session, publish
from tests.factories.registrations import make_registration
from tests.services import racing
from tests.services.racing import in_processes, locks_off, open_app
from tests.services.test_capacity_race import at_once
from tests.services.test_editions_manage import ORGANISER

pytestmark = pytest.mark.race


def prepare(app, *, seats, holders, newcomers):
    """A session with people in it, and others who want in: the session's public id and the tokens of both."""
    with app.app_context():
        with writing():
            edition = make_edition()
            session = make_session(edition, asks_sign_up=True, capacity=seats)
            publish(edition)
            people = [make_registration(edition, state="approved") for _ in range(holders + newcomers)]
            made = [
                links.make_link("registration", secret=SECRET, now=NOW, registration_id=one.id)
                for one in people
            ]
            for one in people[:holders]:
                db.session.add(
                    SessionSignUp(
                        programme_session_id=session.id, registration_id=one.id, state="seat", since=NOW
                    )
                )
            tokens = [links.token_of(one, SECRET) for one in made]
            public_id = session.public_id
        db.session.remove()
    return public_id, tokens[:holders], tokens[holders:]


def states(app):
    with app.app_context():
        rows = db.session.execute(select(SessionSignUp.state, func.count()).group_by(SessionSignUp.state))
        return {row.state: row[1] for row in rows}


def meet(monkeypatch, parties):
    """All who have counted the seats wait for each other, as far as the lock lets them."""
    barrier, count = threading.Barrier(parties), agenda_sign_up.count_taken

    def answer(numbers):
        found = count(numbers)
        racing.meet(barrier)
        return found

    monkeypatch.setattr(agenda_sign_up, "count_taken", answer)


def jobs(public_id, leaving, coming):
    return [
        *(lambda token=token: agenda_sign_up.leave(token, public_id, now=NOW) for token in leaving),
        *(lambda token=token: agenda_sign_up.sign_up(token, public_id, now=NOW) for token in coming),
    ]


def test_without_the_lock_there_are_more_people_than_seats(fresh_app, monkeypatch):
    public_id, _holders, newcomers = prepare(fresh_app, seats=2, holders=0, newcomers=8)
    meet(monkeypatch, 8)
    monkeypatch.setattr(
        agenda_sign_up, "lock_session", lambda number: db.session.get(ProgrammeSession, number)
    )
    with locks_off(fresh_app, monkeypatch):
        at_once(fresh_app, jobs(public_id, [], newcomers))
        assert states(fresh_app).get("seat", 0) > 2


def test_with_it_never(fresh_app, monkeypatch):
    public_id, _holders, newcomers = prepare(fresh_app, seats=2, holders=0, newcomers=8)
    meet(monkeypatch, 8)
    at_once(fresh_app, jobs(public_id, [], newcomers))
    assert states(fresh_app) == {"seat": 2, "waiting": 6}


def test_who_leaves_makes_room_for_exactly_one(fresh_app, monkeypatch):
    public_id, holders, newcomers = prepare(fresh_app, seats=4, holders=4, newcomers=4)
    meet(monkeypatch, 8)
    at_once(fresh_app, jobs(public_id, holders[:3], newcomers))
    assert states(fresh_app) == {"seat": 4, "waiting": 1, "withdrawn": 3}


def sign_up_in_process(url: str, instance: str, number: int, tokens: list[str], ready, go, results) -> None:
    """Two people at once sign up and give the seat up again, then sign up for good; what a process of its own runs."""
    app, public_id = open_app(url, instance), UUID(int=number)
    ready.release()
    go.wait(30)
    try:
        at_once(app, [lambda one=one: agenda_sign_up.sign_up(one, public_id, now=NOW) for one in tokens])
        at_once(app, [lambda: agenda_sign_up.leave(tokens[0], public_id, now=NOW)])
        at_once(app, [lambda: agenda_sign_up.sign_up(tokens[0], public_id, now=NOW)])
        results.put("done")
    except BaseException as failure:
        results.put(repr(failure))


def test_four_processes_want_the_same_seats(fresh_app):
    public_id, _holders, newcomers = prepare(fresh_app, seats=3, holders=0, newcomers=8)
    settings = fresh_app.config["SETTINGS"]
    place = (settings.database_url, str(settings.instance), public_id.int)
    answers = in_processes(
        sign_up_in_process, [(*place, newcomers[2 * one : 2 * one + 2]) for one in range(4)]
    )
    assert answers == ["done"] * 4
    assert states(fresh_app) == {"seat": 3, "waiting": 5}


def invited_one(app):
    """A session for invited people and the one who is named: numbers, reference, token."""
    with app.app_context():
        with writing():
            edition = make_edition()
            session = make_session(edition, asks_sign_up=True, access="invited")
            publish(edition)
            person = make_registration(edition, state="approved")
            db.session.add(SessionInvitee(programme_session_id=session.id, registration_id=person.id))
            link = links.make_link("registration", secret=SECRET, now=NOW, registration_id=person.id)
            found = session.id, session.public_id, person.reference, links.token_of(link, SECRET)
        db.session.remove()
    return found


def sign_up_while_taken_off(app, monkeypatch):
    """Somebody signs up at the moment in which the secretariat takes the name off the list: gives who has a place."""
    number, public_id, reference, token = invited_one(app)
    barrier = threading.Barrier(2)

    def waiting(question):
        def answer(*args):
            found = question(*args)
            racing.meet(barrier)
            return found

        return answer

    monkeypatch.setattr(agenda_sign_up, "is_open_to", waiting(agenda_sign_up.is_open_to))
    monkeypatch.setattr(session_invited, "foresee", waiting(session_invited.foresee))

    def take_off():
        session_invited.uninvite(ORGANISER, 8, number, reference, now=NOW)

    def come():
        try:
            agenda_sign_up.sign_up(token, public_id, now=NOW)
        except NotFound:
            pass  # the secretariat was quicker

    at_once(app, [take_off, come])
    return states(app)


def test_without_the_lock_somebody_who_was_taken_off_the_list_has_a_seat(fresh_app, monkeypatch):
    for module in (agenda_sign_up, session_access):
        monkeypatch.setattr(module, "lock_session", lambda number: db.session.get(ProgrammeSession, number))
    with locks_off(fresh_app, monkeypatch):
        assert sign_up_while_taken_off(fresh_app, monkeypatch) == {"seat": 1}


def test_with_it_nobody_has_a_seat_without_an_invitation(fresh_app, monkeypatch):
    assert sign_up_while_taken_off(fresh_app, monkeypatch).get("seat", 0) == 0
