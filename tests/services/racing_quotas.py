"""What eight writers and four processes do to the quotas of one edition, and what must hold whenever they have done it."""

import random
from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import select

from eventapp.errors import Conflict, DomainError
from eventapp.extensions import db
from eventapp.models import Edition, Registration
from eventapp.rules.access import DELEGATE, Actor
from eventapp.rules.quota import DELEGATION, check_room_to_endorse
from eventapp.rules.registration import check_endorsement
from eventapp.services import (
    editions,
    links,
    quotas,
    registrations,
    registrations_decide,
    registrations_own,
    registrations_places,
)
from eventapp.web.transaction import writing
from tests.engines import SECRET
from tests.factories.editions import CLOCK_STANDS_AT as NOW
from tests.services.racing import open_app, together
from tests.services.test_registrations import details

ORGANISER = Actor(kind="user", id=1, name="A. Organiser", role="organiser", all_editions=True)
NGO = {
    "represents": "organisation",
    "country_code": None,
    "organisation": "Example",
    "seat_country_code": "NO",
    "sector_code": "NGO",
}


def the_edition() -> Edition:
    return db.session.scalars(select(Edition).order_by(Edition.ordinal.desc()).limit(1)).one()


def endorse(registration_id: int, new: str = "endorsed") -> None:
    """What a focal point does: under the edition's lock, within the body's own quota."""
    edition = editions.lock_edition(the_edition().id)
    one = db.session.get(Registration, registration_id, populate_existing=True)
    check_endorsement(one.state, new)
    if new == "endorsed":
        check_room_to_endorse(quotas.read_room(edition), quotas.person_of(one))
    frees, one.state = one.state == "endorsed", new
    db.session.flush()
    if frees:
        registrations_places.promote_waiting(DELEGATE, edition, now=NOW)


def register(name: str, **more) -> None:
    registrations.submit(
        the_edition().id,
        details(family_name=name, **more),
        nonce=uuid4(),
        notice_id=None,
        now=NOW,
        secret=SECRET,
    )


def decide(decision: str, registration_id: int):
    """What the secretariat does about one person, by the state that it sees."""
    seen = {registration_id: db.session.get(Registration, registration_id).state}
    return registrations_decide.decide(
        ORGANISER,
        the_edition().ordinal,
        decision,
        seen,
        reason="as agreed",
        nonce=uuid4(),
        now=NOW,
        secret=SECRET,
    )


def withdraw(registration_id: int) -> None:
    link = links.make_link("registration", secret=SECRET, now=NOW, registration_id=registration_id)
    registrations_own.withdraw(links.token_of(link, SECRET), now=NOW)


def check_quotas() -> None:
    """No quota holds more people approved than places, no body more people at all, nobody waits beside a free place."""
    edition = the_edition()
    for which, one in quotas.read_sums(edition).items():
        held = one.approved + (one.endorsed if which.dimension == DELEGATION else 0)
        assert one.limit is None or held <= one.limit, (which, one)
    room = quotas.read_room(edition)
    unblocked = [
        one.id
        for one in quotas.as_waiting(quotas.list_line(edition.id))
        if room.blocked_by(one.person) is None
    ]
    assert unblocked == []


def _pick(chance: random.Random, *states: str) -> int | None:
    found = db.session.scalars(
        select(Registration.id).where(Registration.state.in_(states)).order_by(Registration.id)
    ).all()
    return chance.choice(found) if found else None


def _do_something(chance: random.Random, name: str) -> None:
    """One thing of what people do all day; whoever it was about may have changed meanwhile."""
    what = chance.choice(
        ("endorse", "endorse", "approve", "approve", "withdraw", "cancel", "decline", "come")
    )
    if what == "come":
        register(name, **chance.choice(({}, NGO)))
        return
    states = {
        "endorse": ("submitted", "declined"),
        "decline": ("endorsed",),
        "approve": ("submitted", "endorsed"),
        "withdraw": ("approved", "endorsed"),
        "cancel": ("approved", "waitlisted"),
    }[what]
    one = _pick(chance, *states)
    if one is None:
        return
    jobs: dict[str, Callable[[], object]] = {
        "endorse": lambda: endorse(one),
        "decline": lambda: endorse(one, "declined"),
        "approve": lambda: decide("approved", one),
        "withdraw": lambda: withdraw(one),
        "cancel": lambda: decide("cancelled", one),
    }
    jobs[what]()


def mix(app, seed: int, count: int) -> int:
    """Do so many things one after the other, each in a transaction of its own; gives how many were carried out."""
    chance, done = random.Random(seed), 0
    for number in range(count):
        with app.app_context():
            try:
                with writing():
                    _do_something(chance, f"N{seed}-{number}")
                done += 1
            except Conflict as conflict:
                if conflict.code == "again":
                    raise
            except DomainError:
                pass  # full, or in another state by now: what everybody is told
            finally:
                db.session.remove()
    return done


def mix_in_process(url: str, instance: str, number: int, count: int, ready, go, results) -> None:
    """Two at a time; what a process of its own runs."""
    app = open_app(url, instance)
    ready.release()
    go.wait(30)
    try:
        done = together(2, lambda thread: mix(app, 10 * number + thread, count), timeout=90)
        results.put(("done", sum(done)))
    except BaseException as failure:
        results.put(("failed", repr(failure)))
