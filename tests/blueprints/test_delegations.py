"""Represented bodies in the dashboard: the list, one of them, its forms, focal points and papers."""

import io

import pytest
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import AuditEntry, CredentialDocument, Delegation, FocalPoint
from tests.factories.accounts import make_user, sign_in
from tests.factories.delegations import make_delegation, make_focal_point
from tests.factories.editions import make_edition
from tests.factories.registrations import make_registration
from tests.pages import csrf_token
from tests.queries import counted_queries
from tests.services.test_credentials import archive, pdf


@pytest.fixture
def edition(ctx):
    return make_edition(approval="two_steps", country_code="KE")


@pytest.fixture
def base(edition):
    return f"/dashboard/editions/{edition.ordinal}/delegations"


@pytest.fixture
def desk(client, edition):
    sign_in(client, make_user(role="organiser"))
    return client


def post(desk, path, page, **data):
    return desk.post(path, data={"csrf_token": csrf_token(desk.get(page).text)} | data)


def test_an_empty_list_says_what_it_is_for(desk, base):
    text = desk.get(base).text
    assert "No delegations yet" in text and "vouch for its people" in text


def test_the_list(desk, base, edition):
    one = make_delegation(edition, country_code="NA", quota=1)
    for state in ("approved", "endorsed", "submitted"):
        make_registration(edition, country_code="NA", delegation_id=one.id, state=state)
    make_focal_point(make_delegation(edition, country_code="NO", quota=5, credentials="deficient"))
    text = desk.get(base).text
    assert "2 represented bodies" in text and "over by 1" in text and "no focal point" in text
    only = desk.get(f"{base}?flag=over_quota").text
    assert "Namibia" in only and "Norway" not in only
    only = desk.get(f"{base}?credentials=deficient&q=nor&sort=quota&page=99").text
    assert "Norway" in only and "Namibia" not in only
    assert "No delegation fits" in desk.get(f"{base}?q=atlantis").text
    assert desk.get(f"{base}?kind=nonsense&page=x").status_code == 200


def test_the_history_says_values_in_words(desk, base, edition):
    one = make_delegation(edition, country_code="NA")
    entry = AuditEntry(
        at=one.created_at,
        actor_kind="command",
        action="delegation.edit",
        subject_type="delegation",
        subject_id=one.id,
        edition_id=edition.id,
        old={"credentials": "missing", "membership": ""},
        new={"credentials": "copy", "membership": "member"},
    )
    db.session.add(entry)
    db.session.commit()
    text = desk.get(f"{base}/{one.public_id}").text
    arrow = '<span aria-hidden="true">→</span><span class="visually-hidden">became</span>'
    assert f"<bdi>Missing</bdi> {arrow} <bdi>Copy received</bdi>" in text
    assert f"<bdi>–</bdi> {arrow} <bdi>Member</bdi>" in text


def test_the_list_takes_the_same_queries_for_any_number(desk, base, edition):
    make_delegation(edition, country_code="NA")
    desk.get(base)
    with counted_queries() as few:
        desk.get(base)
    for code in ("DE", "FR", "ES", "IT", "PT", "NO"):
        make_focal_point(make_delegation(edition, country_code=code))
    with counted_queries() as many:
        desk.get(base)
    assert len(many) == len(few)


def test_one_is_made_edited_and_removed(desk, base):
    page = post(desk, f"{base}/new", f"{base}/new", country_code="KE", quota="12", stands_apart="1")
    made = db.session.scalars(select(Delegation)).one()
    assert page.location.endswith(f"{base}/{made.public_id}") and made.stands_apart and made.quota == 12
    one = f"{base}/{made.public_id}"
    assert "The delegation is made." in desk.get(one).text
    old = str(made.version)
    post(desk, f"{one}/edit", f"{one}/edit", kind="state", quota="3", version=old)
    db.session.expire_all()
    assert made.quota == 3 and not made.stands_apart
    stale = post(desk, f"{one}/edit", f"{one}/edit", kind="state", quota="9", version=old)
    assert stale.status_code == 409 and "Quota" in stale.text and 'value="9"' in stale.text
    assert post(desk, f"{one}/remove", f"{one}/remove").status_code == 303
    assert db.session.scalars(select(Delegation)).all() == []


