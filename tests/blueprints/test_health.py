"""The probes answer."""


def test_probes(client):
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"


def test_unknown_address_in_each_language(client):
    assert client.get("/nothing").status_code == 404
    assert 'dir="rtl"' in client.get("/ar/nothing").text
