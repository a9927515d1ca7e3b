"""Signing in and out: one answer for unknown and wrong, sessions that end, no way out to other sites."""

import pytest

from eventapp.adapters import password_hash
from eventapp.extensions import db
from eventapp.models import AuditEntry, User
from eventapp.services import links
from tests.engines import SECRET
from tests.factories.accounts import PASSWORD, make_user, quick_hash, sign_in
from tests.pages import csrf_token


def post(client, path, page=None, **data):
    token = csrf_token(client.get(page or path).text)
    return client.post(path, data={"csrf_token": token, **data})


@pytest.fixture
def user(ctx):
    user = make_user("administrator", password=PASSWORD)
    db.session.commit()
    return user


def test_the_right_password_opens_the_dashboard(client, user):
    response = post(client, "/sign-in", email=user.email.upper(), password=PASSWORD)
    assert response.status_code == 303
    assert client.get("/dashboard/users").status_code == 200
    db.session.refresh(user)
    assert user.last_sign_in_at is not None
    assert "account.sign_in" in db.session.scalars(db.select(AuditEntry.action)).all()
    assert user.password_hash.startswith(
        "$argon2id$v=19$m=19456,t=3"
    )  # the cheap hash of the test was replaced


def test_unknown_and_wrong_get_the_same_answer(client, user, monkeypatch):
    checked = []
    real = password_hash.matches
    monkeypatch.setattr(password_hash, "matches", lambda *args: checked.append(args) or real(*args))
    closed = make_user(password=PASSWORD, is_active=False)
    invited = make_user()
    db.session.commit()
    tries = [
        (user.email, "wrong wrong wrong"),
        ("nobody@secretariat.example", PASSWORD),
        (closed.email, PASSWORD),
        (invited.email, PASSWORD),
        ("nul\x00byte@secretariat.example", PASSWORD),
    ]
    answers = []
    for email, password in tries:
        response = post(client, "/sign-in", email=email, password=password)
        page = response.text.replace(email, "").replace("nul\ufffdbyte@secretariat.example", "")
        answers.append((response.status_code, page.split("csrf_token")[0]))
    assert len(set(answers)) == 1
    assert answers[0][0] == 422
    assert len(checked) == len(tries)
    assert [args[0] for args in checked[1:]] == [password_hash.DUMMY] * 4


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "evil",
        "/sign-out",
        "/\x00",
    ],
)
def test_next_leads_nowhere_else(client, user, wanted):
    response = post(client, "/sign-in", email=user.email, password=PASSWORD, next=wanted)
    assert response.headers["Location"] in ("/dashboard", "/dashboard/editions")


def test_next_leads_to_the_page_that_was_asked_for_in_the_language_of_the_page(client, user):
    asked = client.get("/fr/dashboard/users?x=1")
    assert asked.status_code == 303
    assert asked.headers["Location"] == "/fr/sign-in?next=/dashboard/users?x%3D1"
    page = client.get(asked.headers["Location"]).text
    data = {
        "email": user.email,
        "password": PASSWORD,
        "next": "/dashboard/users?x=1",
        "csrf_token": csrf_token(page),
    }
    response = client.post("/fr/sign-in", data=data)
    assert response.headers["Location"] == "/fr/dashboard/users?x=1"
    assert client.get("/fr/sign-in").status_code == 303


def test_the_session_is_a_new_one_after_the_sign_in(client, user):
    client.get("/sign-in")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    post(client, "/sign-in", email=user.email, password=PASSWORD)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert "csrf_token" not in session


def test_sessions_end_after_three_idle_hours(client, user, clock):
    sign_in(client, user)
    clock.move(hours=2.9)
    assert client.get("/dashboard/users").status_code == 200
    clock.move(hours=2.9)
    assert client.get("/dashboard/users").status_code == 200
    clock.move(hours=3.1)
    assert client.get("/dashboard/users").status_code == 303


def test_sessions_end_after_twelve_hours_of_work(client, user, clock):
    sign_in(client, user)
    for _ in range(5):
        clock.move(hours=2)
        assert client.get("/dashboard/users").status_code == 200
    clock.move(hours=2.1)
    assert client.get("/dashboard/users").status_code == 303


def test_signing_out(client, user):
    sign_in(client, user)
    token = csrf_token(client.get("/dashboard/account").text)
    response = client.post("/sign-out", data={"csrf_token": token}, follow_redirects=True)
    assert "You have signed out." in response.text
    assert client.get("/dashboard/users").status_code == 303


