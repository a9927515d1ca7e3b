"""Reminders: who is reminded and when, once; nobody after the closing, a cancellation, a removal, a revocation."""

from datetime import date, timedelta

import pytest

from eventapp.errors import NotFound, Refused, Stale
from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage, PrivateLink, ReminderPlan, ReminderRun
from eventapp.rules.access import COMMAND, Actor
from eventapp.services import editions_copy, mail_delivery, reminders
from eventapp.services.reminders import Task
from eventapp.web import mail_render
from tests.engines import SECRET
from tests.factories.delegations import make_delegation, make_focal_point
from tests.factories.editions import CLOCK_STANDS_AT, make_edition
from tests.factories.programme import link_of, make_place, make_session, make_speaker
from tests.factories.registrations import make_registration
from tests.factories.reminders import make_invitation, make_linked_focal_point, make_plan
from tests.queries import counted_queries

# The edition closes on 30 April at 23:59 in Nairobi; the clock of the tests stands at 14 April, 15:00 there.
DAY = 16
READER = Actor(kind="user", id=1, role="reader", all_editions=True)


@pytest.fixture
def edition(ctx):
    return make_edition(approval="two_steps")


@pytest.fixture
def waiting(edition):
    """Kenya's delegation with two people who wait, and its focal point with a link."""
    delegation = make_delegation(edition)
    for _ in range(2):
        make_registration(edition, delegation_id=delegation.id)
    point, link = make_linked_focal_point(delegation)
    return delegation, point, link


def step(now=CLOCK_STANDS_AT) -> int:
    """What the worker does: look, then write."""
    tasks = reminders.list_tasks(now=now)
    return sum(reminders.remind(task, now=now, secret=SECRET) for task in tasks)


def messages() -> list[OutboxMessage]:
    return list(db.session.scalars(db.select(OutboxMessage).order_by(OutboxMessage.id)))


def test_a_focal_point_is_reminded_in_the_own_language_with_the_own_link(edition, waiting):
    make_plan(edition, endorsement=[DAY])
    assert step() == 1
    (message,) = messages()
    _, point, link = waiting
    assert (message.kind, message.language, message.recipient, message.link_id) == (
        "reminder_endorsement",
        "fr",
        point.email,
        link.id,
    )
    (outgoing,) = mail_delivery.gather([message])
    letter = mail_render.render(outgoing, now=CLOCK_STANDS_AT)
    assert "Amina Diop" in letter.text
    assert "Kenya" in letter.text
    assert "Inscriptions en attente : 2".replace(" :", "\u00a0:") in letter.text
    assert "Date limite de décision\u00a0: 30 avril 2027, 23:59 (UTC+3)" in letter.text
    assert outgoing.message.values == {"waiting": 2}


def test_once_for_each_date(edition, waiting):
    make_plan(edition, endorsement=[DAY, DAY - 1])
    assert [step(), step(), step(CLOCK_STANDS_AT + timedelta(hours=14))] == [1, 0, 0]
    assert step(CLOCK_STANDS_AT + timedelta(hours=18)) == 1  # the morning after
    runs = db.session.scalars(db.select(ReminderRun).order_by(ReminderRun.due_on)).all()
    assert [(run.due_on.day, run.messages) for run in runs] == [(14, 1), (15, 1)]
    entries = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "reminders.send")).all()
    assert [one.new["recipients"] for one in entries] == [1, 1]


def test_somebody_who_comes_later_on_the_day_is_not_reminded_at_once(edition, waiting):
    make_plan(edition, endorsement=[DAY])
    step()
    other = make_delegation(edition, country_code="NO")
    make_registration(edition, delegation_id=other.id)
    make_linked_focal_point(other)
    assert step(CLOCK_STANDS_AT + timedelta(hours=1)) == 0


def test_the_id_of_a_message_says_once_too(edition, waiting):
    """Even where nobody remembered the run, the outbox takes a reminder of a person on a day once."""
    make_plan(edition, endorsement=[DAY])
    step()
    (message,) = messages()
    expected = reminders.message_id(
        edition.public_id, "endorsement", CLOCK_STANDS_AT.date(), waiting[1].public_id
    )
    assert message.public_id == expected
    assert OutboxMessage.__table__.c.public_id.unique


