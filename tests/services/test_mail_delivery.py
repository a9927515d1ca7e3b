"""Real SMTP conversations: delivered, refused, tried again, never twice, always the same Message-ID."""

import socket
import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from eventapp import worker
from eventapp.adapters.smtp import MailServer
from eventapp.extensions import db
from eventapp.models import Delegation, OutboxMessage, Registration
from eventapp.rules.access import COMMAND
from eventapp.rules.mail import MOST_ATTEMPTS, PAUSES
from eventapp.rules.mail_text import MailWords
from eventapp.services import links, mail, mail_delivery, mail_texts
from eventapp.web.clock import CLOCK
from eventapp.web.reminders import remind_next
from eventapp.web.transaction import writing
from tests.engines import SECRET
from tests.factories.accounts import make_user
from tests.factories.delegations import make_delegation
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.factories.reminders import make_linked_focal_point, make_plan
from tests.services.racing import be_patient, meet, together


class Postbox:
    """A mail server on this machine that keeps what it is given, and refuses what it is told to refuse."""

    def __init__(self) -> None:
        self.messages = []
        self.connections = 0
        self.answers = {}  # address -> answers at RCPT, in order
        self.data_answers = {}

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        answers = self.answers.get(address) or []
        if answers:
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answers = self.data_answers.get(envelope.rcpt_tos[0]) or []
        if answers:
            return answers.pop(0)
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append((envelope.rcpt_tos[0], parsed))
        return "250 OK"


class Server(Controller):
    def factory(self):
        return SMTP(self.handler, enable_SMTPUTF8=True)


@pytest.fixture
def postbox():
    box = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(box, hostname="127.0.0.1", port=port)
    server.start()
    box.url = f"smtp://127.0.0.1:{port}"
    yield box
    server.stop()


def with_settings(app, **values):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **values)


def fill(app, *, languages=("en",), recipients=None):
    """One approved registration with its message per language; gives the messages' numbers."""
    with app.app_context():
        moment = app.extensions[CLOCK]()
        with writing():
            edition = make_edition()
            made = []
            for index, language in enumerate(languages):
                more = {"email": recipients[index]} if recipients else {}
                one = make_registration(edition, state="approved", language=language, **more)
                link = links.make_link("registration", secret=SECRET, now=moment, registration_id=one.id)
                made.append(
                    mail.enqueue(
                        "registration_approved",
                        recipient=one.email,
                        language=language,
                        now=moment,
                        registration=one,
                        link=link,
                    )
                )
            db.session.flush()
            return [one.id for one in made]


def states(app):
    with app.app_context():
        rows = db.session.execute(
            db.select(OutboxMessage.state, OutboxMessage.attempts, OutboxMessage.last_error).order_by(
                OutboxMessage.id
            )
        )
        return [tuple(row) for row in rows]


def test_delivered_in_four_languages_over_one_connection(fresh_app, postbox):
    with_settings(fresh_app, smtp_url=postbox.url)
    fill(fresh_app, languages=("en", "fr", "es", "ar"))
    assert worker.deliver(fresh_app) == 4
    assert states(fresh_app) == [("sent", 1, "")] * 4
    assert postbox.connections == 1
    for language, (_, message) in zip(("en", "fr", "es", "ar"), postbox.messages, strict=True):
        assert message["Content-Language"] == language
        prefix = "" if language == "en" else f"/{language}"
        assert f"http://localhost{prefix}/registrations/" in message.get_body(("plain",)).get_content()
        assert f'lang="{language}"' in message.get_body(("html",)).get_content()
    assert worker.deliver(fresh_app) == 0


def test_an_edition_s_own_text_arrives_and_is_the_one_that_stands_when_it_is_sent(fresh_app, postbox, clock):
    with_settings(fresh_app, smtp_url=postbox.url)
    fill(fresh_app, languages=("en", "ar"))
    with fresh_app.app_context(), writing():
        for language, greeting in (("en", "Welcome"), ("ar", "أهلا")):
            words = MailWords(greeting + ": {edition}", greeting + " {name} <b>\n\n{facts}\n\n{link}")
            mail_texts.save(COMMAND, 8, "registration_approved", language, words, version=0, now=clock())
    assert worker.deliver(fresh_app) == 2
    for (_, message), greeting in zip(postbox.messages, ("Welcome", "أهلا"), strict=True):
        plain, page = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
        assert message["Subject"] == f"{greeting}: Eighth Global Conference"
        assert plain.startswith(f"{greeting} Joy Adeyemi") and "/registrations/" in plain
        assert f"<p>{greeting} Joy Adeyemi" in page and "&lt;b&gt;</p>" in page