def test_a_password_change_ends_every_other_session(app, client, user):
    other = app.test_client()
    sign_in(other, user)
    sign_in(client, user)
    assert other.get("/dashboard/users").status_code == 200
    new = "another long password"
    fields = {"old_password": PASSWORD, "password": new, "password_again": new}
    response = post(client, "/dashboard/account/password", "/dashboard/account", **fields)
    assert response.status_code == 303
    assert client.get("/dashboard/users").status_code == 200
    assert other.get("/dashboard/users").status_code == 303


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"old_password": "wrong"}, "This is not your current password."),
        ({"password": "short", "password_again": "short"}, "at least 12 characters"),
        ({"password_again": "something different"}, "The two passwords differ."),
        ({"password": "password1234", "password_again": "password1234"}, "known to everybody"),
    ],
)
def test_a_password_change_that_does_not_hold(client, user, fields, text):
    sign_in(client, user)
    fields = {
        "old_password": PASSWORD,
        "password": "a new long password",
        "password_again": "a new long password",
        **fields,
    }
    response = post(client, "/dashboard/account/password", "/dashboard/account", **fields)
    assert response.status_code == 422
    assert text in response.text
    assert PASSWORD not in response.text


def test_the_own_account(client, user):
    sign_in(client, user)
    response = post(client, "/dashboard/account", name="  New   Name ", language="ar")
    assert response.status_code == 303
    db.session.refresh(user)
    assert (user.name, user.language) == ("New Name", "ar")
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "account.edit")).one()
    assert entry.new == {"name": "New Name", "language": "ar"}
    assert post(client, "/dashboard/account", name="", language="xx").status_code == 422


def test_a_forgotten_password(client, user):
    known = post(client, "/forgotten-password", email=user.email.upper())
    unknown = post(client, "/forgotten-password", email="nobody@secretariat.example")
    assert known.status_code == unknown.status_code == 200
    assert known.text.replace("csrf", "") == unknown.text.replace("csrf", "")
    link = db.session.scalars(
        db.select(links.PrivateLink).where(links.PrivateLink.purpose == "password_reset")
    ).one()
    path = f"/set-password/{links.token_of(link, SECRET)}"
    assert client.get(path).status_code == client.get(path).status_code == 200  # looking uses nothing up
    new = "a password out of the mail"
    assert post(client, path, password=new, password_again=new).status_code == 303
    assert client.get("/dashboard/users").status_code == 200
    assert client.get(path).status_code == 404
    assert (
        client.post(path, data={"csrf_token": csrf_token(client.get("/dashboard/account").text)}).status_code
        == 404
    )


def test_a_link_for_a_password_ends_after_two_hours(client, user, clock):
    link = links.make_link("password_reset", secret=SECRET, now=clock(), user_id=user.id)
    db.session.commit()
    path = f"/set-password/{links.token_of(link, SECRET)}"
    clock.move(hours=1.99)
    assert client.get(path).status_code == 200
    clock.move(hours=0.02)
    assert client.get(path).status_code == 404


def test_tries_are_limited_and_say_so(client, user):
    for _ in range(10):
        assert post(client, "/sign-in", email=user.email, password="wrong").status_code == 422
    response = post(client, "/sign-in", email=user.email, password=PASSWORD)
    assert response.status_code == 429
    assert response.headers["Retry-After"]
    assert user.email in response.text
    assert PASSWORD not in response.text


def test_a_right_password_makes_the_wrong_ones_before_it_forgotten(client, user):
    for _ in range(3):
        for _ in range(6):
            assert post(client, "/sign-in", email=user.email, password="wrong").status_code == 422
        assert post(client, "/sign-in", email=user.email, password=PASSWORD).status_code == 303
        client.post("/sign-out", data={"csrf_token": csrf_token(client.get("/dashboard/account").text)})


def test_a_stranger_cannot_lock_an_organiser_out(app, client, user):
    assert post(client, "/sign-in", email=user.email, password=PASSWORD).status_code == 303
    token = csrf_token(client.get("/dashboard/account").text)
    client.post("/sign-out", data={"csrf_token": token})
    user.password_hash = quick_hash(
        PASSWORD
    )  # the sign-in has made it a slow one, and what follows asks for it 100 times
    db.session.commit()
    stranger = app.test_client()
    page = stranger.get("/sign-in").text
    for number in range(110):
        where = {"REMOTE_ADDR": f"203.0.113.{number}"}
        data = {"csrf_token": csrf_token(page), "email": user.email, "password": "wrong"}
        last = stranger.post("/sign-in", data=data, environ_overrides=where)
    assert last.status_code == 429
    assert post(client, "/sign-in", email=user.email, password=PASSWORD).status_code == 303


def test_account_pages_never_land_in_the_cache(client):
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"


def test_nobody_is_made_by_looking(client, ctx):
    before = db.session.scalar(db.select(db.func.count()).select_from(User))
    assert client.get("/welcome/nothing").status_code == 404
    assert db.session.scalar(db.select(db.func.count()).select_from(User)) == before
