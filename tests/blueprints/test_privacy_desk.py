"""The privacy notice: a draft, then in force, then never changed."""

import pytest

from eventapp.errors import Conflict, NotFound, Refused
from eventapp.extensions import db
from eventapp.models import AuditEntry, PrivacyNotice
from eventapp.services import privacy
from eventapp.services.accounts import as_actor
from tests.factories.accounts import make_user, sign_in
from tests.pages import csrf_token


def post(client, path, page=None, **data):
    return client.post(path, data={"csrf_token": csrf_token(client.get(page or path).text), **data})


@pytest.fixture
def boss(ctx, client):
    user = make_user("administrator")
    sign_in(client, user)
    return user


def test_the_editor_offers_a_draft_to_be_checked(client, boss):
    assert "No version yet" in client.get("/dashboard/privacy").text
    page = client.get("/dashboard/privacy/draft").text
    assert "not legal advice" in page
    assert "DRAFT: to be checked" in page
    assert privacy.current_notice() is None


def test_what_is_held_stands_on_a_page(client, boss):
    assert "/dashboard/privacy/held" in client.get("/dashboard/privacy").text
    page = client.get("/dashboard/privacy/held").text
    for text in (
        "People who were invited to a delegation",
        "30 days after the invitation was used",
        "Accounts",
    ):
        assert text in page


def test_from_the_draft_into_force_and_never_changed(client, boss, clock):
    assert post(client, "/dashboard/privacy/draft", text_en="First [gap].", text_ar="أول").status_code == 303
    assert privacy.current_notice() is None
    with pytest.raises(NotFound):
        privacy.get_notice(1)
    draft = client.get("/dashboard/privacy/1").text
    assert "Square brackets" in draft
    assert post(client, "/dashboard/privacy/draft", text_en="First text.\n\nTwo parts.").status_code == 303
    assert "Square brackets" not in client.get("/dashboard/privacy/1").text
    assert post(client, "/dashboard/privacy/1/publish", "/dashboard/privacy/1").status_code == 303
    assert privacy.current_notice().number == 1
    assert privacy.get_notice(1).text == {"en": "First text.\n\nTwo parts."}
    again = client.post(
        "/dashboard/privacy/1/publish", data={"csrf_token": csrf_token(client.get("/dashboard/privacy").text)}
    )
    assert again.status_code == 409
    assert post(client, "/dashboard/privacy/draft", text_en="Second text.").status_code == 303
    assert privacy.current_notice().number == 1
    assert privacy.get_notice(1).text == {"en": "First text.\n\nTwo parts."}
    assert post(client, "/dashboard/privacy/2/publish", "/dashboard/privacy/2").status_code == 303
    assert privacy.current_notice().number == 2
    page = client.get("/dashboard/privacy").text
    assert "In force" in page
    assert "Replaced" in page
    written = db.select(AuditEntry.action).where(AuditEntry.subject_type == "privacy_notice")
    actions = db.session.scalars(written.order_by(AuditEntry.id)).all()
    assert actions == [
        "privacy.write",
        "privacy.write",
        "privacy.publish",
        "privacy.write",
        "privacy.publish",
    ]


def test_the_public_page_shows_the_version_in_force(client, boss, app):
    post(client, "/dashboard/privacy/draft", text_en="What we do with your data.")
    post(client, "/dashboard/privacy/1/publish", "/dashboard/privacy/1")
    assert "What we do with your data." in app.test_client().get("/privacy").text


@pytest.mark.parametrize("text", ["", "   ", "broken \x00 text", "x" * 40_001])
def test_what_does_not_hold_comes_back(client, boss, text):
    page = post(
        client, "/dashboard/privacy/draft", text_en=text, text_fr="" if not text.strip() else "Texte gardé"
    )
    assert page.status_code == 422
    assert not text.strip() or "Texte gardé" in page.text
    assert db.session.scalar(db.select(db.func.count()).select_from(PrivacyNotice)) == 0


@pytest.mark.parametrize("role", ["organiser", "reader"])
def test_only_administrators(client, ctx, clock, role):
    user = make_user(role)
    sign_in(client, user)
    assert client.get("/dashboard/privacy").status_code == 403
    actor = as_actor(user)
    with pytest.raises(Refused):
        privacy.save_draft(actor, {"en": "x"}, now=clock())
    with pytest.raises(Refused):
        privacy.publish(actor, 1, now=clock())


def test_one_draft_at_a_time(ctx, clock):
    actor = as_actor(make_user("administrator"))
    first = privacy.save_draft(actor, {"en": "one"}, now=clock())
    assert privacy.save_draft(actor, {"en": "two"}, now=clock()) is first
    privacy.publish(actor, 1, now=clock())
    with pytest.raises(Conflict):
        privacy.publish(actor, 1, now=clock())