@pytest.mark.parametrize("state", ["draft", "held", "archived", "postponed", "cancelled"])
def test_nobody_of_an_edition_that_does_not_take_place(edition, waiting, state):
    make_plan(edition, endorsement=[DAY])
    edition.state = state
    db.session.flush()
    assert step() == 0
    assert reminders.remind(Task(edition.id, "endorsement"), now=CLOCK_STANDS_AT, secret=SECRET) == 0


def test_nobody_after_the_closing(edition, waiting):
    make_plan(edition, endorsement=[0])
    edition.registration_closes_at = CLOCK_STANDS_AT
    db.session.flush()
    assert step(CLOCK_STANDS_AT) == 0
    assert step(CLOCK_STANDS_AT - timedelta(seconds=1)) == 1


def test_endorsements_are_counted_back_from_their_own_day(edition, waiting):
    """Registration has closed, and bodies may still endorse: for them alone the days go on."""
    edition.registration_closes_at = CLOCK_STANDS_AT - timedelta(hours=1)
    edition.endorse_by = date(2027, 4, 15)
    db.session.flush()
    make_plan(edition, endorsement=[1], credentials=[1, 0])
    assert step() == 1
    (message,) = messages()
    (outgoing,) = mail_delivery.gather([message])
    letter = mail_render.render(outgoing, now=CLOCK_STANDS_AT)
    assert "Date limite de décision\u00a0: 15 avril 2027, 23:59 (UTC+3)" in letter.text
    assert late(message) == "sending"
    message.state = "waiting"
    db.session.flush()
    mail_delivery.lease_due(now=CLOCK_STANDS_AT + timedelta(days=2), limit=20)
    assert message.last_error == "the time for this reminder is over"


def test_no_schedule_no_reminder(edition, waiting):
    assert step() == 0
    make_plan(edition, endorsement=[])
    assert step() == 0


@pytest.mark.parametrize("state", ["endorsed", "declined", "approved", "withdrawn", "cancelled", "merged"])
def test_nobody_without_people_who_wait(edition, state):
    delegation = make_delegation(edition)
    make_registration(edition, delegation_id=delegation.id, state=state)
    make_registration(edition, delegation_id=delegation.id, erased_at=CLOCK_STANDS_AT)
    make_registration(edition)  # of no delegation
    make_linked_focal_point(delegation)
    make_plan(edition, endorsement=[DAY])
    assert step() == 0


def test_nobody_where_nobody_endorses(edition, waiting):
    edition.approval = "one_step"
    make_plan(edition, endorsement=[DAY])
    assert step() == 0


def test_whoever_was_removed_or_whose_link_was_revoked_is_not_reminded(edition, waiting):
    delegation, point, link = waiting
    make_plan(edition, endorsement=[DAY])
    point.removed_at = CLOCK_STANDS_AT
    other, revoked = make_linked_focal_point(delegation, email="second@ministry.example")
    revoked.revoked_at = CLOCK_STANDS_AT
    db.session.flush()
    assert step() == 0
    assert {one.id for one in db.session.scalars(db.select(PrivateLink))} == {link.id, revoked.id}


def test_whose_link_ran_out_or_who_never_had_one_gets_a_new_one(edition, waiting):
    delegation, point, link = waiting
    link.expires_at = CLOCK_STANDS_AT
    fresh = make_focal_point(delegation, email="second@ministry.example")
    make_plan(edition, endorsement=[DAY])
    assert step() == 2
    made = {one.link_id for one in messages()}
    assert link.id not in made
    owners = db.session.scalars(db.select(PrivateLink.focal_point_id).where(PrivateLink.id.in_(made)))
    assert set(owners) == {point.id, fresh.id}


@pytest.mark.parametrize(
    ("credentials", "count"),
    [("missing", 1), ("deficient", 1), ("copy", 0), ("original", 0), ("accepted", 0)],
)
def test_credentials_that_are_owed(edition, credentials, count):
    delegation = make_delegation(edition, credentials=credentials)
    make_linked_focal_point(delegation)
    make_plan(edition, credentials=[DAY])
    assert step() == count
    assert [one.kind for one in messages()] == ["reminder_credentials"] * count


