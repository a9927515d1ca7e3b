"""Decisions of the secretariat about many: places, order, what changed meanwhile, once is once."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from eventapp.errors import Conflict, Invalid, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage, PrivateLink, Registration
from eventapp.rules.access import Actor
from eventapp.services import links
from eventapp.services.registrations_decide import decide, preview
from tests.factories.editions import make_edition
from tests.factories.registrations import build_registration, make_registration
from tests.queries import counted_queries

pytestmark = pytest.mark.usefixtures("ctx")
ORGANISER = Actor(kind="user", id=1, name="A. Organiser", role="organiser", all_editions=True)
READER = Actor(kind="user", id=2, name="A. Reader", role="reader", all_editions=True)
SECRET = "a secret of the tests"


@pytest.fixture
def edition(ctx):
    return make_edition(capacity=2)


def people(edition, *states, clock, **more):
    made = []
    for state in states:
        made.append(make_registration(edition, state=state, submitted_at=clock.move(minutes=1), **more))
    return made


def run(edition, decision, registrations, *, clock, actor=ORGANISER, reason="", nonce=None, seen=None):
    picked = seen or {one.id: one.state for one in registrations}
    outcome = decide(
        actor,
        edition.ordinal,
        decision,
        picked,
        reason=reason,
        nonce=nonce or uuid4(),
        now=clock(),
        secret=SECRET,
    )
    db.session.flush()
    db.session.expire_all()
    return outcome


def states(registrations):
    return [one.state for one in registrations]


def count(model, *conditions):
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_approves_in_order_and_never_more_than_there_are_places(edition, clock):
    made = people(edition, "submitted", "submitted", "submitted", "waitlisted", clock=clock)
    outcome = run(edition, "approved", made, clock=clock)
    assert states(made) == ["approved", "submitted", "submitted", "approved"]
    assert outcome.plan.reached == [made[3].id, made[0].id]
    assert outcome.plan.left == {made[1].id: "full", made[2].id: "full"}


def test_tells_each_person_once_and_writes_it_down(edition, clock):
    made = people(edition, "submitted", "submitted", clock=clock, language="ar")
    known = links.make_link("registration", secret=SECRET, now=clock(), registration_id=made[0].id)
    run(edition, "approved", made, clock=clock, reason="Welcome")
    mails = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.registration_id)).all()
    assert [(one.kind, one.recipient, one.language) for one in mails] == [
        ("registration_approved", one.email, "ar") for one in made
    ]
    assert mails[0].link_id == known.id
    assert mails[0].values == {"reason": "Welcome"}
    assert count(PrivateLink, PrivateLink.registration_id == made[1].id) == 1
    assert links.find_link(links.token_of(known, SECRET), "registration", now=clock()) is not None
    made_link = db.session.get(PrivateLink, mails[1].link_id)
    assert links.find_link(links.token_of(made_link, SECRET), "registration", now=clock()) == made_link
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.approve")).all()
    assert [(one.actor_name, one.old, one.new, one.reason) for one in entries] == [
        ("A. Organiser", {"state": "submitted", "version": 1}, {"state": "approved"}, "Welcome")
    ] * 2


def test_what_changed_meanwhile_is_reported_and_not_forced(edition, clock):
    made = people(edition, "submitted", "submitted", clock=clock)
    run(edition, "rejected", made[:1], clock=clock, reason="No")
    outcome = run(
        edition,
        "approved",
        made,
        clock=clock,
        seen={made[0].id: "submitted", made[1].id: "submitted", 9999: "submitted"},
    )
    assert outcome.plan.left == {made[0].id: "changed", 9999: "gone"}
    assert states(made) == ["rejected", "approved"]


def test_the_same_nonce_does_nothing_twice(edition, clock):
    made, nonce = people(edition, "submitted", clock=clock), uuid4()
    run(edition, "approved", made, clock=clock, nonce=nonce)
    with pytest.raises(Conflict):
        run(edition, "approved", made, clock=clock, nonce=nonce)
    assert count(OutboxMessage) == 1


@pytest.mark.parametrize("decision", ["rejected", "cancelled"])
def test_reason_is_needed_where_somebody_is_refused(edition, clock, decision):
    made = people(edition, "submitted", clock=clock)
    with pytest.raises(Invalid) as refused:
        run(edition, decision, made, clock=clock)
    assert set(refused.value.problems) == {"reason"}
    assert states(made) == ["submitted"]


def test_a_cancelled_place_goes_to_the_first_in_line(edition, clock):
    made = people(edition, "approved", "approved", "waitlisted", "waitlisted", clock=clock)
    outcome = run(edition, "cancelled", made[:1], clock=clock, reason="Ministry asked")
    assert states(made) == ["cancelled", "approved", "approved", "waitlisted"]
    assert outcome.promoted == 1
    assert count(OutboxMessage, OutboxMessage.registration_id == made[2].id) == 1


def test_rejecting_frees_no_place(edition, clock):
    made = people(edition, "approved", "approved", "submitted", "waitlisted", clock=clock)
    outcome = run(edition, "rejected", [made[0], made[2]], clock=clock, reason="No")
    assert outcome.plan.left == {made[0].id: "state"}
    assert states(made) == ["approved", "approved", "rejected", "waitlisted"]


def test_waitlisting_keeps_the_moment_for_the_line(edition, clock):
    made = people(edition, "submitted", clock=clock)
    run(edition, "waitlisted", made, clock=clock)
    assert made[0].waitlisted_at == clock()


def test_version_moves_so_that_open_forms_notice(edition, clock):
    made = people(edition, "submitted", clock=clock)
    before = made[0].version
    run(edition, "approved", made, clock=clock)
    assert made[0].version == before + 1


def test_erased_people_and_other_editions_stay_out(edition, clock):
    other = make_edition()
    mine = people(edition, "submitted", clock=clock, erased_at=clock())[0]
    theirs = people(other, "submitted", clock=clock)[0]
    outcome = run(edition, "approved", [mine, theirs], clock=clock)
    assert outcome.plan.left == {mine.id: "erased", theirs.id: "gone"}
    assert count(OutboxMessage) == 0


def test_without_a_limit_everybody_finds_a_place(clock):
    edition = make_edition(capacity=None)
    made = people(edition, *["submitted"] * 5, clock=clock)
    assert not run(edition, "approved", made, clock=clock).plan.left


def test_preview_says_the_same_and_changes_nothing(edition, clock):
    made = people(edition, "submitted", "approved", "submitted", clock=clock)
    planned, shown, free = preview(ORGANISER, edition.ordinal, "approved", [one.id for one in made])
    assert free == 1
    assert planned.reached == [made[0].id]
    assert planned.left == {made[1].id: "state", made[2].id: "full"}
    assert [one.id for one in shown] == [made[0].id, made[1].id, made[2].id]
    assert states(made) == ["submitted", "approved", "submitted"]
    assert count(AuditEntry, AuditEntry.edition_id == edition.id) == 0


def test_rights_are_checked_inside(edition, clock):
    made = people(edition, "submitted", clock=clock)
    with pytest.raises(Refused):
        run(edition, "approved", made, clock=clock, actor=READER)
    stranger = Actor(kind="user", id=3, role="organiser", edition_ids=frozenset({edition.id + 1}))
    with pytest.raises(NotFound):
        run(edition, "approved", made, clock=clock, actor=stranger)
    with pytest.raises(Refused):
        run(edition, "withdrawn", made, clock=clock)


def test_two_thousand_take_a_handful_of_statements(clock):
    edition = make_edition(capacity=1500)
    made = [build_registration(edition, state="submitted") for _ in range(2000)]
    db.session.add_all(made)
    db.session.flush()
    picked = {one.id: "submitted" for one in made}
    with counted_queries() as executed:
        outcome = run(edition, "approved", [], clock=clock, seen=picked, nonce=UUID(int=1))
    assert len(outcome.plan.reached) == 1500
    assert (
        count(Registration, Registration.edition_id == edition.id, Registration.state == "approved") == 1500
    )
    assert count(OutboxMessage) == 1500
    assert len(executed) < 20, executed


def test_two_thousand_move_up_in_a_handful_of_statements_and_in_order(clock):
    edition = make_edition(capacity=1000)
    holders = [build_registration(edition, state="approved") for _ in range(1000)]
    moments = [clock() + timedelta(seconds=1000 - place) for place in range(1000)]  # the last made came first
    line = [build_registration(edition, state="waitlisted", waitlisted_at=moment) for moment in moments]
    db.session.add_all([*holders, *line])
    db.session.flush()
    linked = links.make_link("registration", secret=SECRET, now=clock(), registration_id=line[0].id)
    picked = {one.id: "approved" for one in holders[:999]}
    with counted_queries() as executed:
        outcome = run(edition, "cancelled", [], clock=clock, seen=picked, nonce=UUID(int=1), reason="Closed")
    assert outcome.promoted == 999
    assert len(executed) < 25, executed
    first_in_line = [one.id for one in reversed(line)]
    for table, column, wanted in (
        (AuditEntry, AuditEntry.subject_id, AuditEntry.action == "registration.promote"),
        (OutboxMessage, OutboxMessage.registration_id, OutboxMessage.kind == "registration_promoted"),
    ):
        told = db.session.scalars(select(column).where(wanted).order_by(table.id)).all()
        assert told == first_in_line[:999]
    left = db.session.scalars(
        select(Registration).where(Registration.edition_id == edition.id, Registration.state == "waitlisted")
    ).one()
    assert (left.id, left.version) == (line[0].id, 1) and linked.registration_id == left.id
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.promote")).first()
    assert (entry.old, entry.new) == ({"state": "waitlisted", "version": 1}, {"state": "approved"})
    assert db.session.get(Registration, first_in_line[0]).version == 2


def test_who_moves_up_is_written_to_with_the_open_link(clock):
    edition = make_edition(capacity=1)
    (holder,) = people(edition, "approved", clock=clock)
    (waiting,) = people(edition, "waitlisted", clock=clock)
    known = links.make_link("registration", secret=SECRET, now=clock(), registration_id=waiting.id)
    run(edition, "cancelled", [holder], clock=clock, reason="Closed")
    letter = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == "registration_promoted")
    ).one()
    assert (letter.recipient, letter.link_id, letter.state) == (waiting.email, known.id, "waiting")
    assert (waiting.state, waiting.reason, waiting.decided_at) == ("approved", "", clock())
