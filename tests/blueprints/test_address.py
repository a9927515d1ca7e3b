"""Addresses: a forged Host header leads nowhere, and neither does what nobody can see."""

from flask import url_for
from werkzeug.routing import UnicodeConverter

from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import make_edition


def test_the_host_header_is_not_asked(client):
    answer = client.get("/editions/7", headers={"Host": "evil.example"})
    assert "evil.example" not in answer.text
    assert "http://localhost/editions/7" in answer.text
    refused = client.get("/dashboard", headers={"Host": "evil.example"})
    assert refused.status_code == 303
    assert "evil.example" not in refused.headers["Location"]


def test_what_nobody_can_see_in_an_address_is_nowhere(app, client, ctx):
    """No database is asked for it (PostgreSQL refuses such a text), and no page repeats it as it is."""
    sign_in(client, make_user(role="administrator"))
    make_edition()
    for rule in app.url_map.iter_rules():
        texts = [name for name, kind in rule._converters.items() if type(kind) is UnicodeConverter]
        if not texts or rule.endpoint == "assets.static_file":
            continue
        with app.test_request_context():
            values = {name: 8 for name in rule._converters if name not in texts}
            path = url_for(rule.endpoint, **values, **dict.fromkeys(texts, "\x00"))
        method = "GET" if "GET" in rule.methods else "POST"
        answer = client.open(path, method=method)
        assert answer.status_code in (400, 404), f"{method} {path}: {answer.status_code}"