def test_people_who_were_invited_and_have_not_come(edition):
    delegation = make_delegation(edition)
    _, link = make_invitation(delegation)
    past = {"used_at": {"used_at": CLOCK_STANDS_AT}, "revoked_at": {"revoked_at": CLOCK_STANDS_AT}}
    for more in (*past.values(), {"expires_at": CLOCK_STANDS_AT}):
        make_invitation(delegation, **more)
    _, gone = make_invitation(delegation)
    gone.revoked_at = CLOCK_STANDS_AT
    make_plan(edition, invitation=[DAY])
    assert step() == 1
    (message,) = messages()
    assert (message.kind, message.language, message.link_id) == ("reminder_invitation", "ar", link.id)


def test_delegates_whom_nobody_has_endorsed_are_reminded_with_their_own_link(edition, waiting):
    delegation = waiting[0]
    for more in ({"state": "endorsed"}, {"state": "approved"}, {"erased_at": CLOCK_STANDS_AT}):
        make_registration(edition, delegation_id=delegation.id, **more)
    silent = make_delegation(
        edition, country_code="NA"
    )  # nobody speaks for it: the secretariat decides itself
    make_registration(edition, delegation_id=silent.id, country_code="NA")
    make_registration(edition, country_code="FR")
    make_plan(edition, waiting=[DAY])
    assert step() == 2 and step() == 0
    first, second = messages()
    assert first.kind == "reminder_waiting" and first.registration_id != second.registration_id
    (outgoing,) = mail_delivery.gather([first])
    letter = mail_render.render(outgoing, now=CLOCK_STANDS_AT)
    assert "Dear Joy Adeyemi" in letter.text and "Kenya" in letter.text
    assert "It can endorse you until: 30 April 2027, 23:59 (UTC+3)" in letter.text
    assert "/registrations/" in letter.text and outgoing.link.registration_id == first.registration_id
    outgoing.registration.state = "endorsed"
    assert late(first) == "the person does not wait any more"
    assert late(second) == "sending"


def test_no_delegate_is_reminded_of_an_endorsement_that_nobody_gives(edition, waiting):
    make_plan(edition, waiting=[DAY])
    edition.approval = "one_step"
    db.session.flush()
    assert step() == 0


def late(message) -> str:
    """What becomes of a message that is still to be sent; a wrong reason would be none."""
    db.session.flush()
    mail_delivery.lease_due(now=CLOCK_STANDS_AT, limit=20)
    return message.last_error if message.state == "cancelled" else message.state


def test_between_writing_and_sending_much_may_happen(edition, waiting):
    _, point, link = waiting
    make_plan(edition, endorsement=[DAY], invitation=[DAY])
    invitation, _ = make_invitation(waiting[0])
    step()
    reminder, invited = messages()

    def again(change, back):
        change()
        found = late(reminder)
        back()
        reminder.state, reminder.last_error = "waiting", ""
        return found

    def setting(record, name, value):
        return lambda: setattr(record, name, value)

    removed = again(setting(point, "removed_at", CLOCK_STANDS_AT), setting(point, "removed_at", None))
    assert removed == "the focal point was removed"
    revoked = again(setting(link, "revoked_at", CLOCK_STANDS_AT), setting(link, "revoked_at", None))
    assert revoked == "the link is not valid any more"
    closed = again(setting(edition, "state", "cancelled"), setting(edition, "state", "published"))
    assert closed == "the time for this reminder is over"
    invited.state = "waiting"
    invitation.used_at = CLOCK_STANDS_AT
    assert late(invited) == "the invitation was used or revoked"
    assert late(reminder) == "sending"


def test_who_would_be_reminded_next_and_when(edition, waiting):
    make_plan(edition, endorsement=[DAY, 7], credentials=[3])
    endorsement, credentials, invitation, delegates, speaker = reminders.list_outlook(
        COMMAND, edition.ordinal, limit=20, now=CLOCK_STANDS_AT
    )
    assert endorsement.next.due_on.day == 14
    assert [(one.name, one.values["waiting"]) for one in endorsement.first] == [("Amina Diop", 2)]
    assert credentials.next.due_on.day == 27
    assert credentials.count == len(credentials.first) == 1
    assert (invitation.next, invitation.count) == (speaker.next, speaker.count) == (None, 0)
    assert (delegates.next, delegates.count) == (None, 0)
    step()
    endorsement, *_ = reminders.list_outlook(COMMAND, edition.ordinal, limit=20, now=CLOCK_STANDS_AT)
    assert endorsement.next.due_on.day == 23
    assert not db.session.scalars(
        db.select(OutboxMessage).where(OutboxMessage.kind == "reminder_credentials")
    ).all()