def test_a_reminder_goes_out_by_itself_when_its_morning_comes(fresh_app, postbox, clock):
    with_settings(fresh_app, smtp_url=postbox.url)
    with fresh_app.app_context(), writing():
        edition = make_edition(approval="two_steps")
        delegation = make_delegation(edition)
        make_registration(edition, delegation_id=delegation.id)
        make_linked_focal_point(delegation, language="ar")
        make_plan(edition, endorsement=[15])
    assert remind_next(fresh_app) == 0
    clock.move(hours=17)  # 08:00 in Nairobi
    running = worker.start_thread(fresh_app)
    try:
        for _ in range(60):
            if postbox.messages:
                break
            threading.Event().wait(0.1)
    finally:
        running.stop()
    assert remind_next(fresh_app) == 0
    ((address, message),) = postbox.messages
    assert address == f"focal{delegation_number(fresh_app)}@ministry.example"
    assert message["Content-Language"] == "ar"
    assert "كينيا" in message.get_body(("plain",)).get_content()


def delegation_number(app):
    with app.app_context():
        return db.session.scalar(db.select(Delegation.id))


def test_refused_for_now_and_taken_later(fresh_app, postbox, clock):
    with_settings(fresh_app, smtp_url=postbox.url)
    fill(fresh_app, recipients=["later@police.example"])
    postbox.answers["later@police.example"] = ["451 4.7.1 Please come back"]
    worker.deliver(fresh_app)
    assert states(fresh_app) == [("waiting", 1, "451 4.7.1 Please come back")]
    clock.move(seconds=59)
    assert worker.deliver(fresh_app) == 0
    clock.move(seconds=14)
    assert worker.deliver(fresh_app) == 1
    assert states(fresh_app) == [("sent", 2, "")]
    assert len(postbox.messages) == 1


@pytest.mark.parametrize("where", ["answers", "data_answers"])
def test_refused_for_good(fresh_app, postbox, clock, where):
    with_settings(fresh_app, smtp_url=postbox.url)
    fill(fresh_app, languages=("en", "en"), recipients=["gone@police.example", "there@police.example"])
    getattr(postbox, where)["gone@police.example"] = ["550 5.1.1 No such person"]
    worker.deliver(fresh_app)
    assert states(fresh_app) == [("failed", 1, "550 5.1.1 No such person"), ("sent", 1, "")]
    clock.move(days=3)
    assert worker.deliver(fresh_app) == 0


def test_a_server_that_is_away_is_tried_again_with_growing_pauses(fresh_app, postbox, clock):
    with_settings(fresh_app, smtp_url="smtp://127.0.0.1:1")
    fill(fresh_app, languages=("en", "en", "en"))
    began = clock()
    for attempt, pause in enumerate(PAUSES, start=1):
        assert worker.deliver(fresh_app) == 3
        assert {row[:2] for row in states(fresh_app)} == {("waiting", attempt)}
        clock.move(seconds=pause.total_seconds() * 1.2 + 1)
    assert worker.deliver(fresh_app) == 3
    assert {row[:2] for row in states(fresh_app)} == {("failed", MOST_ATTEMPTS)}
    assert "no connection to the mail server" in states(fresh_app)[0][2]
    assert clock() - began > timedelta(days=2)


def test_what_was_cut_off_before_the_server_came_back_goes_out(fresh_app, postbox, clock):
    with_settings(fresh_app, smtp_url="smtp://127.0.0.1:1")
    fill(fresh_app)
    worker.deliver(fresh_app)
    with_settings(fresh_app, smtp_url=postbox.url)
    clock.move(minutes=2)
    worker.deliver(fresh_app)
    assert states(fresh_app) == [("sent", 2, "")]


