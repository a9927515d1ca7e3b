"""The server as it runs: whoever stops reading a file loses the connection, and the thread is there for the next."""

import re
import socket
import sqlite3
import time
import urllib.error
import urllib.request
from uuid import UUID

import pytest

from tests.house.test_cli import Server, eventapp, free_port

LARGE = 30_000_000  # bytes: more than the system takes on for somebody who does not read


@pytest.fixture
def paper(tmp_path) -> str:
    """The address of a large document in a demonstration of its own."""
    assert eventapp(tmp_path, "demo", "--only-make").returncode == 0
    with sqlite3.connect(tmp_path / "demo" / "eventapp.sqlite3") as connection:
        number, name = connection.execute(
            "SELECT document_file.public_id, stored_name FROM document_file JOIN programme_document"
            " ON programme_document.id = document_id WHERE access = 'all' AND stored_name IS NOT NULL"
        ).fetchone()
    with (tmp_path / "demo" / "documents" / name).open("r+b") as file:
        file.truncate(LARGE)
    return f"/documents/{UUID(number)}"


def answer_of(server: Server, path: str) -> tuple[int, str | None]:
    """Status and Retry-After; the file itself is left where it is."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=20) as answer:
            return answer.status, None
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers["Retry-After"]


def until(server: Server, path: str, status: int) -> str | None:
    """Ask until the answer has this status; gives its Retry-After."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found, later = answer_of(server, path)
        if found == status:
            return later
        time.sleep(0.02)
    raise AssertionError(f"never {status}")


def read_whole(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def test_whoever_stops_reading_gives_the_place_back(tmp_path, paper):
    more = {"EVENTAPP_THREADS": "2", "EVENTAPP_STALLED_SECONDS": "1"}
    with Server(tmp_path / "demo", free_port(), **more) as server, socket.socket() as stalled:
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stalled.settimeout(20)
        stalled.connect(("127.0.0.1", server.port))
        stalled.sendall(f"GET {paper} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        assert re.match(rb"HTTP/1.1 200", stalled.recv(64))
        assert until(server, paper, 503) == "60", "one of two threads sends files, and waits for a reader"
        assert server.get("/editions")[0] == 200
        until(server, paper, 200)
        with pytest.raises(ConnectionError):
            read_whole(stalled)