def test_what_does_not_hold_comes_back(desk, base, edition):
    make_delegation(edition, country_code="KE")
    for data, words in (
        ({"country_code": "KE"}, "This edition has this delegation already."),
        ({}, "Choose either a country or an organisation."),
        ({"country_code": "NA", "body_id": "1"}, "Choose either a country or an organisation."),
        ({"country_code": "NA", "quota": "-3"}, "Please give a whole number"),
        ({"country_code": "XX", "quota": "7"}, "Please choose one of the list."),
    ):
        page = post(desk, f"{base}/new", f"{base}/new", **data)
        assert page.status_code == 422 and words in page.text


def test_the_membership_is_the_administrators(client, base, desk, edition):
    one = make_delegation(edition)
    assert 'name="membership"' not in desk.get(f"{base}/{one.public_id}/edit").text.split("<main")[1]
    post(
        desk,
        f"{base}/{one.public_id}/edit",
        f"{base}/{one.public_id}/edit",
        membership="member",
        quota="2",
        version=str(one.version),
    )
    db.session.expire_all()
    assert one.membership == "" and one.quota == 2
    sign_in(client, make_user(role="administrator"))
    page = f"{base}/{one.public_id}/edit"
    post(client, page, page, membership="observer", version=str(one.version))
    db.session.expire_all()
    assert one.membership == "observer"


def test_a_delegation_with_people_stays(desk, base, edition):
    one = make_delegation(edition)
    make_registration(edition, country_code="KE", delegation_id=one.id)
    address = f"{base}/{one.public_id}/remove"
    page = desk.get(address)
    assert "One registration belongs to this delegation" in page.text
    assert "There are: 1." in post(desk, address, base).text


def test_focal_points(desk, base, edition):
    one = f"{base}/{make_delegation(edition).public_id}"
    new = f"{one}/focal-points/new"
    values = {"name": "Amina Diop", "email": " Amina@Ministry.example", "language": "fr", "sends": "1"}
    assert post(desk, new, new, name="", email="nobody", language="xx").status_code == 422
    assert post(desk, new, new, **values).status_code == 303
    speaker = db.session.scalars(select(FocalPoint)).one()
    assert speaker.email == "amina@ministry.example"
    text = desk.get(one).text
    assert "Amina Diop" in text and "leads in until" in text and "mail: Waiting" in text
    assert "<bdi>Français</bdi>" in text and "<bdi>fr</bdi>" not in text
    again = post(desk, new, new, **values)
    assert again.status_code == 422 and "focal point of this delegation already" in again.text
    its = f"{one}/focal-points/{speaker.public_id}"
    old = str(speaker.version)
    changed = {"name": "A. Diop", "email": "office@ministry.example", "language": "es", "version": old}
    post(desk, its, its, **changed)
    text = desk.get(one).text
    assert "Send a new one." in text and "ended on" in text
    assert post(desk, its, its, **changed | {"name": "Z"}).status_code == 409
    post(desk, f"{its}/link", one)
    assert "leads in until" in desk.get(one).text
    post(desk, f"{its}/revoke", one)
    assert "leads in until" not in desk.get(one).text
    post(desk, f"{base}/links", base)
    assert "leads in until" in desk.get(one).text
    post(desk, f"{base}/links", base)
    assert "Nothing was sent." in desk.get(base).text
    assert "Let them sign in" in desk.get(one).text
    account = f"{its}/account"
    post(desk, account, one)
    assert "Let them sign in" not in desk.get(one).text
    post(desk, f"{its}/remove", f"{its}/remove")
    assert "Nobody speaks for this delegation yet" in desk.get(one).text


