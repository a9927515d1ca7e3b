"""Invitations into a delegation: sent, answered once, taken back; and the letters of the focal points."""

import re

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import DelegationInvitation, OutboxMessage, PrivateLink, Registration
from eventapp.rules.vocabulary import LANGUAGES
from eventapp.services import endorsements, links, mail_delivery
from eventapp.web import mail_render
from tests.factories.workspaces import PERSON, make_workspace
from tests.pages import csrf_token

pytestmark = pytest.mark.usefixtures("ctx")


@pytest.fixture
def made():
    found = make_workspace(quota=1)
    db.session.commit()
    return found


@pytest.fixture
def secret(app):
    return app.config["SETTINGS"].secret_key


def hidden(html):
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html))


def invite(client, made, secret, **values):
    path = f"{made.path}/invitations"
    sent = {"email": "Guest@example.org", "name": "Guest", "role": "expert", "language": "es", **values}
    answer = client.post(path, data={**hidden(client.get(path).text), **sent})
    assert answer.status_code == 303, answer.text
    query = select(PrivateLink).where(PrivateLink.purpose == "delegation_invitation")
    return links.token_of(db.session.scalars(query.order_by(PrivateLink.id.desc())).first(), secret)


def answer(client, token, **values):
    path = f"/invitations/{token}"
    form = hidden(client.get(path).text)
    return client.post(path, data={**PERSON, "privacy": "1", **form, **values})


def joy():
    return db.session.scalar(select(Registration).where(Registration.family_name == "Wanjiru"))


def test_an_invitation_goes_out_in_its_language(client, made, secret):
    invite(client, made, secret)
    letter = db.session.scalar(select(OutboxMessage).where(OutboxMessage.kind == "delegation_invitation"))
    assert (letter.recipient, letter.language) == ("guest@example.org", "es")
    assert "Guest" in client.get(f"{made.path}/invitations").text


def test_body_and_role_are_filled_in_and_cannot_be_changed(client, made, secret):
    token = invite(client, made, secret)
    page = client.get(f"/invitations/{token}")
    assert page.headers["Cache-Control"] == "no-store"
    assert "Kenya" in page.text
    assert 'name="country"' not in page.text
    assert answer(client, token, role="head", represents="country", country="NO").status_code == 303
    assert (joy().role, joy().country_code, joy().state) == ("expert", "KE", "endorsed")
    assert joy().privacy_notice_id is None or joy().privacy_notice_id > 0


def test_only_sending_the_form_uses_the_link_up(client, made, secret):
    token = invite(client, made, secret)
    for _ in range(3):
        assert client.get(f"/invitations/{token}").status_code == 200
    assert answer(client, token, email="").status_code == 422
    assert answer(client, token).status_code == 303
    invitation = db.session.scalar(select(DelegationInvitation))
    assert (invitation.used_at is None, invitation.registration_id) == (False, joy().id)


def test_a_forwarded_invitation_cannot_be_used_twice(client, made, secret):
    token = invite(client, made, secret)
    form = hidden(client.get(f"/invitations/{token}").text)
    assert answer(client, token).status_code == 303
    again = client.post(
        f"/invitations/{token}", data={**PERSON, "privacy": "1", **form, "family_name": "Other"}
    )
    for page in (again, client.get(f"/invitations/{token}")):
        assert page.status_code == 409
        assert "This invitation has been used already. It works only once." in page.text
    assert db.session.scalar(select(Registration).where(Registration.family_name == "Other")) is None


def test_one_that_was_taken_back_opens_nothing(client, made, secret):
    token = invite(client, made, secret)
    invitation = db.session.scalar(select(DelegationInvitation))
    data = {"csrf_token": csrf_token(client.get(f"{made.path}/invitations").text)}
    path = f"{made.path}/invitations/{invitation.public_id}/revoke"
    assert client.post(path, data=data).status_code == 303
    page = client.get(f"/invitations/{token}")
    assert page.status_code == 409
    assert "taken back by the delegation" in page.text


def test_one_that_has_expired_says_so(client, made, secret, clock):
    token = invite(client, made, secret)
    clock.move(days=31)
    assert "This invitation has expired." in client.get(f"/invitations/{token}").text


def test_in_a_full_delegation_whoever_is_invited_waits_and_is_told(client, made, secret):
    token = invite(client, made, secret)
    made.add("approved")
    page = answer(client, token)
    assert page.status_code == 303
    assert "All places of the delegation are taken now" in client.get(page.location).text
    assert joy().state == "submitted"
    kinds = db.session.scalars(select(OutboxMessage.kind)).all()
    assert "endorsement_wanted" in kinds


def test_an_address_that_is_none_comes_back(client, made):
    path = f"{made.path}/invitations"
    page = client.post(path, data={**hidden(client.get(path).text), "email": "nobody", "name": "Kept"})
    assert page.status_code == 422
    assert 'value="Kept"' in page.text


def test_focal_points_are_told_at_once_and_then_once_a_day(made, secret, clock):
    made.add()
    for _ in range(3):
        endorsements.tell_focal_points(made.delegation.id, now=clock(), secret=secret)
        clock.move(hours=1)
    wanted = select(OutboxMessage).where(OutboxMessage.kind == "endorsement_wanted")
    first, second = db.session.scalars(wanted.order_by(OutboxMessage.id)).all()
    assert (second.next_attempt_at - first.next_attempt_at).days == 1
    assert first.recipient == made.focal_point.email


def test_nobody_is_written_to_when_nobody_waits_any_more(made, secret, clock):
    person = made.add()
    endorsements.tell_focal_points(made.delegation.id, now=clock(), secret=secret)
    person.state = "endorsed"
    db.session.flush()
    lease = mail_delivery.lease_due(now=clock(), limit=10)
    assert lease.numbers == ()
    assert db.session.scalar(select(OutboxMessage.last_error)) == "nobody waits any more"


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_of_focal_points_lead_to_their_pages(client, made, secret, clock, language):
    made.focal_point.language = language
    made.add()
    invite(client, made, secret, language=language)
    endorsements.tell_focal_points(made.delegation.id, now=clock(), secret=secret)
    db.session.flush()
    messages = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    found = {one.message.kind: one for one in mail_delivery.gather(messages)}
    for kind, path in (("endorsement_wanted", "/workspace/"), ("delegation_invitation", "/invitations/")):
        letter = mail_render.render(found[kind], now=clock())
        assert path in letter.text
        assert path in letter.html
        assert "None" not in letter.text
        assert mail_render.MASK in mail_render.render(found[kind], now=clock(), masked=True).text
