"""Whoever edits addresses by hand reaches no other delegation: every endpoint, with the link of another body."""

import uuid
from datetime import timedelta

import pytest
from flask import url_for
from sqlalchemy import func, select

from eventapp.extensions import db
from eventapp.models import (
    AuditEntry,
    CredentialDocument,
    DelegationInvitation,
    ImportJob,
    OutboxMessage,
    Registration,
)
from eventapp.rules.access import DELEGATE
from eventapp.services import workspace, workspace_invitations
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import CLOCK_STANDS_AT
from tests.factories.workspaces import PERSON, make_workspace
from tests.pages import csrf_token

pytestmark = pytest.mark.usefixtures("ctx")
# What stands on Norway's pages alone.
THEIRS = (b"Nordmann", b"x@example.org", b"note of Norway", b"list of Norway")
# What needs no delegation, or no link of a focal point.
WITHOUT = {"workspace.index", "workspace.send_link", "workspace.invited"}


@pytest.fixture
def two():
    """Kenya's and Norway's, each with people; Norway's with an invitation, a paper and a list to import too."""
    kenya = make_workspace(country="KE")
    norway = make_workspace(kenya.edition, country="NO")
    for state in ("approved", "submitted"):
        norway.add(state, given_name="Nordmann")
        kenya.add(state)
    place = workspace.open_workspace(norway.token, DELEGATE, now=CLOCK_STANDS_AT)
    invitation = workspace_invitations.invite(
        place, email="x@example.org", name="", language="en", role="delegate", now=CLOCK_STANDS_AT, secret="s"
    )
    paper = CredentialDocument(
        delegation_id=norway.delegation.id,
        stored_name="0" * 32 + ".pdf",
        file_name="note of Norway.pdf",
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        uploaded_at=CLOCK_STANDS_AT,
        uploaded_by="",
    )
    listed = ImportJob(
        public_id=uuid.uuid4(),
        edition_id=norway.edition.id,
        delegation_id=norway.delegation.id,
        asked_by={"kind": "focal_point", "id": norway.focal_point.id, "name": ""},
        asked_at=CLOCK_STANDS_AT,
        file_name="list of Norway.csv",
        takes_needs=True,
        language="en",
        rows=1,
        notes=[],
        counts={"new": 1},
        choices={},
        state="ready",
        expires_at=CLOCK_STANDS_AT + timedelta(hours=1),
    )
    db.session.add_all([paper, listed])
    db.session.commit()
    return kenya, norway, invitation


def rules(app):
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("workspace.") and rule.endpoint not in WITHOUT
    ]


def address(app, rule, **known):
    with app.test_request_context():
        return url_for(rule.endpoint, **{name: known[name] for name in rule._converters})


def snapshot():
    rows = db.session.execute(
        select(Registration.id, Registration.state, Registration.version, Registration.role).order_by(
            Registration.id
        )
    )
    counts = [
        db.session.scalar(select(func.count()).select_from(one))
        for one in (AuditEntry, OutboxMessage, DelegationInvitation)
    ]
    return (
        [tuple(row) for row in rows],
        counts,
        (
            db.session.scalar(select(DelegationInvitation.revoked_at)),
            db.session.scalar(select(CredentialDocument.removed_at)),
            db.session.scalar(select(ImportJob.state)),
            db.session.scalar(select(func.count()).select_from(ImportJob)),
        ),
    )


def test_every_endpoint_with_the_link_of_another_body(app, client, two):
    kenya, norway, invitation = two
    paper = db.session.scalars(select(CredentialDocument)).one()
    listed = db.session.scalars(select(ImportJob)).one()
    client.checks_pages = False
    theirs = db.session.scalars(
        select(Registration.reference).where(Registration.delegation_id == norway.delegation.id)
    ).all()
    before, wrong = snapshot(), []
    token = csrf_token(client.get("/workspace/send-link").text)
    seen = [f"{one}:submitted" for one in db.session.scalars(select(Registration.id))]
    for rule in rules(app):
        names_somebody = {"reference", "public_id", "number"} & set(rule._converters)
        for reference in theirs:
            path = address(
                app,
                rule,
                token=kenya.token,
                reference=reference,
                public_id=listed.public_id if "list" in rule.endpoint else invitation.public_id,
                number=paper.public_id,
            )
            for method in rule.methods & {"GET", "POST"}:
                if not names_somebody and method == "POST":
                    continue  # what is sent there is looked at below
                data = {
                    "csrf_token": token,
                    "version": "1",
                    "nonce": str(uuid.uuid4()),
                    **PERSON,
                    "seen": seen,
                }
                answer = client.open(path, method=method, data=data if method == "POST" else None)
                leaks = any(word in answer.data for word in THEIRS)
                if (names_somebody and answer.status_code != 404) or leaks:
                    wrong.append(f"{method} {path}: {answer.status_code}")
    assert not wrong
    assert snapshot() == before


