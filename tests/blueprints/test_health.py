"""The probes answer."""

from sqlalchemy import text

from eventapp.extensions import db


def test_probes(client):
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"


def test_unknown_address_in_each_language(client):
    assert client.get("/nothing").status_code == 404
    assert 'dir="rtl"' in client.get("/ar/nothing").text


def test_an_older_migration_is_not_ready(client, ctx):
    db.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    db.session.flush()
    answer = client.get("/readyz")
    assert (answer.status_code, "eventapp migrate" in answer.text) == (503, True)
