"""The mail desk: who sees what, no token on any page, retry and cancel."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from eventapp.extensions import db
from eventapp.models import AuditEntry, OutboxMessage
from eventapp.services import links, mail
from eventapp.web import mail_render
from tests.engines import SECRET
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.pages import csrf_token
from tests.queries import counted_queries

EDITION = "/dashboard/editions/{0}/mail"


def post(client, path, page):
    return client.post(path, data={"csrf_token": csrf_token(client.get(page).text)})


def make_message(edition, clock, **more):
    person = make_registration(edition, state="approved")
    link = links.make_link("registration", secret=SECRET, now=clock(), registration_id=person.id)
    message = mail.enqueue(
        "registration_approved",
        recipient=person.email,
        language="ar",
        now=clock(),
        registration=person,
        link=link,
    )
    for name, value in more.items():
        setattr(message, name, value)
    db.session.flush()
    return message


@pytest.fixture
def edition(ctx):
    return make_edition()


@pytest.fixture
def organiser(edition, client):
    user = make_user("organiser", editions=[edition])
    sign_in(client, user)
    return user


@pytest.fixture
def with_server(app, monkeypatch):
    monkeypatch.setitem(
        app.config, "SETTINGS", replace(app.config["SETTINGS"], smtp_url="smtp://127.0.0.1:1")
    )


def test_without_a_server_the_page_says_so(client, organiser, edition, clock):
    make_message(edition, clock, state="kept", sent_at=clock())
    page = client.get(EDITION.format(edition.ordinal)).text
    assert "No mail server is set." in page
    assert "Kept as a file" in page


def test_one_message_with_its_link_masked(client, organiser, edition, clock):
    message = make_message(edition, clock)
    page = client.get(f"/dashboard/mail/{message.public_id}").text
    assert mail_render.MASK in page
    assert "http://localhost/ar/registrations/" in page
    for link in db.session.scalars(db.select(links.PrivateLink)):
        assert links.token_of(link, SECRET) not in page
    assert 'dir="rtl"' in page


def test_organisers_see_the_mail_of_their_editions(client, organiser, edition, clock):
    other = make_edition()
    mine, theirs = make_message(edition, clock), make_message(other, clock)
    invited = make_user("reader")
    account = mail.enqueue("invitation", recipient=invited.email, language="en", now=clock(), user=invited)
    db.session.flush()
    page = client.get("/dashboard/mail").text
    assert mine.recipient in page
    assert theirs.recipient not in page
    assert invited.email not in page
    assert client.get(f"/dashboard/mail/{theirs.public_id}").status_code == 404
    assert client.get(f"/dashboard/mail/{account.public_id}").status_code == 404
    assert client.get(EDITION.format(other.ordinal)).status_code == 404
    token = csrf_token(page)
    for verb in ("retry", "cancel"):
        answer = client.post(f"/dashboard/mail/{theirs.public_id}/{verb}", data={"csrf_token": token})
        assert answer.status_code == 404


def test_organisers_of_all_editions_see_no_account_mail(client, edition, clock):
    sign_in(client, make_user("organiser"))
    invited = make_user("reader")
    mail.enqueue("invitation", recipient=invited.email, language="en", now=clock(), user=invited)
    message = make_message(edition, clock)
    page = client.get("/dashboard/mail").text
    assert message.recipient in page
    assert invited.email not in page


def test_administrators_see_all_and_no_token_of_an_account(client, edition, clock):
    sign_in(client, make_user("administrator"))
    invited = make_user("reader")
    link = links.make_link("invitation", secret=SECRET, now=clock(), user_id=invited.id)
    message = mail.enqueue(
        "invitation", recipient=invited.email, language="en", now=clock(), user=invited, link=link
    )
    db.session.flush()
    assert invited.email in client.get("/dashboard/mail").text
    page = client.get(f"/dashboard/mail/{message.public_id}").text
    assert links.token_of(link, SECRET) not in page
    assert f"/set-password/{mail_render.MASK}" in page


def test_readers_see_no_mail(client, edition):
    sign_in(client, make_user("reader"))
    assert client.get("/dashboard/mail").status_code == 403
    assert client.get(EDITION.format(edition.ordinal)).status_code == 403


def test_a_failed_message_is_tried_again(client, organiser, edition, clock):
    message = make_message(edition, clock, state="failed", attempts=9, last_error="550 no such person")
    show = f"/dashboard/mail/{message.public_id}"
    assert "550 no such person" in client.get(show).text
    assert post(client, f"{show}/retry", show).status_code == 303
    db.session.refresh(message)
    assert (message.state, message.attempts, message.last_error) == ("waiting", 0, "")
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "mail.retry")).one()
    assert (entry.edition_id, entry.subject_id) == (edition.id, message.id)
    assert post(client, f"{show}/retry", show).status_code == 409


def test_a_waiting_message_is_tried_at_once(client, organiser, edition, clock):
    later = clock() + timedelta(hours=3)
    message = make_message(edition, clock, attempts=4, next_attempt_at=later, last_error="421 too busy")
    show = f"/dashboard/mail/{message.public_id}"
    assert "Try now" in client.get(show).text
    assert post(client, f"{show}/retry", show).status_code == 303
    db.session.refresh(message)
    assert (message.state, message.next_attempt_at, message.attempts) == ("waiting", clock(), 4)
    assert "Try now" not in client.get(show).text  # it is due: the worker takes it
    assert post(client, f"{show}/retry", show).status_code == 409


def test_all_failed_ones_of_the_edition_are_tried_again(client, organiser, edition, clock):
    other = make_edition()
    mine = [make_message(edition, clock, state="failed") for _ in range(3)]
    theirs, sent = make_message(other, clock, state="failed"), make_message(edition, clock, state="sent")
    page = EDITION.format(edition.ordinal)
    assert "Try all 3 failed ones again" in client.get(page).text
    assert post(client, f"{page}/retry-failed", page).status_code == 303
    db.session.expire_all()
    assert [one.state for one in (*mine, theirs, sent)] == ["waiting"] * 3 + ["failed", "sent"]
    theirs_page = EDITION.format(other.ordinal)
    answer = client.post(
        f"{theirs_page}/retry-failed", data={"csrf_token": csrf_token(client.get(page).text)}
    )
    assert answer.status_code == 404
    assert post(client, "/dashboard/mail/retry-failed", page).status_code == 303
    db.session.expire_all()
    assert theirs.state == "failed"  # not theirs to send


def test_a_waiting_message_is_cancelled(client, organiser, edition, clock):
    message = make_message(edition, clock)
    show = f"/dashboard/mail/{message.public_id}"
    assert post(client, f"{show}/cancel", show).status_code == 303
    db.session.refresh(message)
    assert message.state == "cancelled"
    assert post(client, f"{show}/cancel", show).status_code == 409


def test_a_kept_message_is_sent_once_there_is_a_server(client, organiser, edition, clock, app):
    message = make_message(edition, clock, state="kept")
    show = f"/dashboard/mail/{message.public_id}"
    assert post(client, f"{show}/retry", show).status_code == 422


def test_a_kept_message_is_sent_now_that_there_is_a_server(client, organiser, edition, clock, with_server):
    message = make_message(edition, clock, state="kept")
    show = f"/dashboard/mail/{message.public_id}"
    assert "No mail server is set." not in client.get("/dashboard/mail").text
    assert post(client, f"{show}/retry", show).status_code == 303
    db.session.refresh(message)
    assert message.state == "waiting"


def test_filters_and_pages_live_in_the_address(client, organiser, edition, clock):
    made = [make_message(edition, clock) for _ in range(60)]
    made[3].state = "sent"
    page = EDITION.format(edition.ordinal)

    def shown(query):
        return len(re.findall(r'<th scope="row"><a', client.get(page + query).text))

    assert shown("") == 50
    assert shown("?page=2") == 10
    assert shown("?state=sent") == 1
    assert shown("?kind=registration_approved&page=99999999") == 10
    assert shown("?kind=invitation") == 0
    assert shown(f"?q={made[7].recipient.upper()}") == 1
    assert shown("?q=%25") == 0
    assert shown("?q=%00&state=nonsense&page=x") == 50


def test_an_erased_person_leaves_no_text(client, organiser, edition, clock):
    message = make_message(edition, clock, recipient="erased", state="cancelled")
    db.session.get(mail.Registration, message.registration_id).erased_at = clock()
    page = client.get(f"/dashboard/mail/{message.public_id}").text
    assert "This message cannot be shown any more" in page


def test_the_list_takes_the_same_queries_for_any_number(client, organiser, edition, clock):
    def measure(count):
        for _ in range(count):
            make_message(edition, clock)
        db.session.commit()
        with counted_queries() as found:
            assert client.get(EDITION.format(edition.ordinal)).status_code == 200
        return len(found)

    assert 0 < measure(2) == measure(20)
    assert db.session.scalar(db.select(db.func.count()).select_from(OutboxMessage)) == 22
