"""One password check at a time: the waiting room is small, the rest is told to wait, pages answer meanwhile."""

import threading

import pytest

from eventapp.extensions import db
from eventapp.services import passwords
from eventapp.web import password_gate
from eventapp.web.password_gate import Busy, PasswordGate
from tests.pages import csrf_token


def test_one_at_a_time_a_few_wait_the_rest_is_told():
    gate = PasswordGate(room=2, patience=5)
    inside, most, done, told = [], [], [], []
    release, entered = threading.Event(), threading.Event()

    def come():
        try:
            with gate.turn():
                inside.append(1)
                most.append(len(inside))
                entered.set()
                release.wait(5)
                inside.pop()
            done.append(1)
        except Busy:
            told.append(1)

    threads = [threading.Thread(target=come) for _ in range(8)]
    for one in threads:
        one.start()
    entered.wait(5)
    while len(told) < 5:
        threading.Event().wait(0.01)
    release.set()
    for one in threads:
        one.join()
    assert (len(done), len(told), max(most)) == (3, 5, 1)
    with gate.turn():
        pass  # it is open again


def test_whoever_waits_too_long_is_told():
    gate = PasswordGate(room=2, patience=0.02)
    with gate.turn(), pytest.raises(Busy), gate.turn():
        pass
    with gate.turn():
        pass


def test_a_second_sign_in_is_told_to_wait_and_pages_answer_meanwhile(fresh_app, monkeypatch):
    """The first check is held up inside the hash; a second one and a page are asked for from other threads' clients."""
    monkeypatch.setattr(password_gate, "gate", PasswordGate(room=0, patience=0.01))
    checking, release = threading.Event(), threading.Event()
    real = passwords.verify

    def slow(*args):
        checking.set()
        assert release.wait(20)
        return real(*args)

    monkeypatch.setattr(passwords, "verify", slow)
    first, second = fresh_app.test_client(), fresh_app.test_client()
    data = {"email": "nobody@office.example", "password": "a wrong password"}
    tokens = [csrf_token(one.get("/sign-in").text) for one in (first, second)]
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(
            first.post("/sign-in", data={**data, "csrf_token": tokens[0]}).status_code
        )
    )
    thread.start()
    try:
        assert checking.wait(20)
        told = second.post("/sign-in", data={**data, "csrf_token": tokens[1]})
        assert told.status_code == 503
        assert told.headers["Retry-After"] == "3"
        assert "Please wait a moment" in told.text
        assert "nobody@office.example" in told.text
        assert "a wrong password" not in told.text
        assert second.get("/partners").status_code == 200
        assert not answers
    finally:
        release.set()
        thread.join()
    assert answers == [422]


def test_no_transaction_is_open_while_a_password_is_checked(fresh_app, monkeypatch):
    seen = []
    real = passwords.verify
    monkeypatch.setattr(
        passwords, "verify", lambda *args: seen.append(db.session().in_transaction()) or real(*args)
    )
    client = fresh_app.test_client()
    data = {
        "email": "nobody@office.example",
        "password": "x",
        "csrf_token": csrf_token(client.get("/sign-in").text),
    }
    assert client.post("/sign-in", data=data).status_code == 422
    assert seen == [False]
