"""Large documents: flat memory, refused by their length or while they are counted, and nothing left of what breaks off."""

import gc
import tracemalloc

import pytest

from eventapp import create_app
from eventapp.extensions import db, limiter
from eventapp.web.clock import CLOCK
from tests.engines import settings_for
from tests.factories.accounts import make_user, sign_in
from tests.factories.documents import make_document, make_file
from tests.factories.editions import make_edition
from tests.pages import CheckedClient, csrf_token

MEGABYTE = 1024 * 1024
LINE = "a-line-between-parts"
BLOCK = b"x" * (64 * 1024)


class Stream:
    """A form with a file of many blocks, made while it is read; may end early, or never be touched."""

    def __init__(self, token: str, megabytes: int, *, breaks_at: int | None = None) -> None:
        self.taken = 0
        self._parts = self._make(token, megabytes * MEGABYTE, breaks_at)
        self._rest = b""

    def _make(self, token, size, breaks_at):
        for name, value in (("csrf_token", token), ("document_language", "en")):
            yield f'--{LINE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        yield f'--{LINE}\r\nContent-Disposition: form-data; name="file"; filename="big.pdf"\r\n\r\n'.encode()
        head = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n"
        yield head
        for sent in range(0, size, len(BLOCK)):
            if breaks_at is not None and sent >= breaks_at * MEGABYTE:
                return
            yield BLOCK
        at = len(head) + size
        yield b"xref\n0 1\n0000000000 65535 f \ntrailer<<>>\nstartxref\n%d\n%%%%EOF\n" % at
        yield f"\r\n--{LINE}--\r\n".encode()

    def read(self, length: int = -1) -> bytes:
        while len(self._rest) < length and (part := next(self._parts, b"")):
            self._rest += part
        found, self._rest = self._rest[:length], self._rest[length:]
        self.taken += len(found)
        return found


@pytest.fixture
def large_app(template, tmp_path, clock):
    """An application whose documents may have 250 MB."""
    app = create_app(settings_for(template.copy(tmp_path), tmp_path / "instance", largest_document=250))
    app.test_client_class, app.testing = CheckedClient, True
    app.extensions[CLOCK] = clock
    limiter.reset()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def scene(large_app):
    """A signed-in client, the page of a document, and its token."""
    client = large_app.test_client()
    with large_app.app_context():
        edition = make_edition()
        page = f"/dashboard/editions/{edition.ordinal}/programme/documents/{make_document(edition).id}"
        user = make_user()
        db.session.commit()
        sign_in(client, user)
    return client, page, csrf_token(client.get(page).text)


def send(client, page, stream, **environ):
    """As a server passes a body on, whatever its form says."""
    kind = f"multipart/form-data; boundary={LINE}"
    body = {"wsgi.input": stream, "CONTENT_TYPE": kind}
    return client.post(f"{page}/files", environ_overrides=body | environ)


def of_length(client, page, stream, megabytes: int):
    """A body whose length was told before."""
    return send(client, page, stream, CONTENT_LENGTH=str(megabytes * MEGABYTE))


def terminated(client, page, stream):
    """A body on whose length nobody told."""
    told = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    return send(client, page, stream, **told)


def files(app) -> list[str]:
    folder = app.config["SETTINGS"].documents
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


class Peak:
    """The most memory that Python took inside the block, in bytes."""

    def __enter__(self):
        gc.collect()
        tracemalloc.start()
        return self

    def __exit__(self, *_):
        self.most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()


def test_memory_stays_flat_while_200_megabytes_come_in(large_app, scene):
    client, page, token = scene
    client.get(page)  # whatever is made once is there
    with Peak() as peak:
        assert terminated(client, page, Stream(token, 200)).status_code == 303
    (name,) = files(large_app)
    assert (large_app.config["SETTINGS"].documents / name).stat().st_size > 200 * MEGABYTE
    assert peak.most < 12 * MEGABYTE


def test_memory_stays_flat_while_200_megabytes_go_out(large_app):
    folder = large_app.config["SETTINGS"].documents
    with large_app.app_context():
        row = make_file(make_document(make_edition()), folder)
        with (folder / row.stored_name).open("r+b") as file:
            file.truncate(200 * MEGABYTE)
        address = f"/documents/{row.public_id}"
        db.session.commit()
    client = large_app.test_client()
    with Peak() as peak:
        answer = client.get(address, buffered=False)
        length = sum(len(piece) for piece in answer.response)
        answer.close()
    assert length == 200 * MEGABYTE
    assert peak.most < 6 * MEGABYTE


def test_two_gigabytes_are_refused_by_their_length(large_app, scene):
    client, page, token = scene
    stream = Stream(token, 2048)
    answer = of_length(client, page, stream, 2048)
    assert answer.status_code == 422 and "This file is too large: at most 250 MB." in answer.text
    assert stream.taken == 0 and files(large_app) == []


def test_and_while_they_are_counted(large_app, scene):
    client, page, token = scene
    stream = Stream(token, 2048)
    answer = terminated(client, page, stream)
    assert answer.status_code == 422 and "This file is too large: at most 250 MB." in answer.text
    assert stream.taken < 253 * MEGABYTE and files(large_app) == []


def test_what_breaks_off_leaves_nothing(large_app, scene):
    client, page, token = scene
    client.checks_pages = False
    for answer in (
        terminated(client, page, Stream(token, 30, breaks_at=5)),
        of_length(client, page, Stream(token, 30, breaks_at=5), 30),
    ):
        assert answer.status_code in (400, 422)
        assert files(large_app) == []
    assert "No file yet" in client.get(page).text


def test_elsewhere_the_limit_is_as_it_was(large_app, scene):
    client, page, token = scene
    answer = client.post(page, data={"csrf_token": token, "title_en": "x" * (9 * MEGABYTE)})
    assert answer.status_code == 413


def test_a_full_disk_leaves_nothing(large_app, scene, monkeypatch):
    client, page, token = scene
    client.checks_pages = large_app.testing = False

    def full(self, block):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("eventapp.services.private_files.Arriving.write", full)
    large_app.config["PROPAGATE_EXCEPTIONS"] = False
    assert terminated(client, page, Stream(token, 1)).status_code == 500
    assert files(large_app) == []
