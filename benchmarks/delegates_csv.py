"""The list of 100,000 delegates as CSV over HTTP beside the sqlite3 shell writing the same columns of the same rows."""

import contextlib
import math
import re
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

from sqlalchemy import Engine, event

from benchmarks import prepared, wsgi
from benchmarks.http import Client, hidden_fields
from benchmarks.measure import Row, alternate, median, median_ratio
from benchmarks.server import EVENTAPP, Server, eventapp_environ, running
from eventapp.rules.delegate_list import DEFAULT
from eventapp.services.exports_marks import CHUNK

PEOPLE = 1_000_000
ROUNDS = 3
MARK = "UPDATE registration SET exported_at"
PATH = f"/dashboard/editions/{prepared.ORDINAL}/delegates.csv"
FORM = f"/dashboard/editions/{prepared.ORDINAL}/counts"
SHELL = f"""
SELECT r.public_id, r.reference, r.state, r.given_name, r.family_name, r.email, r.phone, r.counted_country_code,
    json_extract(c.names, '$.en'), r.organisation, r.sector_code, r.role, r.language, r.submitted_at, r.is_listed
FROM registration r LEFT JOIN country c ON c.code = r.counted_country_code
WHERE r.edition_id = (SELECT id FROM edition WHERE ordinal = {prepared.ORDINAL}) AND r.erased_at IS NULL
ORDER BY r.submitted_at, r.id
"""


def run(folder: Path) -> list[Row]:
    if not shutil.which("sqlite3"):
        raise RuntimeError("the sqlite3 shell is needed as the yardstick: apt-get install sqlite3")
    if len(DEFAULT) != 15:
        raise RuntimeError(f"{len(DEFAULT)} columns instead of 15")
    instance = prepared.installation(folder)
    prepared.fill(instance, PEOPLE)
    app = prepared.application(instance)
    cookie = prepared.session_cookie(app)
    statements = _queries(app, cookie)
    queries = [one for one in statements if not one.startswith(MARK)]
    marks = len(statements) - len(queries)
    with running(EVENTAPP, folder, **eventapp_environ(instance)) as server:
        export = Export(server, cookie)
        export.run()
        _check(export, folder)
        first = [export.first_byte() for _ in range(15)]
        before, highest = server.rss(), 0.0
        with _watched(server) as seen:
            ours, shell = alternate(ROUNDS, export.run, lambda: _shell(instance, folder))
        highest = max(seen)
    return [
        Row(
            name=f"CSV of {PEOPLE:,} delegates",
            measured=f"{PEOPLE / median(ours):,.0f} rows/s",
            yardstick=f"{PEOPLE / median(shell):,.0f} rows/s sqlite3 -csv",
            value=1 / median_ratio(ours, shell),
            bound=0.15,
            at_least=True,
            note=f"{len(DEFAULT)} columns, {export.size / 1e6:.1f} MB over HTTP in {median(ours):.2f} s",
        ),
        Row(
            name="memory while it streams",
            measured=f"{highest:.1f} MB at most",
            yardstick=f"{before:.1f} MB before",
            value=highest - before,
            bound=10,
            unit="MB",
            note="resident memory of the worker, sampled every 20 ms, after one export to warm up",
        ),
        Row(
            name="first byte of the list",
            measured=f"{median(first) * 1000:.0f} ms",
            value=median(first) * 1000,
            bound=50,
            unit="ms",
            note="from the request to the first byte of the file, the audit row committed before it",
        ),
        Row(
            name="queries of the export",
            measured=f"{len(queries)} statements",
            value=len(queries),
            bound=5,
            unit="",
            note="; ".join(queries),
        ),
        Row(
            name=f"marks of the export, a transaction for {CHUNK:,} people",
            measured=f"{marks} statements",
            value=marks / math.ceil(PEOPLE / CHUNK),
            bound=1,
            unit="a transaction",
        ),
    ]


class Export:
    """Asks for the file and throws it away as it comes."""

    def __init__(self, server: Server, cookie: str) -> None:
        self.port = server.port
        client = Client(server.port)
        client.cookies["eventapp"] = cookie
        page = client.get(FORM)
        self.cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        self.token = dict(hidden_fields(page.body)).get("csrf_token", "")
        client.close()
        self.size = 0
        self.head = b""

    def _request(self) -> bytes:
        body = f"csrf_token={self.token}".encode()
        return (
            f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\nCookie: {self.cookie}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    def first_byte(self) -> float:
        """Seconds to the first byte of the file; then the browser is closed.

        The server notices some milliseconds later and gives the place back, see eventapp/web/sending: whoever finds none free
        asks again, and the time counts from the asking that gets the file.
        """
        for _ in range(100):
            begun, head = time.perf_counter(), self._begin()
            if head.startswith(b"HTTP/1.1 200"):
                return time.perf_counter() - begun
            if not head.startswith(b"HTTP/1.1 503"):
                break
            time.sleep(0.02)
        raise RuntimeError(f"no file: {head[:300]!r}")

    def _begin(self) -> bytes:
        head = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=120) as connection:
            connection.sendall(self._request())
            while not head.partition(b"\r\n\r\n")[2] and (got := connection.recv(1 << 16)):
                head += got
        return head

    def run(self) -> float:
        begun = time.perf_counter()
        self.size, self.head, tail = 0, b"", b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=120) as connection:
            connection.sendall(self._request())
            while got := connection.recv(1 << 20):
                if len(self.head) < 100_000:
                    self.head += got
                self.size += len(got)
                tail = (tail + got)[-50:]
        lasted = time.perf_counter() - begun
        if not self.head.startswith(b"HTTP/1.1 200") or not tail.endswith(b"0\r\n\r\n"):
            raise RuntimeError(f"the export broke off: {self.head[:300]!r} ... {tail!r}")
        return lasted


def _check(export: Export, folder: Path) -> None:
    if b"'" + prepared.FORMULA.encode() not in export.head or re.search(rb",=", export.head):
        raise RuntimeError("a formula went through")
    if export.size < 100 * PEOPLE:
        raise RuntimeError(f"only {export.size} bytes")


def _shell(instance: Path, folder: Path) -> float:
    target = folder / "shell.csv"
    begun = time.perf_counter()
    with target.open("wb") as output:
        subprocess.run(
            ["sqlite3", "-readonly", "-csv", "-header", str(instance / "eventapp.sqlite3"), SHELL],
            stdout=output,
            check=True,
        )
    return time.perf_counter() - begun


@contextlib.contextmanager
def _watched(server: Server):
    """The worker's memory, sampled until the end."""
    seen = [server.rss()]
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.02):
            seen.append(server.rss())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        ended.set()
        watcher.join()


def _queries(app, cookie: str) -> list[str]:
    """What the export asks of the database, from the sign-in to the last row."""
    page = wsgi.ask(app, FORM, HTTP_COOKIE=f"eventapp={cookie}")[1]
    token = dict(hidden_fields(page))["csrf_token"]
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        text = " ".join(statement.split())
        if not text.startswith(("BEGIN", "PRAGMA")) and "FROM content_version" not in text:
            statements.append(re.sub(r"^(SELECT|WITH).*? FROM (\w+).*", r"\1 \2", text)[:60])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        status, body = wsgi.ask(
            app,
            PATH,
            method="POST",
            body=f"csrf_token={token}".encode(),
            HTTP_COOKIE=f"eventapp={cookie}",
        )
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    if status != 200 or body.count(b"\r\n") != PEOPLE + 1:
        raise RuntimeError(f"the export: {status}, {body.count(bytes([13, 10]))} lines")
    return statements