def test_without_a_server_the_messages_are_kept_as_files(fresh_app, tmp_path):
    fill(fresh_app, languages=("en", "ar"))
    worker.deliver(fresh_app)
    assert states(fresh_app) == [("kept", 1, "")] * 2
    files = sorted(fresh_app.config["SETTINGS"].kept_mail.iterdir())
    assert [path.suffix for path in files] == [".eml", ".eml"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    parsed = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
    assert {one["Content-Language"] for one in parsed} == {"en", "ar"}
    assert all("/registrations/" in one.get_body(("plain",)).get_content() for one in parsed)


def test_a_crash_between_sending_and_noting_repeats_the_same_message_id(
    fresh_app, postbox, clock, monkeypatch
):
    with_settings(fresh_app, smtp_url=postbox.url)
    fill(fresh_app)

    def crash(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(mail_delivery, "note_sent", crash)
        with pytest.raises(SystemExit):
            worker.deliver(fresh_app)
    assert states(fresh_app)[0][:2] == ("sending", 1)
    assert worker.deliver(fresh_app) == 0  # the lease still holds
    clock.move(minutes=11)
    assert worker.deliver(fresh_app) == 1
    first, second = (message["Message-ID"] for _, message in postbox.messages)
    assert first == second
    assert states(fresh_app)[0][:2] == ("sent", 2)


def test_a_slow_sender_cannot_undo_what_another_one_noted(fresh_app, clock):
    (number,) = fill(fresh_app)
    with fresh_app.app_context():
        with writing():
            slow = mail_delivery.lease_due(now=clock(), limit=5)
        clock.move(minutes=11)
        with writing():
            quick = mail_delivery.lease_due(now=clock(), limit=5)
        with writing():
            assert mail_delivery.note_sent(quick, number, now=clock())
        with writing():
            mail_delivery.note_failure(slow, number, "too late", permanent=True, now=clock(), chance=0)
    assert states(fresh_app) == [("sent", 2, "")]


WORKERS = 4


def meet_before_sending(monkeypatch):
    """Let all workers meet right after they have taken their messages, as far as the lease lets them."""
    barrier, make_ready = threading.Barrier(WORKERS), worker._make_ready

    def met(lease, settings):
        meet(barrier)
        return make_ready(lease, settings)

    monkeypatch.setattr(worker, "_make_ready", met)


def lease_off(monkeypatch):
    """For tests only: whoever looks sends what is due, takes nothing for itself, and notes what it sent."""

    def look(*, now, limit):
        due = db.select(OutboxMessage.id).where(OutboxMessage.state == "waiting").limit(limit)
        return mail_delivery.Lease(
            tuple(db.session.scalars(due.order_by(OutboxMessage.id))), now + mail_delivery.LEASE
        )

    def note(lease, numbers, **values):
        del lease
        change = db.update(OutboxMessage).where(OutboxMessage.id.in_(numbers))
        return db.session.execute(change.values(**values)).rowcount

    be_patient(monkeypatch)
    monkeypatch.setattr(mail_delivery, "lease_due", look)
    monkeypatch.setattr(mail_delivery, "_note", note)


def race_to_send(app, postbox, count):
    """Several workers empty the outbox at once; gives how often each message was sent."""
    with_settings(app, smtp_url=postbox.url)
    fill(app, languages=("en",) * count)

    def work(_):
        while worker.deliver(app):
            pass

    together(WORKERS, work)
    return Counter(message["Message-ID"] for _, message in postbox.messages)


@pytest.mark.race
def test_without_the_lease_messages_are_sent_more_than_once(fresh_app, postbox, monkeypatch):
    meet_before_sending(monkeypatch)
    lease_off(monkeypatch)
    sent = race_to_send(fresh_app, postbox, 12)
    assert len(sent) == 12
    assert max(sent.values()) > 1
    assert {state for state, *_ in states(fresh_app)} == {"sent"}  # and nobody would ever notice


@pytest.mark.race
def test_several_workers_at_once_send_each_message_once(fresh_app, postbox, monkeypatch):
    meet_before_sending(monkeypatch)
    sent = race_to_send(fresh_app, postbox, 60)
    assert len(sent) == 60
    assert set(sent.values()) == {1}
    assert states(fresh_app) == [("sent", 1, "")] * 60


def test_erased_people_and_closed_accounts_get_nothing(fresh_app, postbox, clock):
    with_settings(fresh_app, smtp_url=postbox.url)
    fill(fresh_app)
    with fresh_app.app_context():
        with writing():
            person = db.session.scalars(db.select(Registration)).one()
            person.erased_at = clock()
            for number in range(3):
                user = make_user(is_active=number > 0)
                link = links.make_link("invitation", secret=SECRET, now=clock(), user_id=user.id)
                if number == 1:
                    links.revoke_links(now=clock(), user_id=user.id)
                mail.enqueue(
                    "invitation", recipient=user.email, language="en", now=clock(), user=user, link=link
                )
    worker.deliver(fresh_app)
    assert [row[0] for row in states(fresh_app)] == ["cancelled", "cancelled", "cancelled", "sent"]
    assert len(postbox.messages) == 1


def test_one_message_that_cannot_be_written_does_not_stop_the_others(fresh_app, postbox):
    with_settings(fresh_app, smtp_url=postbox.url)
    fill(fresh_app, languages=("en", "en"))
    with fresh_app.app_context(), writing():
        db.session.scalars(db.select(OutboxMessage).order_by(OutboxMessage.id)).first().kind = "no_such_kind"
    worker.deliver(fresh_app)
    assert [row[0] for row in states(fresh_app)] == ["waiting", "sent"]


def test_addresses_in_other_scripts(fresh_app, postbox):
    with_settings(fresh_app, smtp_url=postbox.url)
    fill(fresh_app, languages=("ar", "en"), recipients=["مندوب@شرطة.example", "user@bücher.example"])
    worker.deliver(fresh_app)
    assert [row[0] for row in states(fresh_app)] == ["sent", "sent"]
    assert [address for address, _ in postbox.messages] == [
        "مندوب@شرطة.example",
        "user@xn--bcher-kva.example",
    ]


def test_a_thread_wakes_at_a_commit_and_stops_cleanly(fresh_app, postbox):
    with_settings(fresh_app, smtp_url=postbox.url)
    running = worker.start_thread(fresh_app)
    try:
        fill(fresh_app)
        for _ in range(40):
            if states(fresh_app)[0][0] == "sent":
                break
            threading.Event().wait(0.1)
    finally:
        running.stop()
    assert states(fresh_app)[0][0] == "sent"
    assert running._threads and not any(one.is_alive() for one in running._threads)


def test_the_thread_survives_a_database_that_is_away(fresh_app, postbox, monkeypatch):
    with_settings(fresh_app, smtp_url=postbox.url)
    monkeypatch.setattr(worker, "AFTER_FAILURE_SECONDS", 0.05)
    real, failures = mail_delivery.has_due, [RuntimeError("away"), RuntimeError("away")]

    def sometimes(**values):
        if failures:
            raise failures.pop()
        return real(**values)

    monkeypatch.setattr(mail_delivery, "has_due", sometimes)
    fill(fresh_app)
    running = worker.start_thread(fresh_app)
    try:
        for _ in range(60):
            if states(fresh_app)[0][0] == "sent":
                break
            threading.Event().wait(0.1)
    finally:
        running.stop()
    assert states(fresh_app)[0][0] == "sent"


def test_a_server_that_refuses_our_sign_in_is_no_fault_of_the_message(fresh_app, postbox):
    with_settings(fresh_app, smtp_url=postbox.url.replace("//", "//user:wrong@"))
    fill(fresh_app)
    worker.deliver(fresh_app)
    assert states(fresh_app)[0][:2] == ("waiting", 1)


def test_starttls_is_insisted_on(fresh_app, postbox):
    with_settings(fresh_app, smtp_url=postbox.url.replace("smtp:", "smtp+starttls:"))
    fill(fresh_app)
    worker.deliver(fresh_app)
    assert states(fresh_app)[0][:2] == ("waiting", 1)
    assert not postbox.messages


def test_nothing_is_sent_inside_a_transaction(fresh_app, postbox, monkeypatch):
    with_settings(fresh_app, smtp_url=postbox.url)
    fill(fresh_app, languages=("en", "fr"))
    seen = []
    real = MailServer.send

    def send(self, *args, **kwargs):
        seen.append(db.session().in_transaction())
        return real(self, *args, **kwargs)

    monkeypatch.setattr(MailServer, "send", send)
    worker.deliver(fresh_app)
    assert seen == [False, False]