@pytest.mark.parametrize("decision", ["endorsed", "declined"])
def test_people_of_another_body_cannot_be_picked(client, two, decision):
    kenya, norway, _ = two
    person = db.session.scalar(
        select(Registration).where(
            Registration.delegation_id == norway.delegation.id, Registration.state == "submitted"
        )
    )
    before = snapshot()
    token = csrf_token(client.get("/workspace/send-link").text)
    page = client.post(
        f"{kenya.path}/preview", data={"csrf_token": token, "decision": decision, "pick": person.reference}
    )
    assert person.reference not in page.text
    sent = {"csrf_token": token, "decision": decision, "nonce": str(uuid.uuid4()), "reason": "No."}
    client.post(f"{kenya.path}/decide", data={**sent, "seen": f"{person.id}:submitted"})
    assert snapshot() == before


def test_a_body_that_was_sent_along_is_not_taken(client, two):
    kenya, norway, _ = two
    html = client.get(f"{kenya.path}/register").text
    nonce = html.partition('name="nonce" value="')[2].partition('"')[0]
    sent = {**PERSON, "csrf_token": csrf_token(html), "nonce": nonce}
    sent |= {"represents": "country", "country": "NO", "delegation_id": str(norway.delegation.id)}
    assert client.post(f"{kenya.path}/register", data=sent).status_code == 303
    made = db.session.scalar(select(Registration).where(Registration.family_name == "Wanjiru"))
    assert (made.delegation_id, made.country_code) == (kenya.delegation.id, "KE")


def test_every_endpoint_with_a_token_nobody_has(app, client, two):
    client.checks_pages = False
    token = csrf_token(client.get("/workspace/send-link").text)
    for rule in rules(app):
        values = {"reference": "2222-2222", "public_id": uuid.uuid4(), "number": uuid.uuid4()}
        for key in ("x" * 43, "%abc", "é" * 20):
            path = address(app, rule, token=key, **values)
            for method in rule.methods & {"GET", "POST"}:
                answer = client.open(path, method=method, data={"csrf_token": token})
                assert answer.status_code == 404, f"{method} {path}: {answer.status_code}"


def test_an_account_reaches_its_own_delegation_only(app, two):
    kenya, norway, _ = two
    mine = make_user("focal_point", all_editions=False)
    kenya.focal_point.user_id = mine.id
    norway.focal_point.user_id = make_user("focal_point", all_editions=False).id
    client = app.test_client()
    sign_in(client, mine)
    assert client.get(f"/workspace/{kenya.focal_point.public_id}").status_code == 200
    assert client.get(f"/workspace/{norway.focal_point.public_id}").status_code == 404
    text = client.get("/workspace").text
    assert str(kenya.focal_point.public_id) in text
    assert str(norway.focal_point.public_id) not in text


def test_even_an_administrator_does_not_speak_for_a_body(app, two):
    kenya, _, _ = two
    client = app.test_client()
    sign_in(client, make_user("administrator"))
    assert client.get(f"/workspace/{kenya.focal_point.public_id}").status_code == 404


def test_a_token_stands_in_no_log(app, client, two, monkeypatch):
    kenya, _, _ = two
    written = []
    monkeypatch.setattr("eventapp.web.errors.log.error", lambda *_, **values: written.append(values["path"]))
    monkeypatch.setattr(workspace, "list_members", lambda place: 1 / 0)
    client.checks_pages = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        client.get(kenya.path)
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = None
    assert written == ["/workspace/***"]