def test_papers(desk, base, edition, app):
    one = f"{base}/{make_delegation(edition).public_id}/credentials"
    files = f"{one}/documents"

    def send(data, name):
        return post(desk, files, one, document=(io.BytesIO(data), name))

    for data, name, words in (
        (archive(), "note.pdf", "office program"),
        (b"<html>", "note.pdf", "neither a PDF nor an image"),
        (b"%PDF-" + b"0" * (11 * 1024 * 1024), "note.pdf", "at most 10 MB"),
    ):
        refused = send(data, name)
        assert refused.status_code == 422 and words in refused.text
    assert "Please choose a file." in post(desk, files, one).text
    folder = app.config["SETTINGS"].credentials
    before = set(folder.iterdir()) if folder.exists() else set()
    assert send(pdf(), "مذكرة.docx").status_code == 303
    (path,) = set(folder.iterdir()) - before
    assert "مذكرة.pdf" in desk.get(one).text
    number = db.session.scalars(select(CredentialDocument.public_id)).one()
    assert desk.get(f"{files}/{number}").status_code == 405
    got = post(desk, f"{files}/{number}", one)
    assert got.data == pdf() and got.headers["Content-Type"] == "application/pdf"
    assert got.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert got.headers["X-Content-Type-Options"] == "nosniff" and got.headers["Cache-Control"] == "no-store"
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert actions.count("credentials.fetch") == 1
    post(desk, f"{files}/{number}/remove", f"{files}/{number}/remove")
    assert not path.exists() and post(desk, f"{files}/{number}", one).status_code == 404


def test_papers_are_not_for_readers_and_not_at_the_address_of_images(client, base, edition, app):
    one = make_delegation(edition)
    sign_in(client, make_user(role="organiser"))
    page = f"{base}/{one.public_id}/credentials"
    post(client, f"{page}/documents", page, document=(io.BytesIO(pdf()), "note.pdf"))
    document = db.session.scalars(select(CredentialDocument)).one()
    assert client.get(f"/uploads/{document.stored_name}").status_code == 404
    sign_in(client, make_user(role="reader", email="reader@example.org"))
    text = client.get(f"{base}/{one.public_id}").text
    assert "note.pdf" in text and "Download" not in text
    assert client.get(page).status_code == 403
    assert post(client, f"{page}/documents/{document.public_id}", base).status_code == 403


def test_how_credentials_stand(desk, base, edition):
    made = make_delegation(edition)
    one = f"{base}/{made.public_id}/credentials"
    old = str(made.version)
    refused = post(desk, one, one, state="deficient", version=old)
    assert refused.status_code == 422 and "Say what is wrong" in refused.text
    post(desk, one, one, state="deficient", note="The seal is missing.", version=old)
    text = desk.get(f"{base}/{made.public_id}").text
    assert "Deficient" in text and "The seal is missing." in text
    stale = post(desk, one, one, state="accepted", version=old)
    assert stale.status_code == 409 and "Deficient" in stale.text


def test_many_at_once(desk, base, edition):
    form = desk.get(f"{base}/many").text
    assert "Host: Kenya" in form and "With their quotas" not in form
    assert desk.get(f"{base}/many/preview?source=region").status_code == 422
    assert desk.get(f"{base}/many/preview?source=un_members&quota=abc").status_code == 422
    query = "source=un_members&quota=4&host_apart=1&host_quota=60"
    preview = desk.get(f"{base}/many/preview?{query}").text
    assert "Make 193 delegations" in preview and "Nothing has been changed yet." in preview
    assert post(desk, f"{base}/many?{query}", f"{base}/many/preview?{query}").status_code == 303
    assert "193 delegations were made." in desk.get(base).text
    assert "There is nothing to make" in desk.get(f"{base}/many/preview?{query}").text
    host = db.session.scalars(select(Delegation).where(Delegation.country_code == "KE")).one()
    assert (host.quota, host.stands_apart) == (60, True)


def test_another_editions_delegation_is_not_found(desk, base):
    other = make_delegation(make_edition(ordinal=12))
    for page in ("", "/edit", "/remove", "/credentials", "/focal-points/new"):
        assert desk.get(f"{base}/{other.public_id}{page}").status_code == 404
