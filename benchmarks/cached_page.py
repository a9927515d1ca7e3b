"""A cached public page beside a bare WSGI callable that returns the same bytes and headers on the same server."""

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks import prepared
from benchmarks.http import Client
from benchmarks.load import generator, rate
from benchmarks.measure import Row, alternate, median, median_ratio
from benchmarks.server import EVENTAPP, Server, eventapp_environ, running

PATHS = ("/editions", "/")
ROUNDS = 5
SECONDS = 2.0
BROWSER = {"Accept_Encoding": "gzip"}
_OF_THE_SERVER = {"date", "server", "connection", "transfer-encoding"}


def run(folder: Path) -> list[Row]:
    return beside_bare(prepared.installation(folder), folder, PATHS)


def beside_bare(instance: Path, folder: Path, paths: Sequence[str]) -> list[Row]:
    """A row for each page: the application beside a callable that gives the same bytes."""
    rows = []
    with running(EVENTAPP, folder, **eventapp_environ(instance)) as application:
        kept = folder / "bare.json"
        kept.write_text(json.dumps({path: _answer(application, path) for path in paths}))
        with running("benchmarks.bare:application", folder, BENCH_BARE=str(kept)) as bare:
            for path in paths:
                if _answer(application, path) != _answer(bare, path):
                    raise RuntimeError(f"{path}: the yardstick answers something else")
                rows.append(_row(path, application, bare, len(_answer(bare, path)["body"]) // 2))
    return rows


def _answer(server: Server, path: str) -> dict:
    client = Client(server.port, **BROWSER)
    answer = client.get(path)
    client.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    headers = [[name, value] for name, value in answer.headers if name not in _OF_THE_SERVER]
    return {"headers": headers, "body": answer.body.hex()}


def _row(path: str, application: Server, bare: Server, size: int) -> Row:
    spent = {application.port: 0.0, bare.port: 0.0}
    sent = {application.port: 0.0, bare.port: 0.0}

    def measure(server: Server) -> float:
        before = server.cpu()
        found = rate(server.port, path, seconds=SECONDS, **BROWSER)
        spent[server.port] += server.cpu() - before
        sent[server.port] += found * SECONDS
        return found

    for server in (application, bare):
        rate(server.port, path, seconds=1, **BROWSER)
    here, there = alternate(ROUNDS, lambda: measure(application), lambda: measure(bare))
    cost = {port: spent[port] / sent[port] * 1e6 for port in spent}
    return Row(
        name=f"cached page {path}",
        measured=f"{median(here):,.0f}/s",
        yardstick=f"{median(there):,.0f}/s bare WSGI callable",
        value=median_ratio(here, there),
        bound=0.7,
        at_least=True,
        note=f"{size:,} bytes gzipped, by {generator()}; CPU of the worker a page: {cost[application.port]:.0f} us, bare {cost[bare.port]:.0f} us",
    )