def test_an_outlook_takes_the_same_queries_for_any_number(edition):
    days = dict.fromkeys(("endorsement", "credentials", "invitation", "waiting"), [DAY])
    make_plan(edition, **days, speaker=[55])
    session = make_session(edition)

    def measure(codes):
        for code in codes:
            delegation = make_delegation(edition, country_code=code)
            make_registration(edition, delegation_id=delegation.id)
            make_linked_focal_point(delegation)
            make_invitation(delegation)
            speaker = make_speaker(email="speaker@court.example")
            make_place(session, speaker)
            link_of(speaker)
        db.session.flush()
        db.session.expire_all()
        with counted_queries() as found:
            outlook = reminders.list_outlook(COMMAND, edition.ordinal, limit=20, now=CLOCK_STANDS_AT)
            assert all(one.first for one in outlook)
        return len(found)

    few = measure(["KE", "NA"])
    assert measure(["NO", "FR", "QA", "ES", "GB", "DE", "IT", "JP"]) <= few


def test_a_letter_of_each_is_gathered_in_the_same_queries_for_any_number(edition):
    make_plan(edition, credentials=[DAY])
    for code in ("KE", "NA", "NO", "FR", "QA", "ES", "GB", "DE"):
        make_linked_focal_point(make_delegation(edition, country_code=code))
    step()
    made = [one.id for one in messages()]

    def measure(numbers):
        db.session.expire_all()
        with counted_queries() as found:
            for one in mail_delivery.list_leased(mail_delivery.Lease(tuple(numbers), CLOCK_STANDS_AT)):
                mail_render.render(one, now=CLOCK_STANDS_AT)
        return len(found)

    assert measure(made) <= measure(made[:2])


def test_looking_costs_two_queries_at_most(edition, waiting):
    for _ in range(5):
        make_plan(make_edition(), endorsement=[DAY])
    db.session.expire_all()
    with counted_queries() as found:
        assert len(reminders.list_tasks(now=CLOCK_STANDS_AT)) == 5
    assert len(found) == 2


def save(edition, version=reminders.NEW, actor=COMMAND, **days):
    reminders.save_plan(actor, edition.ordinal, days, version=version, now=CLOCK_STANDS_AT)
    return reminders.find_plan(edition.id)


def test_the_schedule_is_saved_over_nobody_unseen(edition):
    plan = save(edition, endorsement=[14, 7], credentials=[])
    assert (plan.days, plan.version) == ({"endorsement": [14, 7]}, 1)
    with pytest.raises(Stale):
        save(edition, endorsement=[3])
    save(edition, 1, invitation=[5])
    with pytest.raises(Stale):
        save(edition, 1, invitation=[6])
    entries = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "reminders.plan")).all()
    assert entries[0].new == {"remind_endorsement": [14, 7]}
    assert entries[1].new == {"remind_endorsement": [], "remind_invitation": [5]}


def test_who_may_not_set_it(edition):
    with pytest.raises(Refused):
        save(edition, actor=READER)
    with pytest.raises(NotFound):
        save(edition, actor=Actor(kind="user", id=1, role="organiser"))
    assert not db.session.scalars(db.select(ReminderPlan)).all()


def test_a_new_edition_takes_the_schedule_along_and_none_of_what_went_out(edition, waiting):
    make_plan(edition, endorsement=[DAY])
    step()
    copy = editions_copy.copy(COMMAND, edition.ordinal, edition.ordinal + 1, now=CLOCK_STANDS_AT)
    assert reminders.find_plan(copy.id).days == {"endorsement": [DAY]}
    wanted = ReminderRun.edition_id == copy.id
    assert not db.session.scalars(db.select(ReminderRun).where(wanted)).all()
