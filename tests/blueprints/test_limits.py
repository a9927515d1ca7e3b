"""The limits when the store that all workers share is away: nobody loses a form, and a flood is still told to wait."""

import pytest

from eventapp.extensions import limiter
from eventapp.web import limits
from tests.pages import csrf_token


@pytest.fixture
def away(monkeypatch):
    """The shared store fails as Redis does when it is gone; says how often it was asked."""
    asked = []

    def fail(*args: object) -> bool:
        asked.append(args)
        raise limiter.storage.base_exceptions("nobody answers")

    monkeypatch.setattr(limiter.limiter, "hit", fail)
    monkeypatch.setattr(limiter.limiter, "clear", fail)
    monkeypatch.setattr(limits, "own_count", limits.OwnCount())
    return asked


def ask(client):
    page = client.get("/registrations/send-link")
    return client.post(
        "/registrations/send-link", data={"csrf_token": csrf_token(page.text), "email": "a@example.org"}
    )


def test_a_store_that_is_away_closes_no_form(app, client, away):
    assert [ask(client).status_code for _ in range(20)] == [200] * 20
    assert ask(client).status_code == 429
    assert len(away) == 1, "after a failure the store is left alone for a while"


def test_tries_are_forgotten_while_it_is_away(app, away):
    for _ in range(2):
        assert all(limits.may("x", limits.SEND_LINK_TO, "a") for _ in range(5))
        assert not limits.may("x", limits.SEND_LINK_TO, "a")
        limits.forget("x", limits.SEND_LINK_TO, "a")


def test_the_store_is_asked_again_after_a_while(app, away, monkeypatch):
    limits.may("x", limits.SEND_LINK_TO, "a")
    monkeypatch.setattr(limits, "AWAY_SECONDS", -1.0)
    limits.own_count.step_in(ValueError())
    limits.may("x", limits.SEND_LINK_TO, "a")
    assert len(away) == 2
