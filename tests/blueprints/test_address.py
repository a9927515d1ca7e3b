"""A forged Host header leads nowhere."""


def test_the_host_header_is_not_asked(client):
    answer = client.get("/editions/7", headers={"Host": "evil.example"})
    assert "evil.example" not in answer.text
    assert "http://localhost/editions/7" in answer.text
    refused = client.get("/dashboard", headers={"Host": "evil.example"})
    assert refused.status_code == 303
    assert "evil.example" not in refused.headers["Location"]
