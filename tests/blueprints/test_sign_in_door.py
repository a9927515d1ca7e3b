"""A flood at the sign-in is sent away at the door, in the visitor's language, without any work."""

import pytest

from eventapp.web.password_gate import gate

SECURITY = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Permissions-Policy",
    "Cross-Origin-Opener-Policy",
)


@pytest.fixture
def full_gate():
    with gate._count:
        gate._inside += gate._room + 1
    yield
    with gate._count:
        gate._inside -= gate._room + 1


@pytest.mark.parametrize(("path", "direction"), [("/sign-in", "ltr"), ("/ar/sign-in", "rtl")])
def test_a_full_waiting_room_is_told_at_the_door(client, full_gate, path, direction):
    answer = client.post(path, data={"email": "x@example.org", "password": "y"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert f'dir="{direction}"' in answer.text
    page = client.get(path)
    assert page.status_code == 200  # looking at the page is open to everybody
    for name in SECURITY:
        assert answer.headers[name] == page.headers[name]


def test_an_address_without_tries_is_sent_away_for_a_moment(app, client):
    app.extensions["eventapp.sign_in_door"].shut_for("127.0.0.1")
    answer = client.post("/sign-in", data={})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "600")
    assert client.post("/sign-in", data={}, environ_base={"REMOTE_ADDR": "198.51.100.7"}).status_code != 429
