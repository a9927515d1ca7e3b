"""Files of the product: gzipped for whoever reads that, and nothing beside the folder."""

import gzip

import pytest
from flask.testing import FlaskClient

from eventapp.web.assets import STATIC, asset


@pytest.fixture
def client(app):
    return FlaskClient(app, app.response_class)  # the checked one reads pages, and these are no pages


GZIP = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize("name", ["css/tokens.css", "img/favicon.svg"])
def test_a_text_is_gzipped_for_whoever_reads_that(client, name):
    answer = client.get(asset(name), headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "immutable" in answer.headers["Cache-Control"]
    assert gzip.decompress(answer.data) == (STATIC / name).read_bytes()
    again = client.get(asset(name), headers={**GZIP, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_others_get_the_file_as_it_is(client):
    answer = client.get(asset("css/tokens.css"))
    assert "Content-Encoding" not in answer.headers
    assert answer.data == (STATIC / "css" / "tokens.css").read_bytes()
    answer.close()


@pytest.mark.parametrize("name", ["css/none.css", "../config.css", "..%2f__init__.css", "css"])
def test_nothing_beside_the_folder(client, name):
    assert client.get(f"/static/{name}", headers=GZIP).status_code == 404
